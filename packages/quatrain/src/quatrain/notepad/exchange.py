"""Songs in and out: text, ChordPro and JSON both ways (what goes out comes back equal), Word and PDF out.

txt        `Title: ...`, an empty line, the lines
chordpro   see `chordpro.py`
json       `{"quatrain": 1, "songs": [{"document": ...}]}`, with versions: a backup of the whole shelf too
docx, pdf  lyric sheets, see `printing.py`
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ..errors import BadText, UnknownName
from ..text import sheets
from . import chordpro, printing
from . import schema as s
from .cards import BEFORE, BRANCH, KINDS, Card, VersionCard
from .document import CHORDS, SCHEMA, Document, broken, clean, heading

VERSION = 1
_TIME = s.text(40, pattern=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", note="a time like 2026-01-31T12:00:00Z")
_KEPT = s.record(
    "Kept", {"name": s.text(200), "kind": s.choice(*KINDS), "created": _TIME, "document": SCHEMA}
)  # fmt: skip
_SONG = s.record("Stored", {"document": SCHEMA}, {"created": _TIME, "updated": _TIME, "versions": s.array(_KEPT)})
_FILE = s.record("File", {"quatrain": s.whole(1, VERSION), "songs": s.array(_SONG)})


@dataclass(frozen=True)
class Arrival:
    """A song that came in.

    Attributes:
        document: the song.
        times: `created` and `updated`, where the file tells.
        versions: name, kind and time of each, and its text.
    """

    document: Document
    times: dict[str, str] = field(default_factory=dict)
    versions: list[tuple[dict[str, str], Document]] = field(default_factory=list)


@dataclass(frozen=True)
class Format:
    """A way out.

    Attributes:
        ending: of the file's name.
        media: its type.
        write: makes the file.
    """

    ending: str
    media: str
    write: Callable[[Document], bytes]


def to_text(song: Document) -> bytes:
    """A song as plain text."""
    return f"Title: {song.title}\n\n{song.text}\n".encode()


def to_json(song: Document) -> bytes:
    """A song as JSON, with everything that is known of its lines."""
    return _json([{"document": song.plain()}])


FORMATS = {
    "txt": Format(".txt", "text/plain; charset=utf-8", to_text),
    "chordpro": Format(".cho", "text/plain; charset=utf-8", lambda song: chordpro.write(song).encode()),
    "json": Format(".json", "application/json", to_json),
    "docx": Format(
        ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", printing.to_word
    ),
    "pdf": Format(".pdf", "application/pdf", printing.to_pdf),
}


def written(song: Document, name: str) -> tuple[bytes, str, str]:
    """A song in a format: the file, its type, and a name for it.

    Raises:
        UnknownName: a format that is none.
    """
    if name not in FORMATS:
        raise UnknownName("format", name, FORMATS)
    form = FORMATS[name]
    return form.write(song), form.media, file_name(song.title) + form.ending


def file_name(title: str) -> str:
    """A title as the name of a file that every system takes."""
    plain = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', " ", title)
    return " ".join(plain.split()).strip(". ")[:80].strip(". ") or "song"


def backup(songs: Iterable[tuple[Card, Document, list[tuple[VersionCard, Document]]]]) -> bytes:
    """Songs with their versions as one JSON file."""
    return _json([
        {"document": text.plain(), "created": card.created, "updated": card.updated}
        | {"versions": [_kept(version, old) for version, old in versions]}
        for card, text, versions in songs
    ])  # fmt: skip


def read(data: bytes, name: str = "") -> tuple[list[Arrival], list[str]]:
    """Songs from a file, and sentences about how they were read.

    Args:
        data: the file.
        name: its name; it gives the title if nothing else does.

    Raises:
        BadText: nothing that could be a song.
    """
    text, notes = _decoded(data, name)
    if PurePosixPath(name.lower()).suffix == ".json" or re.match(r'\s*\{\s*"quatrain"\s*:', text):
        return _from_json(text, name), notes
    lines, title = broken(text), PurePosixPath(name.replace("\\", "/")).stem[:300]
    if not text.startswith("Title:") and chordpro.is_chordpro(lines):
        song, more = chordpro.read(lines, title)
    else:
        song, more = _from_text(text, title)
    checked = song.plain()
    try:
        s.check(checked, SCHEMA)
    except BadText as error:
        raise BadText(f"{_named(name)} is too large for a song: {error}") from error
    return [Arrival(Document.read(checked))], notes + more


def _from_text(text: str, title: str) -> tuple[Document, list[str]]:
    lines = broken(text)
    if lines and lines[-1] == "":
        lines.pop()
    if lines and lines[0].startswith("Title:"):  # ours, or made like ours: nothing is changed
        lines, title = lines[1:], lines[0].removeprefix("Title:").removeprefix(" ")
        return Document.of(title, "\n".join(lines[1:] if lines and not lines[0] else lines)), []
    sung = _under_chords(lines)
    notes = ["Chords that stood above the words were put among them."] if len(sung) != len(lines) else []
    return Document.of(title, "\n".join(map(_headed, sung))), notes


def _headed(line: str) -> str:
    """Headings without brackets (`Chorus:`) in brackets."""
    name = sheets.heading(line) if heading(line) is None else None
    return f"[{name}]" if name and line.strip()[:1] not in "[{<" else line


def _under_chords(lines: list[str]) -> list[str]:
    """Lines of chords above words become chords among the words."""
    found: list[str] = []
    chords: list[tuple[int, str]] = []
    for line in lines:
        held, chords = chords, _chords(line)
        if chords:
            found += [_set("", held)] if held else []
        elif held and line.strip() and heading(line) is None:
            found.append(_set(line, held))
        else:
            found += [_set("", held)] if held else []
            found.append(line)
    return found + ([_set("", chords)] if chords else [])


def _chords(line: str) -> list[tuple[int, str]]:
    """The chords of a line that has nothing else, with their places."""
    words = [(match.start(), match[0]) for match in re.finditer(r"\S+", line.expandtabs(4))]
    if [word for _, word in words] in ([], ["A"], ["A."]) or len(words) > 64:
        return []
    return words if all(CHORDS.fullmatch(f"[{word}]") for _, word in words) else []


def _set(line: str, chords: list[tuple[int, str]]) -> str:
    for place, chord in reversed(chords):
        line = line[:place] + f"[{chord}]" + line[place:]
    return line


def _from_json(text: str, name: str) -> list[Arrival]:
    try:
        value = json.loads(clean(text))
    except (ValueError, RecursionError) as error:
        raise BadText(f"{_named(name)} is not JSON ({error}). Export the song again.") from error
    if not isinstance(value, dict) or "quatrain" not in value:
        raise BadText(f"{_named(name)} is JSON, but not of this notepad. Songs can be read from text and ChordPro too.")
    s.check(value, _FILE)
    return [_arrived(song) for song in value["songs"]]


def _arrived(song: dict[str, Any]) -> Arrival:
    kept = [
        ({key: version[key] for key in ("name", "kind", "created")}, Document.read(version["document"]))
        for version in song.get("versions", ())
    ]
    times = {key: song[key] for key in ("created", "updated") if key in song}
    return Arrival(Document.read(song["document"]), times, kept)


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    for start, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(start):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text, []
    if b"\0" in data or sum(byte < 9 for byte in data[:4000]):
        raise BadText(f"{_named(name)} is not a text. Give a .txt, ChordPro or JSON file.")
    return data.decode("cp1252", "replace"), ["The file is not in UTF-8; it was read as Western European text."]


def _kept(version: VersionCard, text: Document) -> dict[str, Any]:
    kind = BEFORE if version.kind == BRANCH else version.kind
    return {"name": version.name, "kind": kind, "created": version.created, "document": text.plain()}


def _json(songs: list[dict[str, Any]]) -> bytes:
    return json.dumps({"quatrain": VERSION, "songs": songs}, ensure_ascii=False, indent=1).encode() + b"\n"


def _named(name: str) -> str:
    return f"'{name[:80]}'" if name else "The file"
