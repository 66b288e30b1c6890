"""A dry run of the blind comparison: scripts vote by preferences that are known, and the analysis must find them again.

Scripted votes have the kind `scripted` and raters named `scripted-1`, `scripted-2`, …; no report counts them as
people.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

import numpy as np

from .blind import SHUFFLED, Study, Turn, Vote, Votes


def vote(
    study: Study,
    votes: Votes,
    strengths: Mapping[str, float],
    *,
    raters: int = 3,
    seed: int = 0,
    careless: int = 0,
    taste: float = 0.5,
    neither: float = 0.05,
) -> int:
    """Let scripts answer a whole study; pairs that they answered before are left out, so it goes on where it was.

    A script prefers the first system of a pair with the odds of Bradley and Terry; in a share `taste` of the pairs all
    scripts draw the same number, so that they agree more than chance would have it.

    Args:
        study: the pairs.
        votes: where to put the votes.
        strengths: logarithm of each system's strength.
        raters: how many scripts.
        seed: of all choices.
        careless: how many of them choose at random, checks too; they are the last ones.
        taste: share of the pairs on which scripts share a mind.
        neither: share of votes for neither.

    Returns:
        How many votes were added.
    """
    done = {(one.rater, one.pair) for one in votes.read() if one.study == study.id}
    added = 0
    for number in range(1, raters + 1):
        rater = f"scripted-{number}"
        attentive = number <= raters - careless
        given = []
        for turn in study.session(rater):
            if (rater, turn.pair.id) in done:
                continue
            choice, time = _choice(turn, rater, strengths, seed, attentive, taste, neither)
            first, second = turn.systems
            given.append(Vote(study.id, rater, "scripted", turn.pair.id, turn.pair.prompt, first, second, choice, time))
        votes.append(*given)
        added += len(given)
    return added


def _choice(
    turn: Turn, rater: str, strengths: Mapping[str, float], seed: int, attentive: bool, taste: float, neither: float
) -> tuple[str, int]:
    """What a script chooses, and how many milliseconds it says it took."""
    own, shared = _rng(seed, turn.pair.id, rater), _rng(seed, turn.pair.id, "")
    time = int(own.integers(3_000, 12_000))
    if not attentive:
        return ("first", "second")[own.integers(2)], time
    if turn.pair.check:
        return ("first" if turn.systems[1] == SHUFFLED else "second"), time
    one, two = turn.pair.systems
    odds = 1 / (1 + math.exp(strengths[two] - strengths[one]))
    rng = shared if shared.random() < taste else own
    if rng.random() < neither:
        return "neither", time
    likes_one = rng.random() < odds
    return ("first" if likes_one != turn.swapped else "second"), time


def _rng(seed: int, pair: str, rater: str) -> np.random.Generator:
    digest = hashlib.blake2b(f"{seed} {pair} {rater}".encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
