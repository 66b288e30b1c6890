"""`accord solve`: a small game exactly, and the contracts for it."""

from __future__ import annotations

import dataclasses
import sys
import time
import webbrowser
from pathlib import Path
from typing import Any

import click

from ...core.errors import BadSetting, UnknownName
from ...core.registry import GAMES, SPACES
from ...experiments.spec import game_of, space_of
from ...experiments.store import RunFolder

EXAMPLES = """\b
Examples:
  accord solve prisoners-dilemma --contract defection-fine
  accord solve public-goods num_agents=3 levels=2 --contract withholding-fine
  accord solve chicken --contract defection-fine --disagreement free --discount 9/10
  accord solve brook cells=7 trees=3 --contract brook-wage --quick
  accord solve runs/brook
  accord solve my_game.py:Commons --contract my_game.py:HarvestTax contract.high=2
"""

_LOOK_EVERY = 2.0
"""Seconds before, and between, two words about how far it is."""


@click.command(epilog=EXAMPLES)
@click.argument("game")
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--contract", metavar="SPACE", help="Contract space. Default: the game's usual one; none: no contracts.")
@click.option("--proposer", default=0, show_default=True, help="The agent that makes the offer.")
@click.option(
    "--acceptance", default="sequential", show_default=True,
    type=click.Choice(["sequential", "simultaneous", "undominated", "majority"]), help="How the others answer.",
)
@click.option(
    "--disagreement", default="same", show_default=True, type=click.Choice(["same", "free"]),
    help="Whether the same equilibrium follows every refusal.",
)
@click.option("--signing/--no-signing", default=True, show_default=True, help="Lump sums with an offer.")
@click.option("--terms", default=25, show_default=True, type=click.IntRange(min=2), help="Prices that may be offered.")
@click.option("--target", help="Joint action to bring about, such as swerve,swerve. Default: the best one.")
@click.option("--discount", help="Also threats, mediators, leaders (one move) or stationary play: 9/10, say.")
@click.option("--limit", default=50_000, show_default=True, type=click.IntRange(min=1), help="Most states.")
@click.option("--quick", "depth", flag_value="quick", help="Leave out what takes long (games of many steps).")
@click.option("--exact", "depth", flag_value="exact", help="All in rationals, however long it takes.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the page. Default: runs/solve-GAME.")
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def solve(
    game: str, settings: tuple[str, ...], contract: str | None, target: str | None, discount: str | None,
    depth: str | None, out: Path | None, look: bool, **rules: Any,
) -> None:
    """Solve GAME exactly: equilibria with and without contracts, who signs, a certificate, and a page that shows it.

    GAME is a name as in `accord games`, file.py:Name, or the folder of a run, whose learned play is then set beside the
    exact answer.
    """
    run = _run(game)
    if run is not None:
        if contract or settings:
            raise BadSetting(f"{game} is a run: its game and contracts are given. Leave out settings and --contract.")
        made, space, game = game_of(run.experiment), space_of(run.experiment), run.experiment.game.name
        space_name, unit = run.experiment.space.name if run.experiment.space else "", run.experiment.unit
    else:
        made = GAMES.make(game, [pair for pair in settings if not pair.startswith("contract.")])
        space_name, space = _space(game, contract, [pair[9:] for pair in settings if pair.startswith("contract.")])
        unit = ""

    from ...solve.answer import solve_game
    from ...solve.question import Question

    rules["depth"] = depth or "usual"
    question = Question(target=_target(made, target), discount=_share(discount), **rules)
    with Watch() as watch:
        solution = solve_game(made, space, question, name=game, space_name=space_name, unit=unit, progress=watch)
        if run is not None:
            from ...experiments.truth import learned

            solution = dataclasses.replace(solution, learned=learned(run, limit=question.limit, progress=watch))
    _show(solution, out or Path("runs") / f"solve-{_plain(game)}", look)


def _run(name: str) -> RunFolder | None:
    """The run, if the name is that of its folder."""
    return RunFolder.open(Path(name)) if (Path(name) / "settings.toml").exists() else None


def _space(game: str, name: str | None, settings: list[str]) -> tuple[str, Any]:
    """The contract space: the named one, or the game's usual one."""
    usual = GAMES[game].spaces
    chosen = name or (usual[0] if usual else "none")
    if chosen == "none":
        if settings:
            raise BadSetting(f"contract.{settings[0]} changes a space, but there is none. Add --contract SPACE.")
        return "", None
    return chosen, SPACES.make(chosen, settings)


def _target(game: Any, text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    names, words = list(game.action_names), [word.strip() for word in text.split(",")]
    if len(words) != game.num_agents:
        raise BadSetting(f"--target={text} names {len(words)} actions for {game.num_agents} agents. Name one for each.")
    found = []
    for word in words:
        if word in names:
            found.append(names.index(word))
        elif word.isdigit() and int(word) < max(len(names), getattr(game.actions, "n", 0)):
            found.append(int(word))
        else:
            raise UnknownName("action", word, names)
    return tuple(found)


def _share(text: str | None) -> Any:
    from fractions import Fraction

    if text is None:
        return None
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise BadSetting(f"--discount={text} does not fit: expected a number between 0 and 1, such as 9/10.") from error


def _plain(name: str) -> str:
    """A name that is one part of a path."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in Path(name).name)


def _show(solution: Any, folder: Path, look: bool) -> None:
    from ...experiments.store import circumstances_of
    from ..exact import write_solution_page
    from ..exact_summary import summary_lines

    whole = dataclasses.replace(solution, **circumstances_of(["accord", *sys.argv[1:]])).to_dict()
    page = write_solution_page(folder, whole)
    click.echo("\n".join(summary_lines(whole)))
    click.echo(f"\nPage: {page}")
    if look:
        webbrowser.open(page.resolve().as_uri())


class Watch:
    """Says what is being done when it takes longer than a moment."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _LOOK_EVERY

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, part: str, done: int, total: int) -> None:
        """Tell how far a part is."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _LOOK_EVERY
        share = f" {done:,} of {total:,}" if total else ""
        click.echo(f"{time.strftime('%H:%M:%S')}  {part}{share}", err=True)
