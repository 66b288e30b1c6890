"""Write docs/reference from the code: `make docs`. A test fails when what is stored differs from what this writes."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from pathlib import Path

import click

import accord
from accord.core.registry import GAMES, SPACES
from accord.studio.cli import cli

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the code instead. -->\n"


def games() -> str:
    """Every game and contract space by name, with settings and sources."""
    lines = ["# Games and contract spaces", "", NOTE]
    for entry in GAMES.entries():
        game = GAMES.make(entry.name)
        settings = ", ".join(f"`{name}={value}`" for name, value in _plain_fields(game))
        lines += [f"## `{entry.name}`", "", f"{entry.summary}.", "", _paragraphs(type(game)), ""]
        lines += [f"- version {type(game).version}; {game.num_agents} agents; {game.horizon} steps"]
        lines += [f"- actions: `{game.actions}`", f"- settings: {settings}"]
        lines += [f"- contract spaces: {', '.join(f'`{name}`' for name in entry.spaces) or 'none'}"]
        lines += [f"- source: {type(game).source or 'own'}", ""]
    for entry in SPACES.entries():
        space = SPACES.make(entry.name)
        lines += [f"## `{entry.name}`", "", f"{entry.summary}.", "", _paragraphs(type(space)), ""]
        lines += [f"- terms from `{space.low}` to `{space.high}`", ""]
    return "\n".join(lines)


def names() -> str:
    """Every public name with its signature and first line."""
    lines = ["# Public names", "", NOTE, "From `accord`; loaded when first touched.", ""]
    lines += ["| name | what it is |", "|---|---|"]
    for name in accord.__all__:
        value = getattr(accord, name)
        text = inspect.getdoc(value if inspect.isclass(value) or inspect.isfunction(value) else type(value)) or ""
        lines.append(f"| `{name}` | {text.splitlines()[0] if text else ''} |")
    return "\n".join([*lines, ""])


def command() -> str:
    """What `--help` says, of every command."""
    wide = {"terminal_width": 100, "max_content_width": 100}
    context = click.Context(cli, info_name="accord", **(cli.context_settings | wide))
    return "\n".join(["# The command `accord`", "", NOTE, *_helps("accord", cli, context)])


def _helps(path: str, one: click.Command, context: click.Context) -> list[str]:
    """The help of a command and of all below it."""
    lines = [f"## `{path}`", "", "```", one.get_help(context), "```", ""]
    for name, inner in sorted(one.commands.items()) if isinstance(one, click.Group) else ():
        lines += _helps(f"{path} {name}", inner, click.Context(inner, info_name=name, parent=context))
    return lines


PAGES = {"games.md": games, "names.md": names, "command.md": command}


def _plain_fields(game: object) -> list[tuple[str, object]]:
    fields = [field.name for field in dataclasses.fields(game) if field.init]  # type: ignore[arg-type]
    return [(name, value) for name in fields if isinstance(value := getattr(game, name), (int, float, str))]


def _paragraphs(cls: type) -> str:
    return inspect.cleandoc(cls.__doc__ or "")


def main() -> int:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
