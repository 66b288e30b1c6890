"""The columnar cache: any source as arrays of words, tags, sounds and relations, built once.

    CACHE/blocks/*.arrow            tagged blocks, shared by all sources (blocks.py)
    CACHE/sources/NAME/             lines.arrow, words.arrow, source.json: one source, ready to be mapped into memory

A source is rebuilt from its blocks in seconds; it is left alone when its text and the versions are the same.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..errors import BadText, StorageError
from . import blocks, clauses, selection, sound
from .blocks import Progress
from .corpus import Document, Form
from .lines import PARTS, Lines, read, write
from .rhyme import Kind
from .sound import HISTORY, KINDS, Sounds
from .words import is_word, key

VERSION = "cache-1"
NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True)
class Built:
    """What a build did.

    Attributes:
        folder: of the source.
        documents: how many.
        lines: lines or clauses.
        words: running words in them.
        tagged: words that had to be tagged; 0 the second time.
        seconds: of wall time.
        fresh: whether the source was written; false if it was there already.
    """

    folder: Path
    documents: int
    lines: int
    words: int
    tagged: int
    seconds: float
    fresh: bool


def default_folder() -> Path:
    """Where the cache is unless somebody says otherwise: the user's cache folder."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("quatrain"))


def build(
    name: str, documents: Sequence[Document], folder: Path, processes: int = 1, progress: Progress | None = None
) -> Built:
    """Make or bring up to date one source in the cache.

    Args:
        name: letters, digits, `-` and `_`.
        documents: all verse or all prose, split into parts.
        folder: the cache.
        processes: for tagging.
        progress: called with words tagged and words to tag.

    Raises:
        BadText: no words, or verse and prose mixed.
        StorageError: the cache cannot be written.
    """
    began = time.monotonic()
    form = _form(name, documents)
    cuts = [blocks.cut(document.units, form) for document in documents]
    mark = _fingerprint(documents, cuts)
    target = folder / "sources" / name
    known = _described(target)
    if known.get("fingerprint") == mark:
        return Built(target, len(documents), known["lines"], known["words"], 0, time.monotonic() - began, False)
    store = blocks.Store(folder / "blocks")
    every = [block for cut in cuts for block in cut]
    tagged = store.tag(every, processes, progress)
    lines = assemble(documents, [len(block.units) for block in every], store.load([block.key for block in every]), form)
    share = sound.coverage(lines.kinds, np.bincount(lines.words, minlength=len(lines.kinds)))
    write(lines, target, {
        "fingerprint": mark,
        "versions": _versions(),
        "documents": lines.documents,
        "lines": len(lines),
        "words": len(lines.words),
        "found": {str(way): round(value, 5) for way, value in share.items()},
    })  # fmt: skip
    return Built(target, len(documents), len(lines), len(lines.words), tagged, time.monotonic() - began, True)


def assemble(documents: Sequence[Document], sizes: Sequence[int], tagged: blocks.Tagged, form: Form) -> Lines:
    """Arrays of lines from tagged blocks.

    Args:
        documents: in order.
        sizes: units in each block; together the units of all documents.
        tagged: their tokens and tags.
        form: verse or prose.

    Raises:
        BadText: no words.
    """
    units = np.array([len(document.units) for document in documents])
    assert units.sum() == len(tagged.sizes) == sum(sizes)
    kind_of, kinds = _kinds(tagged)
    cut = clauses.of_verse if form is Form.VERSE else clauses.of_prose
    rows = cut(tagged, kind_of, kinds.tags)
    if not len(rows.words):
        raise BadText("There are no words in the text (or, in prose, no clause of 3 words). Give a longer one.")
    document = np.repeat(np.arange(len(documents)), units)[rows.unit].astype(np.int32)
    texts = [unit for one in documents for unit in one.units]
    part = np.array([PARTS.index(one.part) for one in documents], np.uint8)[document]
    ends = rows.words[rows.offsets[1:] - 1]
    gap = rows.gap | (np.diff(document, prepend=-1) != 0)
    text = [texts[unit] for unit in rows.unit] if form is Form.VERSE else _spelled(rows, kinds)
    if form is Form.VERSE:
        relation = sound.relations(kinds, ends, document)
    else:
        relation = np.full((len(ends), HISTORY), KINDS.index(Kind.NONE), np.uint8)
    return Lines(
        form=form,
        kinds=kinds,
        documents=[one.name for one in documents],
        text=pa.chunked_array([pa.array(text, pa.string())]),
        words=rows.words,
        offsets=rows.offsets,
        document=document,
        part=part,
        gap=gap,
        close=np.array(rows.close, dtype="U1"),
        strict=sound.sum_sets(kinds.strict[rows.words], rows.offsets),
        sung=sound.sum_sets(kinds.sung[rows.words], rows.offsets),
        relation=relation,
        marks=np.bitwise_or.reduceat(kinds.marks[rows.words], rows.offsets[:-1]),
        plain=_plain(text, document),
        fresh=_fresh(kinds, rows.words, rows.offsets, part),
    )


