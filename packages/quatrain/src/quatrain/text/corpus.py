"""Sources become documents: a folder, a file, a lyric sheet, the Gutenberg Poetry Corpus, an archive of novels.

A *document* is a book, a song, or a long stretch of a file without books. Its units are lines (verse) or paragraphs
(prose); an empty unit is a gap (a new stanza, a section). Training and held-out parts are split by document, never by
line, since lines repeat inside a book.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ..errors import BadText, StorageError
from . import sheets

LONG = 4000
"""Lines in one stretch of a file that has no books of its own."""
TEXTS = frozenset({".txt", ".text", ".md", ".lrc", ""})
SHEETS = frozenset({".cho", ".chopro", ".chordpro", ".crd", ".pro", ".chord"})
_LARGEST, _PARAGRAPH = 512 * 2**20, 800


class Form(StrEnum):
    """How a text is cut: into lines, or into paragraphs and then clauses."""

    VERSE = "verse"
    PROSE = "prose"


class Part(StrEnum):
    """What a document is for."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


@dataclass(frozen=True)
class Document:
    """A book, a song, or a long stretch of text.

    Attributes:
        name: unique in its source, and the same when its text is edited.
        form: verse or prose.
        units: lines or paragraphs; an empty one is a gap.
        part: training, validation or test.
    """

    name: str
    form: Form
    units: tuple[str, ...]
    part: Part = Part.TRAIN


def read(path: Path, form: Form | None = None) -> list[Document]:
    """The documents of a file or of a folder with all that is in it, in the order of their names.

    Args:
        path: a text, a lyric sheet, a ChordPro file; `.gz` with one JSON object `{"s": line, "gid": book}` a line (the
            Gutenberg Poetry Corpus); a text under `.xz`; a `.tar.xz` or `.tar.gz` of texts; or a folder of these.
        form: verse or prose; by default each text says itself by the length of its lines.

    Raises:
        BadText: nothing in it can be read as text. Of a folder, unreadable files are left out, unless all are.
        StorageError: no such file or folder.
    """
    if not path.exists():
        raise StorageError(f"There is no file or folder '{path}'. Check the name.")
    if not path.is_dir():
        return _read_file(path, path.name, form)
    found, failures = [], []
    for file in sorted(p for p in path.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts)):
        if file.suffix.lower() in (*TEXTS, *SHEETS, ".gz", ".xz"):
            try:
                found += _read_file(file, file.relative_to(path).as_posix(), form)
            except BadText as failure:
                failures.append(failure)
    if not found:
        raise (
            failures[0]
            if failures
            else BadText(f"The folder '{path}' has no text files. Put .txt or ChordPro files in it.")
        )
    return found


def text_of(data: bytes, name: str) -> str:
    """The text of a file: UTF-8, or else the Windows code page of western Europe.

    Raises:
        BadText: binary or empty.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    sample = data[:65536]
    odd = sum(byte < 32 and byte not in (9, 10, 11, 12, 13, 27) for byte in sample)
    if b"\0" in sample or odd > 0.02 * len(sample):
        raise BadText(
            f"'{name}' is no text: it has bytes that no text has. Give a plain text file (.txt) or a ChordPro file."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise BadText(f"'{name}' is empty. Give a text with words in it.")
    return text


def lines_of(text: str, sheet: bool = True) -> tuple[str, ...]:
    """The lines of verse in a text; an empty line stands for each gap.

    Args:
        text: as read.
        sheet: whether chords and section headings may be in it.
    """
    clean = (_clean(line) for line in _body(text).splitlines())
    return tuple(sheets.lines(clean)) if sheet else tuple(_gaps(clean))


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of prose in a text: lines up to an empty line, joined. Without empty lines each line is one."""
    body = _body(text)
    blocks = re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n"))
    if len(blocks) < body.count("\n") / 200:
        blocks = body.splitlines()
    joined = (_clean(" ".join(block.split())) for block in blocks)
    return tuple(piece for paragraph in joined if paragraph for piece in _pieces(paragraph))


def is_prose(text: str) -> bool:
    """Whether a text looks like prose: its lines are long, or run to the right edge without a capital at the start."""
    lines = [line.strip() for line in text.splitlines()[:4000] if line.strip()]
    if not lines:
        return False
    long = sum(len(line) > 75 for line in lines) / len(lines)
    small = sum(line[0].islower() for line in lines) / len(lines)
    return long > 0.3 or (small > 0.3 and sum(len(line) > 55 for line in lines) > 0.4 * len(lines))


def split(documents: Iterable[Document], held_out: float = 0.05) -> list[Document]:
    """The same documents with a part for each: two shares of `held_out`, for validation and for test.

    By name, so that a document stays in its part when others come or go; with fewer than ten documents all are for
    training but for the last stretch of each, which becomes a document of its own.
    """
    listed = list(documents)
    if len(listed) >= 10:
        order = sorted(range(len(listed)), key=lambda i: hashlib.sha256(listed[i].name.encode()).digest())
        share = max(1, round(held_out * len(listed)))
        parts = dict.fromkeys(order[:share], Part.VALID) | dict.fromkeys(order[share : 2 * share], Part.TEST)
        return [replace(document, part=parts.get(i, Part.TRAIN)) for i, document in enumerate(listed)]
    cut: list[Document] = []
    for document in listed:
        size = len(document.units)
        first, second = round((1 - 2 * held_out) * size), round((1 - held_out) * size)
        stretches = ((Part.TRAIN, 0, first), (Part.VALID, first, second), (Part.TEST, second, size))
        for part, start, stop in stretches:
            if stop > start:
                name = document.name if part is Part.TRAIN else f"{document.name} ({part})"
                cut.append(replace(document, name=name, units=document.units[start:stop], part=part))
    return cut


