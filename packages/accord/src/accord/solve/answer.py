"""Everything at once: what a game's equilibria are, what a contract changes, who signs, and the certificate.

`solve_game` asks every part of this package in turn and writes their answers into one record (`result.py`). A game of
one move is answered completely (`once.py`); one of many steps as far as its size allows (`steps.py`), and the notes say
what was left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..contracts.signing import WithSigning
from ..contracts.space import AbstractContractSpace
from ..core.errors import BadSetting, BadTerms
from ..core.game import AbstractGame
from . import once, steps
from .question import USUAL, Asked, Question
from .result import Game, Solution, Space
from .tables.normal import NormalForm
from .tables.numbers import rational
from .tables.tabulate import Table, tabulate
from .terms.features import Features


def solve_game(
    game: AbstractGame, space: AbstractContractSpace | None = None, question: Question = USUAL, *,
    name: str = "", space_name: str = "", unit: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Solution:
    """Solve a finite game exactly, without a contract and with the contracts of a space.

    Args:
        game: finite: discrete actions, and outcomes listed or deterministic.
        space: what may be signed; None for the game alone.
        question: how to negotiate and what to look for.
        name: of the game, for people.
        space_name: of the space.
        unit: what one unit of the first term buys.
        progress: called with the part at hand, and how much of it is done of how much (0 of 0 if that is not known).

    Raises:
        BadGame: a game that is not finite, or too large (`TooLarge`), or transfers that create money.
        BadSetting: a question that does not fit the game.
    """
    tell = progress or (lambda part, done, total: None)
    seconds: dict[str, float] = {}
    inner = space.space if isinstance(space, WithSigning) else space
    asked = Asked(question, None, None, question.signing, seconds, [], tell)  # pyright: ignore[reportArgumentType]
    found_states = lambda done, found: tell("states", done, found)
    table = asked.timed("table", lambda: tabulate(game, limit=question.limit, progress=found_states))
    if not 0 <= question.proposer < table.arrays.num_agents:
        last = table.arrays.num_agents - 1
        raise BadSetting(f"proposer={question.proposer}, but the agents are 0 to {last}. Choose one of them.")
    stage = one_move(table)
    features = _features(asked, table, inner)
    if stage is not None and features is not None:  # only the one state in which there is something to decide
        rows = slice(begin := int(table.arrays.start.argmax()) * table.arrays.num_joint, begin + table.arrays.num_joint)
        features = dataclasses.replace(
            features, constant=features.constant[:, rows], slopes=features.slopes[:, :, rows]
        )
    asked = dataclasses.replace(asked, table=table, features=features)
    if stage is None and question.target is not None:
        raise BadSetting(f"target={question.target} names one joint action, but {name} has many steps. Leave it out.")
    about: dict[str, Any] = {
        "title": name or table.arrays.name,
        "game": _described(table, name),
        "space": None if inner is None else Space(
            space_name or type(inner).__name__, tuple(map(rational, inner.low)), tuple(map(rational, inner.high)),
            unit, question.signing,
        ),
        "seconds": seconds,
        "settings": {
            key: str(value) if isinstance(value, Fraction) else value
            for key, value in dataclasses.asdict(question).items()
        },
    }
    found = steps.answered(asked) if stage is None else once.answered(asked, stage)
    about["game"] = dataclasses.replace(about["game"], kind=found.pop("kind", ""))
    return Solution(**about, **found, notes=tuple(asked.notes))


def _features(asked: Asked, table: Table, space: AbstractContractSpace | None) -> Features | None:
    """The space as affine transfers; a space that is not affine is left out, with a note."""
    if space is None:
        return None
    try:
        return Features.of_space(asked.timed("transfers", lambda: table.linear(space)))
    except BadTerms as error:
        asked.notes.append(f"Contracts left out: {error}")
        return None


def one_move(table: Table) -> NormalForm | None:
    """The game as a normal form, if it begins in one state and is over after one step."""
    arrays = table.arrays
    first = arrays.start.nonzero()[0]
    if len(first) != 1:
        return None
    state, joint = int(first[0]), arrays.num_joint
    later = arrays.after[arrays.first[state * joint] : arrays.first[(state + 1) * joint]]
    over = arrays.horizon == 1 or (arrays.ended is not None and bool(arrays.ended[later].all()))
    return arrays.stage(state) if over else None


def _described(table: Table, name: str) -> Game:
    game, arrays = table.game, table.arrays
    plain = {}
    for item in dataclasses.fields(game):
        value = getattr(game, item.name)
        if isinstance(value, bool | int | float | str):
            plain[item.name] = value
    return Game(
        name or arrays.name, arrays.num_agents, arrays.horizon, arrays.num_states, arrays.num_joint,
        len(arrays.after), version=type(game).version, source=game.source, action_names=arrays.action_names,
        settings=plain,
    )
