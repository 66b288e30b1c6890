"""The lexis: the words that a model knows, and with which tags.

A *kind* is a word with one of its tags (wind as a noun, wind as a verb). Kinds are sorted by tag, the most common
first, so that the words that may stand under a tag are one slice: the tag-factored softmax compares only those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import BadText
from ..text.lines import Lines
from ..text.sound import Sounds, sounds

NOTHING = 0
"""The word that is unknown or not there, and the tag that is none; neither is ever written."""


@dataclass(frozen=True)
class Lexis:
    """Words, tags and kinds.

    Attributes:
        words: by number; the first is no word.
        tags: by number; the first is no tag.
        kind_word: the word of every kind [K].
        kind_tag: the tag of every kind [K], ascending.
        counts: how often each kind stands in the training text [K].
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    kind_word: np.ndarray
    kind_tag: np.ndarray
    counts: np.ndarray

    @cached_property
    def starts(self) -> np.ndarray:
        """The kinds of tag g are the slice `starts[g]:starts[g + 1]` [tags + 1]."""
        return np.searchsorted(self.kind_tag, np.arange(len(self.tags) + 1))

    @cached_property
    def number(self) -> dict[str, int]:
        """A word's number."""
        return {word: place for place, word in enumerate(self.words)}

    @cached_property
    def tag_number(self) -> dict[str, int]:
        """A tag's number."""
        return {tag: place for place, tag in enumerate(self.tags)}

    @cached_property
    def kind(self) -> dict[tuple[int, int], int]:
        """The kind of a word and a tag, by their numbers."""
        pairs = zip(self.kind_word.tolist(), self.kind_tag.tolist(), strict=True)
        return {pair: place for place, pair in enumerate(pairs)}

    @cached_property
    def sounds(self) -> Sounds:
        """How every kind sounds, in the order of kinds."""
        pairs = zip(self.kind_word.tolist(), self.kind_tag.tolist(), strict=True)
        return sounds((self.words[word], self.tags[tag]) for word, tag in pairs)

    @cached_property
    def unigram(self) -> np.ndarray:
        """The natural logarithm of how likely each kind is under its tag, from counts [K]."""
        totals = np.add.reduceat(np.append(self.counts, 0.0), np.minimum(self.starts[:-1], len(self.counts)))
        return np.log(self.counts / np.maximum(totals[self.kind_tag], 1.0))

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as plain arrays, for a file."""
        text = lambda words: np.frombuffer("\n".join(words).encode(), np.uint8)
        return {
            "words": text(self.words),
            "tags": text(self.tags),
            "kind_word": self.kind_word,
            "kind_tag": self.kind_tag.astype(np.uint8),
            "counts": self.counts,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Lexis:
        """The lexis that gave these arrays."""
        text = lambda name: tuple(bytes(arrays[name]).decode().split("\n"))
        kind_tag = np.asarray(arrays["kind_tag"], np.int32)
        return cls(text("words"), text("tags"), np.asarray(arrays["kind_word"]), kind_tag, np.asarray(arrays["counts"]))

    def of(self, word: str, tag: str) -> tuple[int, int, int]:
        """Numbers of a word, its tag and their kind; 0, 0 and -1 for what is not known."""
        pair = self.number.get(word, NOTHING), self.tag_number.get(tag, NOTHING)
        return *pair, self.kind.get(pair, -1)

    def rows(self, lines: Lines) -> np.ndarray:
        """For every kind of a source: word, tag and kind here; 0, 0, -1 where not known [source kinds, 3]."""
        pairs = zip(lines.kinds.words, lines.kinds.tags, strict=True)
        return np.array([self.of(word, tag) for word, tag in pairs], np.int32)


def learn(sources: Sequence[Lines], rows: Sequence[np.ndarray], least: int = 8, tags: int = 200) -> Lexis:
    """The lexis of a training text.

    A word is in it when it stands there at least `least` times, a kind when it is at least two occurrences and a
    hundredth of its word's: rarer ones are the tagger's mistakes. Of the tags the most common are kept.

    Args:
        sources: verse or prose.
        rows: for each source, the lines that count.
        least: fewest occurrences of a word.
        tags: most tags.

    Raises:
        BadText: no word is common enough.
    """
    kinds: dict[tuple[str, str], int] = {}
    for lines, chosen in zip(sources, rows, strict=True):
        taken = np.zeros(len(lines), bool)
        taken[chosen] = True
        found = np.bincount(lines.words[np.repeat(taken, lines.lengths)], minlength=len(lines.kinds))
        for row in np.flatnonzero(found).tolist():
            pair = lines.kinds.words[row], lines.kinds.tags[row]
            kinds[pair] = kinds.get(pair, 0) + int(found[row])
    of_word: dict[str, int] = {}
    of_tag: dict[str, int] = {}
    for (word, tag), count in kinds.items():
        of_word[word] = of_word.get(word, 0) + count
        of_tag[tag] = of_tag.get(tag, 0) + count
    kept_tags = sorted(sorted(of_tag, key=lambda tag: (-of_tag[tag], tag))[:tags])
    order = {tag: place + 1 for place, tag in enumerate(kept_tags)}
    kept = [
        (pair, count)
        for pair, count in kinds.items()
        if pair[1] in order and of_word[pair[0]] >= least and count >= max(2, 0.01 * of_word[pair[0]])
    ]
    if not kept:
        raise BadText(f"No word stands {least} times in the text. Give more of it.")
    words = sorted({word for (word, _), _ in kept}, key=lambda word: (-of_word[word], word))
    number = {word: place + 1 for place, word in enumerate(words)}
    kept.sort(key=lambda item: (order[item[0][1]], -item[1], item[0][0]))
    return Lexis(
        words=("", *words),
        tags=("", *kept_tags),
        kind_word=np.array([number[word] for (word, _), _ in kept], np.int32),
        kind_tag=np.array([order[tag] for (_, tag), _ in kept], np.int32),
        counts=np.array([count for _, count in kept], np.float32),
    )


def grown(lexis: Lexis, lines: Lines, rows: np.ndarray, least: int = 2) -> tuple[Lexis, np.ndarray]:
    """The same lexis with the words of another text in it; words keep their numbers, kinds move.

    Args:
        lexis: to grow.
        lines: a source.
        rows: the lines that count.
        least: fewest occurrences of a new word, or of a new tag of a known one.

    Returns:
        The lexis, and the place of every old kind in it [K].
    """
    chosen = np.isin(np.repeat(np.arange(len(lines)), lines.lengths), rows)
    found = np.bincount(lines.words[chosen], minlength=len(lines.kinds))
    counts: dict[tuple[str, int], int] = {}
    for row in np.flatnonzero(found).tolist():
        tag = lexis.tag_number.get(lines.kinds.tags[row], NOTHING)
        if tag:
            pair = lines.kinds.words[row], tag
            counts[pair] = counts.get(pair, 0) + int(found[row])
    new_words = sorted({word for (word, _), count in counts.items() if count >= least and word not in lexis.number})
    number = {**lexis.number, **{word: len(lexis.words) + place for place, word in enumerate(new_words)}}
    old = {pair: place for pair, place in lexis.kind.items()}
    fresh = [(tag, -count, number[word], count) for (word, tag), count in counts.items()
             if word in number and (number[word], tag) not in old and count >= least]  # fmt: skip
    more = lexis.counts.copy()
    for (word, tag), count in counts.items():
        place = old.get((number.get(word, -1), tag))
        if place is not None:
            more[place] += count
    kind_word = np.concatenate([lexis.kind_word, np.array([word for _, _, word, _ in fresh], np.int32)])
    kind_tag = np.concatenate([lexis.kind_tag, np.array([tag for tag, *_ in fresh], np.int32)])
    total = np.concatenate([more, np.array([count for *_, count in fresh], np.float32)])
    order = np.argsort(kind_tag, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    words = (*lexis.words, *new_words)
    return Lexis(words, lexis.tags, kind_word[order], kind_tag[order], total[order]), place[: len(lexis.kind_word)]
