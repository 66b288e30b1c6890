"""A voice of one's own: the base voice goes on learning from a songwriter's text, here, and keeps its range.

    tag        her text, as any corpus (nothing of it is kept when the voice is written)
    grow       her words join the lexis; a new one begins as the mean of common words with its tag
    rehearse   the base voice writes lines by itself; they are learned again beside hers, so that it forgets little
    learn      layers go on for a few passes, her words are counted; what held-out lines gain by is kept
    write      a voice like any other, with a card that says what changed

Source: rehearsal with lines that the model wrote itself, Robins 1995 (Connection Science 7). Where we depart: shapes
are drawn too, so that what is rehearsed has the base voice's structure as well.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import differences
from .decode import copies
from .differences import Rhymes, Sample
from .errors import BadText
from .models import adapting, storage, structure, vocabulary, voice
from .models import lexis as lx
from .models.adapting import Texts
from .models.voice import Voice
from .suggest import Writer
from .text import cache, corpus, verse
from .text.corpus import Document, Form, Part
from .text.diction import Filters
from .text.lines import Lines
from .text.selection import FUNCTION_WORDS

EVERYTHING = verse.Wanted(
    low=1, high=15, plain=False, filters=Filters(archaic=False, dialect=False, profane=False, names=False), known=False
)
"""A songwriter's words are hers, whatever they are."""
LEAST = 200
"""Words that a text must have to learn from."""
ENGLISH = 0.1
"""Share of words that are grammar's (the, and, of, ...): below this a text is of another language, or a list."""
REHEARSED = 600
"""Lines that the base voice writes to itself."""
_CHUNK = 24
"""Verses of four lines that are rehearsed between two savings."""

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
        leaning: words that it says more often now, the most telling first.
        shapes: perplexity of a symbol of her held-out lines' shapes, before and after.
        rhymes: how her lines rhyme.
        samples: her lines, and how the voice before and the new one go on from them.
    """

    name: str
    folder: Path
    lines: int
    words: int
    new_words: tuple[str, ...]
    yours: tuple[float, float]
    range: tuple[float, float]
    seconds: float
    leaning: tuple[str, ...] = ()
    shapes: tuple[float, float] = (1.0, 1.0)
    rhymes: Rhymes = field(default_factory=Rhymes)
    samples: tuple[Sample, ...] = ()


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
        BadText: no text, or too little to learn from, or not English.
        BadSetting: not a name for a voice.
        UnknownName: no such base voice.
        StorageError: the folder cannot be written.
    """
    began, tell = time.monotonic(), tell or (lambda *_: None)
    target = voice.new_folder(name)
    own = Voice.load(base)
    documents = _documents(paths)
    work = voice.work_folder(name, _mark(documents, base, seed))  # after a kill the same training goes on there
    try:
        lines = _tagged(documents, work, tell)
        rows = {part: dataclasses.replace(EVERYTHING, part=part).rows(lines) for part in Part}
        _enough(lines, rows)
        writer = Writer(own)
        spoken = _spoken(_rehearsal(writer, work, seed, tell), work)
        parts, found = _learned(own, lines, rows, spoken, work, tell, seed)
        told = {name: [round(value, 2) for value in found[name]] for name in ("yours", "range", "shapes")}
        card = {
            "name": name, "based on": base, "lines": len(rows[Part.TRAIN]), "words": found["words"],
            "made": time.strftime("%Y-%m-%d"), "source": vocabulary.MINE, "measures": told,
            "new words": len(found["new_words"]), "steps": found.pop("steps"), "kept": found.pop("kept"),
        }  # fmt: skip
        tell("comparing", 0.0, 10.0)
        new = Voice.of(name, card, parts)
        samples = differences.samples(writer, Writer(new), lines, rows[Part.TEST])
        target.parent.mkdir(parents=True, exist_ok=True)
        voice.save(target, card, parts)
    except BadText:
        shutil.rmtree(work, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(work / "cache", ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    seconds = time.monotonic() - began
    return Changed(name, target, len(rows[Part.TRAIN]), seconds=seconds, samples=samples, **found)


# ----------------------------------------------------------------------------------------------------------------- text


def _documents(paths: Iterable[Path]) -> list[Document]:
    """Her texts, with no two of a name, so that each is told apart."""
    found: dict[str, Document] = {}
    for path in paths:
        for one in corpus.read(Path(path), Form.VERSE):
            name = one.name if one.name not in found else f"{Path(path)}/{one.name}"
            found[name] = dataclasses.replace(one, name=name)
    return list(found.values())


def _mark(documents: list[Document], base: str, seed: int) -> str:
    """Changes with anything that a training depends on."""
    how = (base, seed, REHEARSED, adapting.PASSES, adapting.STEPS, adapting.RATE)
    digest = hashlib.sha256(repr(how).encode())
    for one in documents:
        digest.update("\n".join((one.name, *one.units)).encode(errors="surrogatepass"))
    return digest.hexdigest()[:12]


def _enough(lines: Lines, rows: dict[Part, np.ndarray]) -> None:
    """Whether there is something to learn.

    Raises:
        BadText: too little, or of another language.
    """
    count = int(lines.lengths[rows[Part.TRAIN]].sum())
    if count < LEAST or not all(len(rows[part]) for part in Part):
        raise BadText(
            f"There are {count} words to learn from (lines of up to {EVERYTHING.high} words count, equal ones once), "
            f"and {LEAST} are needed, and some lines to be held out. Give more songs; until then the base voice writes."
        )
    grammar = np.array([word in FUNCTION_WORDS for word in lines.kinds.words])
    share = float(grammar[lines.words].mean())
    if share < ENGLISH:
        raise BadText(
            f"This does not look like English: {share:.0%} of the words are its small ones (the, and, of), where songs "
            "have 40%. The voices write English; give songs in it."
        )


def _tagged(documents: list[Document], work: Path, tell: Tell, name: str = "yours") -> Lines:
    """A text as lines, with parts."""
    began = time.monotonic()

    def progress(done: int, of: int) -> None:
        share = done / max(of, 1)
        tell("reading", share, (time.monotonic() - began) * (1 - share) / max(share, 0.01))

    cache.build(name, corpus.split(documents, 0.08), work / "cache", processes=1, progress=progress)
    return cache.load(name, work / "cache")


def _rehearsal(writer: Writer, work: Path, seed: int, tell: Tell) -> list[list[str]]:
    """Verses that the base voice writes, each line going on from those before it; those written before a kill stay."""
    path = work / "rehearsal.json"
    verses: list[list[str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    began, first = time.monotonic(), len(verses)
    while len(verses) * 4 < REHEARSED:
        chunk = int(np.random.default_rng([seed, len(verses)]).integers(2**62))
        verses += writer.dream(_CHUNK, 4, chunk)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(verses), encoding="utf-8")
        os.replace(draft, path)
        share = min(len(verses) * 4 / REHEARSED, 1.0)
        pace = (time.monotonic() - began) / (len(verses) - first)
        tell("rehearsing", share, pace * max(REHEARSED / 4 - len(verses), 0.0))
    return verses


def _spoken(verses: Sequence[Sequence[str]], work: Path) -> Lines:
    units = tuple(line for one in verses for line in (*one, ""))
    return _tagged([Document("rehearsal", Form.VERSE, units)], work, lambda *_: None, "rehearsal")


# ------------------------------------------------------------------------------------------------------------- learning


def _learned(
    base: Voice, lines: Lines, rows: dict[Part, np.ndarray], spoken: Lines, work: Path, tell: Tell, seed: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of the new voice, and what changed."""
    learned = rows[Part.TRAIN]
    lexis, moved = lx.grown(base.lexis, lines, learned)
    kept, apart = np.flatnonzero(spoken.part == 0), np.flatnonzero(spoken.part != 0)
    texts = Texts(
        *(vocabulary.stream(source, some, lexis, kind) for source, some, kind in (
            (lines, learned, vocabulary.MINE), (spoken, kept, base.source),
            (lines, rows[Part.VALID], vocabulary.MINE), (lines, rows[Part.TEST], vocabulary.MINE),
            (spoken, apart, base.source),
        ))
    )  # fmt: skip
    say = lambda what: lambda report: tell(what, report.step / report.steps, report.seconds_left)
    begun = adapting.grown_model(base, lexis, moved)
    model = adapting.learned(begun, lexis, texts, work / "vocabulary", seed, say("learning"))
    tell("weighing", 0.0, 20.0)
    words = adapting.chosen(storage.weights(begun, np.float32), storage.weights(model, np.float32), lexis, texts)
    own = [_shapes(lines, part, base) for part in Part]
    old = structure.stream(verse.examples(spoken, dataclasses.replace(EVERYTHING, fresh=False)), base.table)
    shapes, both = adapting.shapes(base, own, old, work / "structure", seed, say("learning shapes"))
    mine = copies.hashes_of(lines, learned) % np.uint64(base.copies.span)
    seen = copies.Copies(np.union1d(base.copies.hashes, mine.astype(base.copies.hashes.dtype)), base.copies.span)
    half = {name: np.asarray(array, np.float16) for name, array in words.weights.items()}
    parts = {
        "lexis": lexis.arrays(), "vocabulary": half, "structure": {**base.table.arrays(), **shapes},
        "plain": base.weights["plain"], "copies": seen.arrays(),
    }  # fmt: skip
    lean = dataclasses.asdict(words.lean) if words.lean else None
    return parts, {
        "words": int(lines.lengths[learned].sum()),
        "new_words": tuple(lexis.words[len(base.lexis.words) :]),
        "yours": words.yours, "range": words.range, "shapes": both,
        "leaning": differences.leaning(lexis, texts.own, words.shift),
        "rhymes": differences.rhymes(lines, learned),
        "steps": adapting.steps_of(len(texts.own.kind)), "kept": {"of the new layers": words.blend, "lean": lean},
    }  # fmt: skip


def _shapes(lines: Lines, part: Part, base: Voice) -> structure.Stream | None:
    """The shapes of one part of her text; none if there are none."""
    found = verse.examples(lines, dataclasses.replace(EVERYTHING, part=part, fresh=False))
    return structure.stream(found, base.table) if len(found) else None
