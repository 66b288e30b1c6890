"""A voice of one's own: the base voice goes on learning from a songwriter's text, here, and keeps its range.

    tag        her text, as any corpus (nothing of it is kept when the voice is written)
    grow       her words join the lexis; a new one begins as the mean of common words with its tag
    rehearse   the base voice writes lines by itself; they are learned again beside hers, so that it forgets little
    learn      the models go on for a few passes; the best blend of old and new weights on held-out lines wins
    write      a voice like any other, with a card that says what changed

Source: rehearsal with lines that the model wrote itself, Robins 1995 (Connection Science 7). Where we depart: shapes
are drawn too, so that what is rehearsed has the base voice's structure as well.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from .decode import copies
from .errors import BadText
from .models import lexis as lx
from .models import storage, structure, training, vocabulary, voice
from .models.lexis import Lexis
from .models.transformer import Size
from .models.voice import Voice
from .text import cache, corpus, verse
from .text.corpus import Document, Form, Part
from .text.diction import Filters
from .text.lines import Lines

EVERYTHING = verse.Wanted(
    low=1, high=15, plain=False, filters=Filters(archaic=False, dialect=False, profane=False, names=False), known=False
)
"""A songwriter's words are hers, whatever they are."""
LEAST = 200
"""Words that a text must have to learn from."""
BATCH = 16
"""Sequences in a step, about half of them hers."""
PASSES = (2, 12)
"""Passes over her text: fewest, for a long one, and most, for a short one."""
STEPS = (60, 1500)
"""Steps: fewest and most."""
REHEARSED = 1200
"""Lines that the base voice writes to itself."""
RATE, MATRICES = 2e-4, 0.0

M = TypeVar("M")
Tell = Callable[[str, float, float], None]
"""What is being done, how much of it (0 to 1), and seconds left."""


@dataclass(frozen=True)
class Changed:
    """What a training changed.

    Attributes:
        name: of the voice.
        folder: where it stands.
        lines: of hers that were learned.
        words: running words in them.
        new_words: words that the base voice did not know.
        yours: perplexity of a word given its tag on her held-out lines, before and after.
        range: the same on lines in the base voice's manner that were not rehearsed, before and after.
        seconds: in all.
    """

    name: str
    folder: Path
    lines: int
    words: int
    new_words: tuple[str, ...]
    yours: tuple[float, float]
    range: tuple[float, float]
    seconds: float


