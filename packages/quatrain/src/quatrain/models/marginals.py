"""How a voice leans towards the words of a text: what each is found more often than the voice would say it.

The text is read once; at every place the model says how likely each word of that place's tag is. Summed over the text,
that is how often it expects a word, and the text says how often it stands there. The logarithm of the two is added to
the word's bias, so that the voice keeps what it knows of context and takes the text's frequencies. It learns from
10,000 words what no gradient does, in seconds: of words that are not in the text nothing is forgotten.

Source: fast marginal adaptation, Kneser, Peters and Klakow 1997 ("Language model adaptation using dynamic marginals").
Where we depart: marginals are by tag; expected ones are the model's own on the text, not those of its training text;
and both have pseudocounts (`trust`), so that one occurrence is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..decode.network import Network, Slots
from .lexis import Lexis
from .vocabulary import REACH, Stream, sequences

_TOGETHER = 32
"""Sequences read at a time."""
_ROOM = 4_000_000
"""Scores held at a time."""


@dataclass(frozen=True)
class Lean:
    """How far a voice leans.

    Attributes:
        trust: occurrences that a word must have, or be expected to have, before it counts for half.
        share: of the way; 0 leaves everything as it is.
    """

    trust: float
    share: float


LEANS = tuple(Lean(trust, share) for share in (1.0, 0.75, 0.5) for trust in (0.5, 1.0, 2.0, 4.0, 8.0))


@dataclass(frozen=True)
class Read:
    """A text that a model has read.

    Attributes:
        streams: what it has in mind at every slot [slots, width].
        kind: what stands there, -1 where it is not known [slots].
        tag: its tag [slots].
    """

    streams: np.ndarray
    kind: np.ndarray
    tag: np.ndarray


def read(network: Network, stream: Stream, most: int | None = None) -> Read:
    """Read a text.

    Args:
        network: the model.
        stream: the text.
        most: slots; of a longer text sequences are taken at even distances.
    """
    cuts = sequences(stream)
    if most is not None and len(stream.kind) > most:
        cuts = cuts[np.unique(np.linspace(0, len(cuts) - 1, max(most // REACH, 1)).astype(int))]
    found, places = [], []
    for start in range(0, len(cuts), _TOGETHER):
        some = cuts[start : start + _TOGETHER]
        at = some[:, :1] + np.arange(REACH)
        inside = at < some[:, 1:]
        at = np.where(inside, at, some[:, :1])  # what is read after the end is not looked at
        slots = Slots(*(np.asarray(field)[at].astype(np.int64) for field in stream.slots))
        hidden = network.read(slots, network.net.memory(len(some), REACH))
        found.append(hidden[inside])
        places.append(at[inside])
    width = network.words.shape[1]
    place = np.concatenate([np.zeros(0, np.int64), *places])
    return Read(np.concatenate([np.zeros((0, width), np.float32), *found]), stream.kind[place], stream.tag[place])


def surprise(network: Network, lexis: Lexis, text: Read, shift: np.ndarray | None = None) -> np.ndarray:
    """What every known word of a text costs given its tag, in nats [known slots].

    Args:
        network: the model.
        lexis: its words.
        text: as the model read it.
        shift: added to the biases [kinds].
    """
    costs = np.zeros(len(text.kind))
    for at, kinds, scores in _scored(network, lexis, text, text.kind >= 0):
        scores = scores if shift is None else scores + shift[kinds].astype(np.float32)
        most = scores.max(1, keepdims=True)
        whole = most[:, 0] + np.log(np.exp(scores - most).sum(1))
        costs[at] = whole - scores[np.arange(len(at)), text.kind[at] - kinds[0]]
    return costs[text.kind >= 0]


def perplexity(network: Network, lexis: Lexis, text: Read, shift: np.ndarray | None = None) -> float:
    """Of a known word given its tag; 1 for a text without any."""
    costs = surprise(network, lexis, text, shift)
    return float(np.exp(costs.mean())) if len(costs) else 1.0


def expected(network: Network, lexis: Lexis, text: Read, counts: np.ndarray) -> np.ndarray:
    """How often the model expects each kind in a text, as many of each tag as there are [kinds].

    Args:
        network: the model.
        lexis: its words.
        text: as the model read it, or a sample of it.
        counts: how often each kind stands in the whole text [kinds].
    """
    found = np.zeros(len(lexis.kind_word))
    for _, kinds, scores in _scored(network, lexis, text, text.kind >= 0):
        chance = np.exp(scores - scores.max(1, keepdims=True))
        found[kinds] += (chance / chance.sum(1, keepdims=True)).sum(0)
    of_tag = lambda values: np.bincount(lexis.kind_tag, values, len(lexis.tags))[lexis.kind_tag]
    whole = of_tag(found)
    return np.where(whole > 0, found * of_tag(counts) / np.where(whole > 0, whole, 1.0), counts)


def shift(counts: np.ndarray, expected: np.ndarray, lean: Lean) -> np.ndarray:
    """What is added to each kind's bias, in nats [kinds].

    Args:
        counts: how often each kind stands in the text.
        expected: how often the model expects it.
        lean: how far.
    """
    return lean.share * np.log((counts + lean.trust) / (expected + lean.trust))


def _scored(
    network: Network, lexis: Lexis, text: Read, asked: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Some slots of one tag at a time, the kinds of that tag, and their scores [slots, kinds]."""
    for tag in np.unique(text.tag[asked]).tolist():
        kinds = np.arange(*lexis.starts[tag : tag + 2].tolist())
        slots = np.flatnonzero(asked & (text.tag == tag))
        rows = network.words[lexis.kind_word[kinds]]
        for start in range(0, len(slots), max(_ROOM // max(len(kinds), 1), 1)):
            at = slots[start : start + max(_ROOM // max(len(kinds), 1), 1)]
            yield at, kinds, network.scores(text.streams[at], rows, kinds)
