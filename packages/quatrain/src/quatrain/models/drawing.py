"""Drawing shapes from the structure model, in arrays alone: no compiling, so that the first answer comes at once.

The lines before are read once; all shapes that are drawn share what was read. Then:

    promises   every combination of relation, syllables, words and mark that is allowed, with its probability
    tags       word after word for all shapes at once; a shape that its wishes make unlikely is drawn again

So what is drawn has exactly the probability that the model gives it among all shapes that keep the wishes. Every
wish is kept by a mask; nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import BadSetting, NothingFits
from ..text.sound import HISTORY
from .shape import (
    BEGIN,
    CLOSE,
    CLOSES,
    COMPLETE,
    GAP,
    HEAD,
    MOST_SYLLABLES,
    MOST_WORDS,
    NO_LINE,
    RELATION,
    SYLLABLES,
    TAG,
    WORDS,
    Reads,
    Shape,
    Structure,
    reading,
)  # fmt: skip
from .twin import Past, Twin

UNLIKELY = 12.0
"""Promises this much less likely than the likeliest (in nats) are not followed up."""
ROUNDS = 8
"""How often shapes are drawn again before unlikely ones are taken as they are."""


@dataclass(frozen=True)
class Draw:
    """A shape that was drawn.

    Attributes:
        shape: the shape.
        relation: how many lines back it is to rhyme, 0 for none.
        score: the natural logarithm of its probability, given the lines before and the relation.
        attested: how often the bank has it as a complete line.
    """

    shape: Shape
    relation: int
    score: float
    attested: int


@dataclass(frozen=True)
class Mask:
    """What may be written.

    Attributes:
        relation: whether each relation may.
        syllables: whether each count may, from 1.
        words: whether each number may, from 1.
        close: whether each mark may, in the order of `CLOSES`.
        inner: whether each tag may, anywhere in a line.
        last: whether each tag may end a line that is complete.
        tags: the tags that must be written; none leaves them to the model.
    """

    relation: np.ndarray
    syllables: np.ndarray
    words: np.ndarray
    close: np.ndarray
    inner: np.ndarray
    last: np.ndarray
    tags: np.ndarray | None


def sample(
    twin: Twin,
    table: Structure,
    before: Sequence[Shape],
    *,
    relation: int | None = None,
    syllables: int | None = None,
    close: Collection[str] = COMPLETE,
    words: tuple[int, int] = (1, MOST_WORDS),
    like: Shape | None = None,
    names: bool = False,
    avoid: Collection[str] = (),
    relations: Sequence[int] = (),
    gap: bool = False,
    count: int = 16,
    seed: int = 0,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> list[Draw]:
    """Shapes for the next line, no two alike, in the order in which they were drawn.

    Args:
        twin: the trained model.
        table: of its symbols.
        before: shapes of the lines before, the nearest last; four are read. Where none of them has a mark, as in most
            songs, they are read as if each that can end there had a comma.
        relation: how many lines back the next is to rhyme, 0 for none; by default as the model likes.
        syllables: of the next line; by default as the model likes.
        close: marks that may close it; with "" lines that run on are allowed too.
        words: fewest and most.
        like: a line whose tags, syllables (if no others are asked) and mark (if it is allowed) are kept.
        names: whether names of people and places may stand in it.
        avoid: tags that may not.
        relations: how many lines back each line before rhymes; by default none does.
        gap: whether a new stanza begins.
        count: how many; there may be fewer that fit.
        seed: the same gives the same.
        temperature: below one for likelier shapes.
        top_p: the share of likeliest choices that stay in play.

    Raises:
        BadSetting: a setting out of its range.
        NothingFits: no shape can keep every wish.
    """
    if relations and len(relations) != len(before):
        raise BadSetting(f"{len(relations)} relations are given for {len(before)} lines. Give one for each line.")
    if not (temperature > 0 and 0 < top_p <= 1 and count >= 1):
        raise BadSetting(
            f"Shapes cannot be drawn with temperature {temperature}, top_p {top_p}, count {count}: expected a positive "
            "temperature, a share above 0 and at most 1, and at least one."
        )
    refused = {*avoid, *(tag for tag in table.tags if "NNP" in tag and not names)}
    mask = _mask(table, len(before), relation, syllables, close, words, like, refused)
    symbols = lead_in(table, before, relations, gap)
    draws = _Drawing(twin, twin.read(reading(symbols)), mask, temperature, top_p)
    rng = np.random.default_rng([seed, *symbols])  # else the same seed would give other lines much the same shapes
    return _distinct(draws, table, like, count, rng)


def _distinct(
    draws: _Drawing, table: Structure, like: Shape | None, count: int, rng: np.random.Generator
) -> list[Draw]:
    """Shapes until there are enough different ones; where wishes make them all unlikely, those are taken."""
    found: dict[tuple[int, Shape], Draw] = {}
    spare: dict[tuple[int, Shape], Draw] = {}
    for _ in range(ROUNDS if like is None else 1):
        for heads, tags, score, kept in draws.draw(count + count // 2 + 8, rng):
            named = like.tags if like else tuple(table.tags[tag] for tag in tags)
            relation, one = int(heads[0]), Shape(named, int(heads[1]), CLOSES[heads[3]])
            draw = Draw(one, relation, score, table.attested(one))
            (found if kept else spare).setdefault((relation, one), draw)
        if len(found) >= count:
            break
    return list((found | {key: draw for key, draw in spare.items() if key not in found}).values())[:count]


# ------------------------------------------------------------------------------------------------------- what is wished


def _mask(
    table: Structure,
    lines: int,
    relation: int | None,
    syllables: int | None,
    close: Collection[str],
    words: tuple[int, int],
    like: Shape | None,
    avoid: Collection[str],
) -> Mask:
    """The mask of wishes, or a sentence on why there is none."""
    if relation is not None and not 0 <= relation <= min(lines, HISTORY):
        raise BadSetting(f"The next line cannot rhyme {relation} lines back: {lines} lines are given, 4 are seen.")
    if syllables is not None and not 1 <= syllables <= MOST_SYLLABLES:
        raise BadSetting(f"A line of {syllables} syllables is asked: expected 1 to {MOST_SYLLABLES}.")
    if not close or not set(close) <= set(CLOSES):
        raise BadSetting(f"The marks {sorted(close)} are asked: expected some of {' '.join(CLOSES[1:])}, or none.")
    if like is not None:
        syllables = syllables or min(like.syllables, MOST_SYLLABLES)
        words = min(len(like.tags), MOST_WORDS), min(len(like.tags), MOST_WORDS)
        close = {like.close} if like.close in close else close
    fewest, most = words
    longest = syllables or MOST_SYLLABLES
    if not 1 <= fewest <= min(most, MOST_WORDS) or (fewest > longest and like is None):
        raise NothingFits(
            f"No line has {fewest} to {most} words and {longest} syllables: expected 1 to {MOST_WORDS} words, and at "
            "least as many syllables. Ask for fewer words."
        )
    back, spoken, number = np.arange(HISTORY + 1), np.arange(1, MOST_SYLLABLES + 1), np.arange(1, MOST_WORDS + 1)
    inner = np.array([bool(tag) and tag not in avoid for tag in table.tags])
    last = inner & table.enders
    if not last.any():
        raise NothingFits("Every part of speech that can end a line is to be avoided. Avoid fewer.")
    return Mask(
        relation=back == relation if relation is not None else back <= lines,
        syllables=spoken == syllables if syllables is not None else spoken >= fewest,
        words=(number >= fewest) & (number <= most),
        close=np.isin(CLOSES, list(close)),
        inner=inner,
        last=last,
        tags=None if like is None else np.array(table.numbers(like.tags[-MOST_WORDS:])),
    )


def lead_in(table: Structure, before: Sequence[Shape], relations: Sequence[int], gap: bool) -> list[int]:
    """The symbols of the lines before; a relation to a line that is not seen is none."""
    seen = list(before[-HISTORY:])
    known = list(relations[-HISTORY:]) or [0] * len(seen)
    if not any(shape.close for shape in seen):
        ends = table.enders | (np.arange(len(table.tags)) == 0)
        seen = [replace(shape, close="," if ends[table.numbers(shape.tags[-1:])[0]] else "") for shape in seen]
    symbols = [BEGIN]
    for place, (shape, back) in enumerate(zip(seen, known, strict=True)):
        symbols += table.symbols(shape, back if 0 < back <= place else 0)
    return [*symbols, GAP] if gap and seen else symbols


# -------------------------------------------------------------------------------------------------------------- drawing


class _Drawing:
    """What shapes drawn after the same lines with the same wishes share: their promises, and what was read.

    Args:
        twin: the model.
        past: the lines before, read.
        mask: the wishes.
        temperature: of promises and tags.
        top_p: of promises and tags.
    """

    def __init__(self, twin: Twin, past: Past, mask: Mask, temperature: float, top_p: float) -> None:
        self._twin, self._past, self._mask = twin, past, mask
        self._by = temperature, top_p
        rows, heads, score = twin.lines(1), np.zeros((1, 0), np.int64), np.zeros(1)
        scores = past.scores[None]
        for field in (mask.relation, mask.syllables, mask.words):
            heads, score, parent = _followed(heads, score, scores, field)
            rows = rows.rows(parent)
            scores = twin.step(past, rows, _promised(heads))
        self._heads, self._score, self._parent = _followed(heads, score, scores, mask.close)
        self._rows = rows
        if not len(self._heads):
            raise NothingFits("No line can keep every wish at once. Ask for fewer words, or more syllables.")

    def draw(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray, float, bool]]:
        """Shapes: relation, syllables, words and mark; numbers of tags; log-probability; whether it is to be kept."""
        mask, twin = self._mask, self._twin
        if mask.tags is None:
            chance, _ = _sharpened(self._score[None], np.ones(len(self._score), bool), *self._by)
            chosen = choose(np.repeat(chance, count, 0), rng)
        else:
            chosen = np.argsort(-self._score, kind="stable")  # all of them: only the mark, or the relation, can differ
        heads, score = self._heads[chosen], self._score[chosen] - self._given[chosen]
        words, complete = heads[:, 2], heads[:, 3] > 0
        tags = np.zeros((len(heads), MOST_WORDS), np.int64)
        fits = np.zeros(len(heads))  # the log-probability that nothing is refused
        rows, live = self._rows.rows(self._parent[chosen]), np.arange(len(heads))
        scores = twin.step(self._past, rows, _promised(heads))
        for place in range(int(words.max())):
            likely = log_softmax(scores[:, TAG:] if mask.tags is not None else scores[:, TAG + 1 :])
            if mask.tags is None:
                ends = complete[live] & (words[live] == place + 1)
                allowed = np.where(ends[:, None], mask.last, mask.inner)[:, 1:]
                chance, mass = _sharpened(likely, allowed, *self._by)
                drawn = choose(chance, rng)
                fits[live] += mass
                tags[live, place] = drawn + 1
            else:
                drawn = np.full(len(live), mask.tags[place])
                tags[live, place] = drawn
            score[live] += likely[np.arange(len(live)), drawn]
            more = words[live] > place + 1
            if not more.all():
                live, rows = live[more], rows.rows(np.flatnonzero(more))
            if len(live):
                left = words[live] - place - 1
                reads = Reads(TAG + tags[live, place], left, heads[live, 1], heads[live, 3] + 1)
                scores = twin.step(self._past, rows, reads)
        kept = np.log(rng.random(len(heads))) < fits
        written = [row[:number] for row, number in zip(tags, words, strict=True)]
        return list(zip(heads, written, score.tolist(), kept.tolist(), strict=True))

    @property
    def _given(self) -> np.ndarray:
        """The log-probability of each promise's relation, which is given."""
        likely = log_softmax(self._past.scores[None, RELATION:SYLLABLES])[0]
        return likely[self._heads[:, 0]]