def train(
    paths: Iterable[Path], name: str = "mine", base: str = "base", tell: Tell | None = None, seed: int = 0
) -> Changed:
    """Make a voice from somebody's songs; a voice of that name is replaced when the new one is ready.

    Args:
        paths: files or folders.
        name: of the new voice.
        base: the voice to begin with.
        tell: called as the work goes on.
        seed: of everything that is drawn.

    Raises:
        BadText: no text, or too little to learn from.
        BadSetting: not a name for a voice.
        UnknownName: no such base voice.
        StorageError: the folder cannot be written.
    """
    began, tell = time.monotonic(), tell or (lambda *_: None)
    target = voice.new_folder(name)
    documents = [one for path in paths for one in corpus.read(Path(path), Form.VERSE)]
    work = target.with_name(f".{name}.{_mark(documents, base, seed)}")  # after a kill the same training goes on there
    lines = _tagged(documents, work, tell)
    own = Voice.load(base)
    rows = {part: dataclasses.replace(EVERYTHING, part=part).rows(lines) for part in Part}
    learned, held = rows[Part.TRAIN], np.concatenate([rows[Part.VALID], rows[Part.TEST]])
    if lines.lengths[learned].sum() < LEAST or not len(held):
        raise BadText(
            f"There are {lines.lengths[learned].sum()} words to learn from, and {LEAST} are needed. Give more songs; "
            "until then the base voice writes."
        )
    rehearsal = list(_rehearsal(own, seed, tell))
    try:
        new, changed = _learned(own, lines, learned, held, _spoken(rehearsal, work), work, tell, seed)
        card = {
            "name": name, "based on": base, "lines": len(learned), "words": changed["words"],
            "made": time.strftime("%Y-%m-%d"), "source": vocabulary.MINE, **changed["card"],
        }  # fmt: skip
        target.parent.mkdir(parents=True, exist_ok=True)
        voice.save(target, card, new)
    finally:
        shutil.rmtree(work / "cache", ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    return Changed(
        name, target, len(learned), changed["words"], changed["new words"], changed["yours"], changed["range"],
        time.monotonic() - began,
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------------- text


def _mark(documents: list[Document], base: str, seed: int) -> str:
    """Changes with anything that a training depends on."""
    digest = hashlib.sha256(f"{base} {seed} {PASSES} {STEPS} {RATE} {MATRICES}".encode())
    for one in documents:
        digest.update("\n".join((one.name, *one.units)).encode(errors="surrogatepass"))
    return digest.hexdigest()[:12]


def _tagged(documents: list[Document], work: Path, tell: Tell, name: str = "yours") -> Lines:
    """A text as lines, with parts."""
    began = time.monotonic()

    def progress(done: int, of: int) -> None:
        share = done / max(of, 1)
        tell("reading", share, (time.monotonic() - began) * (1 - share) / max(share, 0.01))

    cache.build(name, corpus.split(documents, 0.08), work / "cache", processes=1, progress=progress)
    return cache.load(name, work / "cache")


def _rehearsal(base: Voice, seed: int, tell: Tell) -> Iterator[list[str]]:
    """Verses that the base voice writes, each line going on from those before it."""
    from .suggest import Writer

    writer, began, done = Writer(base), time.monotonic(), 0
    rng = np.random.default_rng(seed)
    while done < REHEARSED:
        verses = writer.dream(24, 4, int(rng.integers(2**62)))
        yield from verses
        done += sum(map(len, verses))
        share = min(done / REHEARSED, 1.0)
        tell("rehearsing", share, (time.monotonic() - began) * (1 - share) / max(share, 0.01))


def _spoken(verses: list[list[str]], work: Path) -> Lines:
    units = tuple(line for one in verses for line in (*one, ""))
    return _tagged([Document("rehearsal", Form.VERSE, units)], work, lambda *_: None, "rehearsal")


# ------------------------------------------------------------------------------------------------------------- learning


Parts = dict[str, Mapping[str, np.ndarray]]


def _learned(
    base: Voice,
    lines: Lines,
    learned: np.ndarray,
    held: np.ndarray,
    rehearsed: Lines,
    work: Path,
    tell: Tell,
    seed: int,
) -> tuple[Parts, dict[str, Any]]:
    """The parts of the new voice, and what changed."""
    lexis, moved = lx.grown(base.lexis, lines, learned)
    model = grown_model(base, lexis, moved)
    ours = np.arange(len(rehearsed))
    kept, apart = ours[rehearsed.part == 0], ours[rehearsed.part != 0]
    hers = vocabulary.stream(lines, learned, lexis, vocabulary.MINE)
    theirs = vocabulary.stream(rehearsed, kept, lexis, base.source)
    tests = {
        "yours": vocabulary.stream(lines, held, lexis, vocabulary.MINE),
        "range": vocabulary.stream(rehearsed, apart, lexis, base.source),
    }
    share = np.bincount(np.concatenate([hers.tag, theirs.tag]), minlength=len(lexis.tags)).astype(float)
    plan = vocabulary.Plan.of(lexis, share / share.sum(), BATCH * vocabulary.REACH)
    slots = len(hers.kind)
    passes = np.clip(200_000 / max(slots, 1), *PASSES)
    steps = int(np.clip(2 * passes * slots / (BATCH * vocabulary.REACH), *STEPS))
    measure = lambda model: {name: _perplexity(model, one, plan, lexis) for name, one in tests.items()}
    before = measure(model)
    begun = model
    model = training.train(
        begun,
        lambda model, batch: model.loss(batch, plan, lexis),
        lambda skip: _mixed(hers, theirs, plan, lexis, seed, skip),
        training.Schedule(steps, warm=20, decay=0.6, rate=RATE, matrices=MATRICES, every=max(steps // 40, 1)),
        work / "vocabulary",
        tokens=BATCH * vocabulary.REACH,
        tell=lambda report: tell("learning", report.step / report.steps, report.seconds_left),
    )
    model = blended(begun, model, lambda model: _perplexity(model, tests["yours"], plan, lexis))
    after = measure(model)
    shapes = _structure(base, lines, learned, rehearsed, work, seed, tell)
    mine = copies.hashes_of(lines, learned) % np.uint64(base.copies.span)
    seen = copies.Copies(np.union1d(base.copies.hashes, mine.astype(base.copies.hashes.dtype)), base.copies.span)
    parts: Parts = {
        "lexis": lexis.arrays(), "vocabulary": storage.weights(model), "structure": shapes,
        "plain": base.weights["plain"], "copies": seen.arrays(),
    }  # fmt: skip
    new = tuple(lexis.words[len(base.lexis.words) :])
    both = {name: (round(before[name], 2), round(after[name], 2)) for name in tests}
    words = int(lines.lengths[learned].sum())
    card = {"measures": both, "new words": len(new), "steps": steps}
    return parts, {"words": words, "new words": new, **both, "card": card}


def blended(old: M, new: M, cost: Callable[[M], float]) -> M:
    """The best model on the way from an old one to a new one; where every step costs more, the old one.

    Source: Wortsman et al. 2022, robust fine-tuning (arXiv 2109.01903).

    Args:
        old: before training.
        new: after it.
        cost: on lines held out.
    """
    way = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    models = [jax.tree.map(lambda a, b, share=share: a + share * (b - a), old, new) for share in way]
    costs = [cost(model) for model in models]
    return models[int(np.argmin(costs))]


def grown_model(base: Voice, lexis: Lexis, moved: np.ndarray) -> vocabulary.VocabularyModel:
    """The base voice's vocabulary model for a lexis that has grown.

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
    mine = vocabulary.context(vocabulary.MINE, np.repeat([False, True], len(vocabulary.CLOSES)),
                              np.tile(np.arange(len(vocabulary.CLOSES)), 2))  # fmt: skip
    if base.source != vocabulary.MINE:  # her lines begin as the base voice's own
        theirs = mine + (base.source - vocabulary.MINE) * 2 * len(vocabulary.CLOSES)
        weights["context"] = weights["context"].copy()
        weights["context"][mine] = weights["context"][theirs]
    model = vocabulary.VocabularyModel(lexis, size_of(weights), jax.random.key(0))
    return storage.restored(model, weights)


def size_of(weights: Mapping[str, np.ndarray]) -> Size:
    """The size of a stored model, from its weights."""
    layers = len({name.split(".")[2] for name in weights if name.startswith("net.blocks.")})
    return Size(len(weights["net.norm"]), layers, weights["net.blocks.0.bias"].shape[0])


def _mixed(
    hers: vocabulary.Stream, theirs: vocabulary.Stream, plan: vocabulary.Plan, lexis: Lexis, seed: int, skip: int
) -> Iterator[vocabulary.Batch]:
    """Batches, half of hers and half rehearsed."""
    place = 0
    cuts = [vocabulary.sequences(one) for one in (hers, theirs)]
    while True:
        rng = np.random.default_rng([seed, place])
        if place >= skip:
            shift = int(rng.integers(6))
            chosen = []
            for number, one in enumerate((hers, theirs)):
                spans = vocabulary.sequences(one, shift) if len(cuts[number]) < 200 else cuts[number]
                spans = spans if len(spans) else cuts[number]
                picked = rng.choice(len(spans), min(BATCH // 2, len(spans)), replace=False)
                chosen += [(number, *spans[i].tolist()) for i in picked]
            yield vocabulary.batch_of([hers, theirs], chosen, plan, lexis, BATCH)
        place += 1


def _perplexity(
    model: vocabulary.VocabularyModel, one: vocabulary.Stream, plan: vocabulary.Plan, lexis: Lexis
) -> float:
    found = [model.losses(batch, plan, lexis) for batch in vocabulary.batches([one], plan, lexis, BATCH, None)]
    total = sum(float(jnp.sum(losses * asked)) for losses, asked in found)
    return float(np.exp(total / max(sum(int(asked.sum()) for _, asked in found), 1)))


def _structure(
    base: Voice, lines: Lines, learned: np.ndarray, rehearsed: Lines, work: Path, seed: int, tell: Tell
) -> dict[str, np.ndarray]:
    """The structure model after a few passes over her shapes and the rehearsed ones."""
    weights = {name: array for name, array in base.weights["structure"].items() if name not in base.table.arrays()}
    model = structure.StructureModel(len(base.table), size_of(weights), jax.random.key(0))
    model = storage.restored(model, weights)
    wanted = dataclasses.replace(EVERYTHING, fresh=False)
    streams = [structure.stream(verse.examples(source, wanted), base.table) for source in (lines, rehearsed)]
    steps = int(np.clip(len(learned) // 20, 20, 300))

    def both(skip: int) -> Iterator[structure.Batch]:
        sources = [structure.batches(one, 8, seed, skip // 2) for one in streams]
        while True:
            for source in sources:
                yield next(source)

    model = training.train(
        model, structure.StructureModel.loss, both,
        training.Schedule(steps, warm=10, decay=0.6, rate=RATE, matrices=MATRICES, every=max(steps // 10, 1)),
        work / "structure",
        tell=lambda report: tell("learning shapes", report.step / report.steps, report.seconds_left),
    )  # fmt: skip
    return {**base.table.arrays(), **storage.weights(model)}
