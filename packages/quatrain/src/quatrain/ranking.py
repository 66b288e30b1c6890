"""Which of many lines to show: coherent yet unlikely, with a picture in it, and different from each other.

A line that the plain model finds most likely is the one that everybody would write, so likelihood counts up to a point
only. What is left is weighed by hand, after Castro and Attarian's aim and what songwriters ask for; the weights are in
one place, to be fitted on votes.

Source: maximal marginal relevance, Carbonell and Goldstein 1998; "coherent yet unlikely", Castro and Attarian 2018
(arXiv 1811.04651).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Weights:
    """How much each measure counts, in standard deviations among the candidates of one request (or as it is, where the
    measure is between 0 and 1).

    Attributes:
        fluency: mean log-probability of a word under the plain model; above the 80th percentile it counts no more.
        fit: mean log-probability of a word under the vocabulary model, given the shape.
        worst: the least likely word under the vocabulary model, which is where a line breaks.
        lift: how much less the words surprise after the draft than by themselves: whether the line belongs here.
        picture: mean concreteness of the content words.
        rarity: how rare the end word is.
        shape: how natural the shape is.
        metre: stresses that fall where those of the lines before do.
        likeness: how near the line is to those before it; best about as near as true next lines are (`LIKE`).
        mood: how near it is to the mood words.
        worn: how worn out the rhyme is (0 to 1).
        repeated: content stems of the last lines that come again (a count).
        relaxed: wishes that were relaxed (a count).
        alike: in choosing the set, likeness to a line already chosen (0 to 1).
    """

    fluency: float = 1.5
    fit: float = 0.7
    worst: float = 0.8
    lift: float = 1.0
    picture: float = 1.2
    rarity: float = 0.1
    shape: float = 0.3
    metre: float = 0.4
    likeness: float = 0.5
    mood: float = 1.0
    worn: float = -0.5
    repeated: float = -1.0
    relaxed: float = -10.0
    alike: float = -1.5


@dataclass(frozen=True)
class Facts:
    """What is known about candidates, one number each; the names are those of `Weights` (without `alike`)."""

    fluency: np.ndarray
    fit: np.ndarray
    worst: np.ndarray
    lift: np.ndarray
    picture: np.ndarray
    rarity: np.ndarray
    shape: np.ndarray
    metre: np.ndarray
    likeness: np.ndarray
    mood: np.ndarray
    worn: np.ndarray
    repeated: np.ndarray
    relaxed: np.ndarray


_AS_IS = ("worn", "repeated", "relaxed")
LIKE = 0.3
"""Likeness of a line to those before it that is neither a copy's nor a stranger's (`senses.fields.USUAL`)."""
ALMOST_ALL = 80.0
"""Percentile above which fluency is no longer a merit."""


def scores(facts: Facts, weights: Weights | None = None) -> np.ndarray:
    """One number a candidate; higher is better.

    Args:
        facts: of all candidates of a request.
        weights: how much each counts.
    """
    weights = weights or Weights()
    total = np.zeros(len(facts.fluency))
    for field in fields(Facts):
        values = np.asarray(getattr(facts, field.name), float)
        if field.name == "fluency":
            values = np.minimum(values, np.percentile(values, ALMOST_ALL)) if len(values) else values
        if field.name == "likeness":
            values = -np.abs(values - LIKE)
        total += getattr(weights, field.name) * (values if field.name in _AS_IS else _standard(values))
    return total


def choose(
    merits: np.ndarray,
    lines: Sequence[Sequence[str]],
    count: int,
    most_per_end: int = 2,
    weights: Weights | None = None,
    chosen: int = 0,
) -> list[int]:
    """The best set: by merit, less likeness to what is chosen already; the first is simply the best.

    Args:
        merits: from `scores`.
        lines: the candidates' words.
        count: how many to choose.
        most_per_end: at most so many with one end word.
        weights: `alike` counts here.
        chosen: so many of the first lines were chosen before; they count, and are not among the answer.
    """
    weights = weights or Weights()
    bags = [set(words) | set(itertools.pairwise(words)) for words in lines]
    alike = np.zeros(len(lines))
    ends: dict[str, int] = {}
    open_ = np.ones(len(lines), bool)
    best_set: list[int] = []
    while len(best_set) < chosen + count and open_.any():
        step = len(best_set)
        best = step if step < chosen else int(np.argmax(np.where(open_, merits + weights.alike * alike, -np.inf)))
        best_set.append(best)
        open_[best] = False
        end = lines[best][-1]
        ends[end] = ends.get(end, 0) + 1
        for other in np.flatnonzero(open_).tolist():
            if other >= chosen and lines[other][-1] == end and ends[end] >= most_per_end:
                open_[other] = False
                continue
            shared = len(bags[best] & bags[other]) / max(len(bags[best] | bags[other]), 1)
            alike[other] = max(alike[other], shared + 0.3 * (lines[other][-1] == end))
    return best_set[chosen:]


def _standard(values: np.ndarray) -> np.ndarray:
    """In standard deviations from the mean; nothing where all are equal."""
    if not len(values):
        return values
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))
