"""A voice's models go on learning from another text, and lose little of what they know.

What 10,000 words can teach is little, and what they can spoil is much. With every weight free, held-out lines of the
text itself got harder to guess: Adam moves the vectors of forty thousand words by the same small step, though the text
has two thousand of them. So the words' vectors and biases stay, the layers above them learn slowly beside lines in the
voice's old manner, and the words' frequencies are counted (`marginals`). Which blend of old and new layers and how much
of the counts is kept is chosen on lines held out, among those that cost the old manner at most `RANGE`.

Source: blends of old and new weights, Wortsman et al. 2022 (arXiv 2109.01903); rehearsal, Robins 1995.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import numpy as np

from ..decode.network import Network
from . import marginals, order, storage, structure, training, vocabulary
from .lexis import Lexis
from .marginals import LEANS, Lean
from .transformer import Size

if TYPE_CHECKING:
    from .voice import Voice

BATCH = 16
"""Sequences in a step, half of them rehearsed."""
PASSES = (2, 7)
"""Passes over the text: fewest, for a long one, and most, for a short one."""
STEPS = (40, 1500)
"""Steps: fewest and most."""
SHAPE_STEPS = (20, 300)
"""The same of the structure model."""
RATE = 3e-4
BLENDS = (0.0, 0.5, 1.0)
"""Shares of the new layers that are tried."""
RANGE = 1.035
"""What a word in the old manner may cost, against before: perplexities. In novels that costs up to 1.05."""
SAMPLE = 8_000
"""Slots of a text that are read to know what a model expects, or to measure it."""

Weights = Mapping[str, np.ndarray]
Tell = Callable[[training.Report], None]


@dataclass(frozen=True)
class Texts:
    """What a model learns from and is judged by.

    Attributes:
        own: the text.
        old: lines in the voice's old manner, learned again beside it.
        chosen_by: lines of the text that were held out, to choose by.
        judged_by: others that were held out, to say what was reached.
        range: lines in the old manner that were not rehearsed.
    """

    own: vocabulary.Stream
    old: vocabulary.Stream
    chosen_by: vocabulary.Stream
    judged_by: vocabulary.Stream
    range: vocabulary.Stream


@dataclass(frozen=True)
class Chosen:
    """The weights that are kept.

    Attributes:
        weights: of the vocabulary model.
        blend: share of the new layers.
        lean: towards the words of the text; none if that did not help.
        shift: what was added to the bias of each kind [kinds].
        yours: perplexity of a word given its tag on held-out lines that nothing was chosen by, before and after.
        range: the same in the old manner.
    """

    weights: Weights
    blend: float
    lean: Lean | None
    shift: np.ndarray
    yours: tuple[float, float]
    range: tuple[float, float]


def steps_of(slots: int) -> int:
    """How many steps a text of so many words is learned for."""
    passes = np.clip(200_000 / max(slots, 1), *PASSES)
    return int(np.clip(2 * passes * slots / (BATCH * vocabulary.REACH), *STEPS))


def learned(
    model: vocabulary.VocabularyModel, lexis: Lexis, texts: Texts, run: Path, seed: int = 0, tell: Tell | None = None
) -> vocabulary.VocabularyModel:
    """The layers of a vocabulary model after some passes over a text; its words stay as they are.

    Args:
        model: to begin with.
        lexis: its words.
        texts: `own` and `old` are learned.
        run: folder of the checkpoint, from which a killed training goes on.
        seed: of the order.
        tell: called with a report every so often.

    Raises:
        StorageError: the folder cannot be written.
    """
    share = np.bincount(np.concatenate([texts.own.tag, texts.old.tag]), minlength=len(lexis.tags)).astype(float)
    plan = vocabulary.Plan.of(lexis, share / share.sum(), BATCH * vocabulary.REACH)
    steps = steps_of(len(texts.own.kind))

    def loss(model: vocabulary.VocabularyModel, batch: vocabulary.Batch) -> jax.Array:
        held = jax.lax.stop_gradient((model.words, model.bias))
        return eqx.tree_at(lambda model: (model.words, model.bias), model, held).loss(batch, plan, lexis)

    schedule = training.Schedule(
        steps, warm=10, decay=0.6, rate=RATE, matrices=0.0, weight_decay=0.0, every=max(steps // 40, 1), keep=20.0
    )
    source = lambda skip: _mixed(texts.own, texts.old, plan, lexis, seed, skip)
    return training.train(model, loss, source, schedule, run, tokens=BATCH * vocabulary.REACH, tell=tell)


def chosen(old: Weights, new: Weights, lexis: Lexis, texts: Texts) -> Chosen:
    """The best of blends and leanings; the old weights where nothing is better.

    Args:
        old: weights of the vocabulary model before training.
        new: after it.
        lexis: its words.
        texts: held-out ones too.
    """
    counts = np.bincount(texts.own.kind[texts.own.kind >= 0], minlength=len(lexis.kind_word)).astype(float)
    start = Network.of(old)
    cost = lambda network, stream, shift=None: marginals.perplexity(
        network, lexis, marginals.read(network, stream, SAMPLE), shift
    )
    nothing = np.zeros(len(lexis.kind_word))
    before = {name: cost(start, getattr(texts, name)) for name in ("chosen_by", "judged_by", "range")}
    best, lowest = (0.0, None, nothing), before["chosen_by"]
    for blend in BLENDS:
        network = Network.of(blended(old, new, blend))
        reads = [marginals.read(network, one, SAMPLE) for one in (texts.chosen_by, texts.range)]
        expected = marginals.expected(network, lexis, marginals.read(network, texts.own, SAMPLE), counts)
        for lean in (None, *LEANS):
            shift = marginals.shift(counts, expected, lean) if lean else nothing
            found = marginals.perplexity(network, lexis, reads[0], shift)
            if found < lowest and marginals.perplexity(network, lexis, reads[1], shift) <= RANGE * before["range"]:
                best, lowest = (blend, lean, shift), found
    blend, lean, shift = best
    network = Network.of(blended(old, new, blend))
    after = {name: cost(network, getattr(texts, name), shift) for name in ("judged_by", "range")}
    if after["judged_by"] >= before["judged_by"]:  # what helped some held-out lines did not help the others
        blend, lean, shift, after = 0.0, None, nothing, before
    weights = dict(blended(old, new, blend))
    weights["bias"] = weights["bias"] + shift.astype(np.float32)
    pair = lambda name: (before[name], after[name])
    return Chosen(weights, blend, lean, shift, pair("judged_by"), pair("range"))


def blended(old: Weights, new: Weights, share: float) -> Weights:
    """Weights on the way from old ones to new ones."""
    return {name: np.asarray(old[name] + share * (new[name] - old[name]), np.float32) for name in old}


def shapes(
    base: Voice, own: Sequence[structure.Stream | None], old: structure.Stream, run: Path, seed: int, tell: Tell
) -> tuple[dict[str, np.ndarray], tuple[float, float]]:
    """The structure model after a few passes, as far as that helps on held-out lines.

    Args:
        base: the voice.
        own: shapes of the text to learn, to choose by and to judge by; none where there are none.
        old: shapes in the old manner.
        run: folder of the checkpoint.
        seed: of the order.
        tell: called with a report every so often.

    Returns:
        Weights, and the perplexity of a symbol on the shapes to judge by before and after.
    """
    weights = {name: array for name, array in base.weights["structure"].items() if name not in base.table.arrays()}
    model = storage.restored(structure.StructureModel(len(base.table), size_of(weights), jax.random.key(0)), weights)
    learn, choose, judge = own
    if learn is None or choose is None or judge is None:
        return dict(weights), (1.0, 1.0)
    steps = int(np.clip(len(learn.lead) // 20, *SHAPE_STEPS))

    def both(skip: int) -> Iterator[structure.Batch]:
        sources = [structure.batches(one, _batch(one), seed, skip // 2) for one in (learn, old)]
        while True:
            for source in sources:
                yield next(source)

    schedule = training.Schedule(
        steps, warm=10, decay=0.6, rate=RATE, matrices=0.0, weight_decay=0.0, every=max(steps // 10, 1), keep=20.0
    )
    new = training.train(model, structure.StructureModel.loss, both, schedule, run, tell=tell)
    way = [jax.tree.map(lambda a, b, share=share: a + share * (b - a), model, new) for share in BLENDS]
    best = way[int(np.argmin([structure.perplexity(one, choose, 8, 20) for one in way]))]
    before, after = (structure.perplexity(one, judge, 8, 20) for one in (model, best))
    if after >= before:
        return dict(weights), (before, before)
    return storage.weights(best), (before, after)


def _batch(one: structure.Stream) -> int:
    """Sequences in a step: few, if the text has few."""
    return int(np.clip(len(structure.sequences(one, 3)), 1, 8))


def grown_model(base: Voice, lexis: Lexis, moved: np.ndarray) -> vocabulary.VocabularyModel:
    """The base voice's vocabulary model for a lexis that has grown; a new word begins as the mean of its tag's words.

    Args:
        base: the voice.
        lexis: from `lexis.grown`.
        moved: where the old kinds stand in it [old kinds].
    """
    weights = {name: np.asarray(array, np.float32) for name, array in base.weights["vocabulary"].items()}
    old, rng = len(base.lexis.words), np.random.default_rng(0)
    rows = np.zeros((len(lexis.words), weights["words"].shape[1]), np.float32)
    rows[:old] = weights["words"]
    bias = np.full(len(lexis.kind_word), np.nan, np.float32)
    bias[moved] = weights["bias"]
    for tag in range(1, len(lexis.tags)):
        kinds = np.arange(lexis.starts[tag], lexis.starts[tag + 1])
        known = kinds[~np.isnan(bias[kinds])]
        usual = rows[lexis.kind_word[known[:50]]].mean(0) if len(known) else 0.0
        for kind in kinds[np.isnan(bias[kinds])]:
            bias[kind] = np.nanmedian(bias[kinds]) if len(known) else 0.0
            if lexis.kind_word[kind] >= old:
                rows[lexis.kind_word[kind]] = usual + rng.normal(0, 0.02, rows.shape[1])
    weights |= {"words": rows, "bias": bias}
    mine = vocabulary.context(vocabulary.MINE, np.repeat([False, True], len(order.CLOSES)),
                              np.tile(np.arange(len(order.CLOSES)), 2))  # fmt: skip
    if base.source != vocabulary.MINE:  # her lines begin as the base voice's own
        theirs = mine + (base.source - vocabulary.MINE) * 2 * len(order.CLOSES)
        weights["context"] = weights["context"].copy()
        weights["context"][mine] = weights["context"][theirs]
    model = vocabulary.VocabularyModel(lexis, size_of(weights), jax.random.key(0))
    return storage.restored(model, weights)


def size_of(weights: Weights) -> Size:
    """The size of a stored model, from its weights."""
    layers = len({name.split(".")[2] for name in weights if name.startswith("net.blocks.")})
    return Size(len(weights["net.norm"]), layers, weights["net.blocks.0.bias"].shape[0])


def _mixed(
    own: vocabulary.Stream, old: vocabulary.Stream, plan: vocabulary.Plan, lexis: Lexis, seed: int, skip: int
) -> Iterator[vocabulary.Batch]:
    """Batches, half of a text and half rehearsed; of a short one every pass cuts elsewhere."""
    cuts = [[vocabulary.sequences(one, shift) for shift in range(6)] for one in (own, old)]
    place = skip
    while True:
        rng = np.random.default_rng([seed, place])
        shift, picked = int(rng.integers(6)), []
        for number, ways in enumerate(cuts):
            spans = ways[shift] if len(ways[shift]) else ways[0]
            some = rng.choice(len(spans), min(BATCH // 2, len(spans)), replace=False)
            picked += [(number, *spans[place].tolist()) for place in some]
        yield vocabulary.batch_of([own, old], picked, plan, lexis, BATCH)
        place += 1