_FIELDS = (RELATION, SYLLABLES, WORDS, CLOSE, TAG)
_SHIFT = (0, 1, 1, 0)
"""What the first symbol of each field stands for."""


def _followed(
    heads: np.ndarray, score: np.ndarray, scores: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Promises with one more field: each with its log-probability and the row that it goes on from."""
    field = heads.shape[1]
    likely = log_softmax(scores[:, _FIELDS[field] : _FIELDS[field + 1]])
    total = np.where(allowed, score[:, None] + likely, -np.inf)
    value = np.arange(total.shape[1]) + _SHIFT[field]
    if field == 2:  # no more words than syllables
        total = np.where(value <= heads[:, 1:2], total, -np.inf)
    parent, column = np.nonzero(total > max(total.max(initial=-np.inf), -1e9) - UNLIKELY)
    return np.concatenate([heads[parent], value[column, None]], 1), total[parent, column], parent


def _promised(heads: np.ndarray) -> Reads:
    """What is read with the last field of promises."""
    field = heads.shape[1] - 1
    symbol = _FIELDS[field] + heads[:, field] - _SHIFT[field]
    nothing = np.zeros(len(heads), np.int64)
    return Reads(
        symbol=symbol,
        left=heads[:, 2] if field == HEAD - 1 else nothing + NO_LINE,
        syllables=heads[:, 1] if field else nothing,
        close=heads[:, 3] + 1 if field == HEAD - 1 else nothing,
    )


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Logarithms of probabilities, in double precision [..., choices]."""
    scores = scores.astype(np.float64)
    scores = scores - scores.max(-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(-1, keepdims=True))


def _sharpened(
    likely: np.ndarray, allowed: np.ndarray, temperature: float, top_p: float
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of what is allowed, and the logarithm of how likely that is altogether [rows, choices], [rows]."""
    chance = np.exp((likely - likely.max(-1, keepdims=True)) / temperature)
    whole = chance.sum(-1)
    chance = np.where(allowed, chance, 0.0)
    mass = np.log(chance.sum(-1)) - np.log(whole)
    chance = chance / chance.sum(-1, keepdims=True)
    if top_p < 1:
        order = np.argsort(-chance, -1, kind="stable")
        falling = np.take_along_axis(chance, order, -1)
        stays = np.zeros(chance.shape, bool)
        np.put_along_axis(stays, order, np.cumsum(falling, -1) - falling < top_p, -1)
        chance = np.where(stays, chance, 0.0)
    return chance / chance.sum(-1, keepdims=True), mass


def choose(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One choice a row; never one without a chance."""
    sums = np.cumsum(chance, -1)
    at = rng.random(len(chance)) * sums[:, -1]
    return np.minimum((sums <= at[:, None]).sum(-1), (sums < sums[:, -1:]).sum(-1))
