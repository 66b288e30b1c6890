"""The lines of a source as arrays, in memory and on disk: everything that is known about each, one column each."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..errors import StorageError
from . import blocks
from .corpus import Form, Part
from .sound import HISTORY, Sounds

PARTS = tuple(Part)
_PLAIN = ("document", "part", "strict", "sung", "marks")
_TRUTHS = ("gap", "plain", "fresh")
_OF_WORDS = ("found", "strict", "sung", "usual", "marks", "common")


@dataclass(frozen=True)
class Lines:
    """The lines (or clauses) of a source, in order, as arrays; `n` lines, `m` running words, all kinds of words in
    `kinds`.

    Attributes:
        form: verse or prose.
        kinds: words with their tags and sounds.
        documents: names of the documents.
        text: lines as written (clauses: their words).
        words: rows of `kinds`, line after line [m].
        offsets: where each line begins in `words`, and the end [n + 1].
        document: place in `documents` [n].
        part: place in `PARTS` [n].
        gap: whether a gap (stanza, section; in prose: an unspoken break) stands before the line [n].
        close: the mark after the last word, or none [n].
        strict: syllable sets, bit masks [n].
        sung: the wider sets [n].
        relation: rhyme with each of the last `HISTORY` lines, places in `KINDS` [n, HISTORY].
        marks: bits of `diction` of all words together [n].
        plain: whether the 40 lines around are without archaic grammar [n].
        fresh: whether this is the first time that the line stands in the source (training first) [n].
    """

    form: Form
    kinds: Sounds
    documents: list[str]
    text: pa.ChunkedArray
    words: np.ndarray
    offsets: np.ndarray
    document: np.ndarray
    part: np.ndarray
    gap: np.ndarray
    close: np.ndarray
    strict: np.ndarray
    sung: np.ndarray
    relation: np.ndarray
    marks: np.ndarray
    plain: np.ndarray
    fresh: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of(self, line: int) -> list[tuple[str, str]]:
        """Words and tags of one line."""
        rows = self.words[self.offsets[line] : self.offsets[line + 1]]
        return [(self.kinds.words[row], self.kinds.tags[row]) for row in rows]

    def stress(self, line: int) -> str:
        """The stress of one line; see `stress.of_word` for the signs."""
        return "".join(self.kinds.stress[row] for row in self.words[self.offsets[line] : self.offsets[line + 1]])

    @cached_property
    def lengths(self) -> np.ndarray:
        """Words in each line [n]."""
        return np.diff(self.offsets)

    @cached_property
    def ends(self) -> np.ndarray:
        """Each line's last word, a row of `kinds` [n]."""
        return self.words[self.offsets[1:] - 1]


def write(lines: Lines, target: Path, described: Mapping[str, Any]) -> None:
    """Write a source whole or not at all.

    Args:
        lines: the source.
        target: its folder; what was there is replaced.
        described: what to put in `source.json`, beside the form.

    Raises:
        StorageError: it cannot be written.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        blocks.write(_of_lines(lines), draft / "lines.arrow", None)
        blocks.write(_of_words(lines.kinds), draft / "words.arrow", None)
        text = json.dumps({"form": str(lines.form), **described}, indent=1)
        (draft / "source.json").write_text(text, encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        os.replace(draft, target)
    except OSError as error:
        reason = error.strerror or error
        raise StorageError(f"'{target}' cannot be written: {reason}. Choose another cache folder.") from error


def read(target: Path, form: Form, documents: list[str]) -> Lines:
    """A source from its folder, mapped into memory; errors are the caller's business."""
    table, listed = (_mapped(target / name) for name in ("lines.arrow", "words.arrow"))
    words = _whole(table, "words")
    relation = _whole(table, "relation").values.to_numpy().reshape(-1, HISTORY)
    return Lines(
        form=form,
        kinds=Sounds(
            words=listed.column("word").to_pylist(),
            tags=listed.column("tag").to_pylist(),
            stress=listed.column("stress").to_pylist(),
            readings=[tuple(readings) for readings in listed.column("readings").to_pylist()],
            content=_array(listed, "content").astype(bool),
            **{name: _array(listed, name) for name in _OF_WORDS},
        ),
        documents=documents,
        text=table.column("text"),
        words=words.values.to_numpy(),
        offsets=words.offsets.to_numpy().astype(np.int64),
        close=np.array(table.column("close").to_pylist(), dtype="U1"),
        relation=relation,
        **{name: _array(table, name) for name in _PLAIN},
        **{name: _array(table, name).astype(bool) for name in _TRUTHS},
    )


def _of_lines(lines: Lines) -> pa.Table:
    offsets, words = pa.array(lines.offsets, pa.int32()), pa.array(lines.words, pa.int32())
    return pa.table(
        {
            "text": lines.text,
            "words": pa.ListArray.from_arrays(offsets, words),
            "close": pa.array(lines.close.tolist()),
            "relation": pa.FixedSizeListArray.from_arrays(pa.array(lines.relation.ravel()), HISTORY),
            **{name: getattr(lines, name) for name in _PLAIN},
            **{name: getattr(lines, name).astype(np.uint8) for name in _TRUTHS},
        }
    )


def _of_words(kinds: Sounds) -> pa.Table:
    return pa.table(
        {
            "word": kinds.words,
            "tag": kinds.tags,
            "stress": kinds.stress,
            "readings": pa.array([list(readings) for readings in kinds.readings], pa.list_(pa.binary())),
            "content": kinds.content.astype(np.uint8),
            **{name: getattr(kinds, name) for name in _OF_WORDS},
        }
    )


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _whole(table: pa.Table, name: str) -> Any:
    column = table.column(name).combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column


def _array(table: pa.Table, name: str) -> np.ndarray:
    return _whole(table, name).to_numpy(zero_copy_only=False)
