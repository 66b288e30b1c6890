"""Commands that are loaded when they are asked for, know their near misses, and say what went wrong in one sentence."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..errors import QuatrainError, UnknownName

PACKAGE = Path(__file__).parents[1]
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM, errno.EFBIG, errno.ENOTDIR, errno.EIO}
"""What the world may do to files; anything else is a mistake of ours and keeps its traceback."""


@dataclass(frozen=True)
class Entry:
    """Where a command is.

    Attributes:
        module: below `quatrain`.
        name: of the command in it.
        needs: other modules below `quatrain` without which there is no such command.
    """

    module: str
    name: str = "command"
    needs: tuple[str, ...] = ()

    @property
    def there(self) -> bool:
        """Whether the command can run: its module and those that it needs are installed. Nothing is imported."""
        return all(_installed(module) for module in (self.module, *self.needs))

    def load(self) -> click.Command:
        """The command."""
        return getattr(importlib.import_module(f"quatrain.{self.module}"), self.name)


class Commands(click.Group):
    """A group that loads its commands late and turns errors into sentences.

    Args:
        entries: a command's name and where it is.
    """

    def __init__(self, *args: Any, entries: Mapping[str, Entry] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entries = {name: entry for name, entry in (entries or {}).items() if entry.there}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, as they are listed in the table."""
        return [*self._entries, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, loaded now."""
        return self._entries[cmd_name].load() if cmd_name in self._entries else super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command; a misspelt one gets a suggestion."""
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            raise UnknownName("command", args[0], self.list_commands(ctx), f"List all with: {ctx.command_path} --help")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, standalone_mode: bool = True, **kwargs: Any) -> Any:
        """Run the command line; every error that a person can mend is one sentence, and exit code 2."""
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **kwargs)
        try:
            code = super().main(*args, standalone_mode=False, **kwargs)
        except (click.ClickException, QuatrainError, OSError) as error:
            said = _sentence(error)
            if said is None:
                raise
            click.echo(said, err=True)
            code = 2
        except click.Abort:
            code = 130  # as a shell says of Ctrl-C
        sys.exit(code if isinstance(code, int) else 0)


class OneOf(click.ParamType):
    """A name out of several; a misspelt one gets a suggestion.

    Args:
        kind: what it is the name of.
        known: gives the names when they are needed.
    """

    def __init__(self, kind: str, known: Callable[[], Iterable[str]]) -> None:
        self.name, self._known = kind, known

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it is known: small letters, spaces for hyphens.

        Raises:
            UnknownName: it is none of them.
        """
        known = tuple(self._known())
        plain = value.strip().lower().replace("-", " ").replace("_", " ")
        if plain not in known:
            raise UnknownName(self.name, value, known)
        return plain


def _installed(module: str) -> bool:
    path = PACKAGE.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _sentence(error: Exception) -> str | None:
    """What to say about an error; none if it is a mistake of ours."""
    if isinstance(error, QuatrainError):
        return str(error)
    if isinstance(error, click.UsageError):
        said = error.format_message().rstrip(".")
        more = "" if said.endswith("?") else "."
        return f"{said}{more} See: {error.ctx.command_path} --help" if error.ctx else f"{said}{more}"
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and error.errno in _DISK:
        return f"{error.filename or 'A file'} could not be used ({error.strerror}). What was there before is kept."
    return None