def load(name: str, folder: Path) -> Lines:
    """A source from the cache, mapped into memory.

    Raises:
        StorageError: it was not built, or by another version, or it is damaged.
    """
    target = folder / "sources" / name
    described = _described(target)
    if not described:
        raise StorageError(f"There is no source '{name}' in '{folder}'. Build it first: quatrain corpus.")
    if described["versions"][:2] != _versions()[:2]:
        raise StorageError(f"The source '{name}' was built by another version. Build it again: quatrain corpus.")
    try:
        return read(target, Form(described["form"]), described["documents"])
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise StorageError(f"The source '{name}' is damaged ({error}). Build it again: quatrain corpus.") from error


# --------------------------------------------------------------------------------------------------------------- pieces


def _versions() -> list[str]:
    return [VERSION, blocks.VERSION, sound.version()]


def _form(name: str, documents: Sequence[Document]) -> Form:
    if not name or not set(name) <= NAME_CHARACTERS:
        raise BadText(f"'{name}' is no name for a source. Use small letters, digits, - and _.")
    forms = {document.form for document in documents}
    if len(forms) != 1:
        raise BadText(
            f"The source '{name}' has {'verse and prose' if forms else 'no text'}. Build one source of each form."
        )
    return forms.pop()


def _fingerprint(documents: Sequence[Document], cuts: Sequence[Sequence[blocks.Block]]) -> str:
    digest = hashlib.blake2b("; ".join(_versions()).encode(), digest_size=16)
    for document, cut in zip(documents, cuts, strict=True):
        digest.update(f"\0{document.name}\0{document.part}\0".encode(errors="surrogatepass"))
        digest.update(b"".join(block.key for block in cut))
    return digest.hexdigest()


def _described(target: Path) -> dict:
    try:
        return json.loads((target / "source.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _kinds(tagged: blocks.Tagged) -> tuple[np.ndarray, Sounds]:
    """The kind of every token (-1 for a mark), and all kinds, in the order of their first token's code."""
    width = max(len(tagged.tagset), 1)
    pairs, inverse = np.unique(tagged.tokens.astype(np.int64) * width + tagged.tags, return_inverse=True)
    found: dict[tuple[str, str], int] = {}
    of_pair = np.full(len(pairs), -1, np.int32)
    for place, pair in enumerate(pairs.tolist()):
        token = tagged.vocabulary[pair // width]
        if is_word(token):
            of_pair[place] = found.setdefault((key(token), tagged.tagset[pair % width]), len(found))
    return of_pair[inverse], sound.sounds(found)


def _spelled(rows: clauses.Rows, kinds: Sounds) -> list[str]:
    words = np.array(kinds.words, dtype=object)[rows.words]
    return [" ".join(words[start:stop]) for start, stop in zip(rows.offsets[:-1], rows.offsets[1:], strict=True)]


def _plain(text: Sequence[str], document: np.ndarray) -> np.ndarray:
    """Whether the window of lines around each is without archaic grammar."""
    plain = np.ones(len(text), bool)
    starts = np.flatnonzero(np.diff(document, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        for first in range(start, stop, selection.WINDOW):
            last = min(first + selection.WINDOW, stop)
            plain[first:last] = not selection.archaic(text[first:last])
    return plain


def _fresh(kinds: Sounds, words: np.ndarray, offsets: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Whether a line's words stand for the first time, the training part being read first."""
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(word, len(numbers)) for word in kinds.words], np.uint64)
    salts = np.random.default_rng(1).integers(0, 2**64, (len(numbers), 1), np.uint64)[:, 0]
    place = np.arange(len(words)) - np.repeat(offsets[:-1], np.diff(offsets))
    with np.errstate(over="ignore"):
        mixed = salts[codes[words]] * (2 * place.astype(np.uint64) + 3) ** np.uint64(5)
        hashes = np.add.reduceat(mixed, offsets[:-1])
    order = np.argsort(part, kind="stable")
    _, first = np.unique(hashes[order], return_index=True)
    fresh = np.zeros(len(part), bool)
    fresh[order[first]] = True
    return fresh