def stretches(name: str, lines: Iterable[str], size: int = LONG) -> Iterator[Document]:
    """A long file of verse without books as documents of `size` lines."""
    held: list[str] = []
    start = 0
    for line in lines:
        held.append(line)
        if len(held) == size:
            yield Document(f"{name}:{start:08d}", Form.VERSE, tuple(held))
            start, held = start + size, []
    if any(held):
        yield Document(f"{name}:{start:08d}", Form.VERSE, tuple(held))


# ------------------------------------------------------------------------------------------------------------ one file


def _read_file(path: Path, name: str, form: Form | None) -> list[Document]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadText(f"'{name}' has more than {_LARGEST >> 20} MB. Cut it into several files.")
        if ".tar" in path.suffixes or path.suffix == ".tgz":
            return list(_read_archive(path, form))
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(f"'{path}' cannot be read: {error.strerror or error}. Check its permissions.") from error
    try:
        if path.suffix == ".xz":
            data, name = lzma.decompress(data), name.removesuffix(".xz")
        elif path.suffix == ".gz":
            return _read_gutenberg(gzip.decompress(data), name.removesuffix(".gz"))
    except (lzma.LZMAError, EOFError, OSError) as error:
        raise BadText(f"'{name}' is damaged: {error}. Copy it again.") from error
    return _read_text(data, name, form, path.suffix.lower() in SHEETS)


def _read_text(data: bytes, name: str, form: Form | None, sheet: bool) -> list[Document]:
    text = text_of(data, name)
    form = form or (Form.PROSE if not sheet and is_prose(text) else Form.VERSE)
    if form is Form.PROSE:
        return [Document(name, form, paragraphs_of(text))]
    lines = lines_of(text, sheet=text.count("\n") < 4 * LONG)
    return list(stretches(name, lines)) if len(lines) > 4 * LONG else [Document(name, form, lines)]


def _read_archive(path: Path, form: Form | None) -> Iterator[Document]:
    try:
        with tarfile.open(path) as archive:
            texts: dict[str, bytes] = {}
            for member in archive:  # in the archive's order: going back means unpacking it all again
                stream = archive.extractfile(member) if member.isfile() and member.size <= _LARGEST else None
                if stream and Path(member.name).suffix.lower() in TEXTS:
                    texts[Path(member.name).name] = stream.read()
            for name, data in sorted(texts.items()):
                yield from _read_text(data, name, form, sheet=False)
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise BadText(f"'{path.name}' is no archive of texts, or damaged: {error}. Pack it again.") from error


def _read_gutenberg(data: bytes, name: str) -> list[Document]:
    """The corpus as published: one JSON object a line, with the line and the number of its book."""
    books: dict[str, list[str]] = {}
    for number, row in enumerate(data.splitlines(), 1):
        try:
            entry = json.loads(row)
            books.setdefault(str(entry["gid"]), []).append(_clean(str(entry["s"])))
        except (ValueError, KeyError, TypeError) as error:
            raise BadText(
                f'Line {number} of \'{name}\' is not {{"s": line, "gid": book}}. Give the corpus as published.'
            ) from error
    if not books:
        raise BadText(f"'{name}' has no lines. Give the corpus as published.")
    return [Document(f"{name}:{gid}", Form.VERSE, tuple(lines)) for gid, lines in books.items()]


def _body(text: str) -> str:
    """A text without the preamble and licence that Project Gutenberg puts around it."""
    start = re.search(r"^\*\*\* ?START OF TH[^\n]*\n", text, re.MULTILINE)
    end = re.search(r"^(?:\*\*\* ?END OF TH|End of (?:the )?Project Gutenberg)[^\n]*$", text, re.MULTILINE)
    return text[
        start.end() if start else 0 : end.start() if end and end.start() > (start.end() if start else 0) else len(text)
    ]


_MARKS = re.compile(r"\[(?:\d+|[a-z*†‡]|Footnote[^\]]*|Illustration[^\]]*)\]|(?<!\w)_(?=\w)|(?<=[\w.,;:!?'’])_(?!\w)")
_NUMBERS = re.compile(r"\s{2,}\[?\d{1,4}\]?\s*$|^\s*\d{1,4}\s{2,}")


def _clean(line: str) -> str:
    """A line without italics marks, footnote marks, line numbers and doubled spaces."""
    if "_" in line or "[" in line:
        line = _MARKS.sub("", line)
    if len(line) < 500 and (line[-1:].isdigit() or line[-1:] in "] " or line[:1].isdigit() or line[:1] == " "):
        line = _NUMBERS.sub("", line)
    return " ".join(line.split())


def _pieces(paragraph: str) -> Iterator[str]:
    """A paragraph of more than `_PARAGRAPH` letters cut at ends of sentences."""
    if len(paragraph) <= _PARAGRAPH:
        yield paragraph
        return
    held = ""
    for sentence in re.split(r"(?<=[.!?]['\")])\s+|(?<=[a-z][.!?])\s+(?=[A-Z'\"“‘])", paragraph):
        if held and len(held) + len(sentence) > _PARAGRAPH:
            yield held
            held = ""
        held = f"{held} {sentence}" if held else sentence
    yield held


def _gaps(lines: Iterable[str]) -> Iterator[str]:
    """Lines with every run of empty ones as one, and none at either end."""
    gap, begun = False, False
    for line in lines:
        if not line:
            gap = begun
            continue
        if gap:
            yield ""
        gap, begun = False, True
        yield line
