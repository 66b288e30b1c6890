"""A song as its writer keeps it, a file or what comes through a pipe, cut into sections and lines.

[Verse 2], Chorus:, {start_of_chorus}     a heading: a section begins
an empty line                             ends a section without a heading; under a heading it is only a gap
Am  G/B  F, tablature, {comment}, # ...   not sung: left out, and no line of the song

A line keeps its number in the file, so that what is said about it can be found in an editor. Nothing is ever written
to the file.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import BadSetting, BadText, StorageError
from .text import sheets
from .text.words import is_word, tokens

LARGEST = 16 * 2**20
"""Bytes of a song; more is a collection, which is for `quatrain corpus`."""
LONGEST = 1000
"""Letters of a line that can be sung; a longer one is shown, and not counted."""
_PASSED = "{}"
_ENGLISH, _KNOWN, _ENOUGH, _LONG = 0.12, 0.75, 12, 18
_BREAK = re.compile(r"\r\n|\n|\r")
_DIRECTIVE = re.compile(r"\s*\{\s*([A-Za-z_-]+)\s*\d*\s*(?::\s*([^}]*?))?\s*\}\s*")
_HIDDEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe]")
"""Characters that nobody sees: those that steer a terminal, turn the direction of writing, or have no width."""


@dataclass(frozen=True)
class Line:
    """A line that is sung.

    Attributes:
        number: in the file, from 1.
        text: without chords and repeat signs.
    """

    number: int
    text: str

    @property
    def sounded(self) -> bool:
        """Whether every word is written with letters or figures that English has a sound for."""
        return all(sounded(token) for token in self.tokens)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Its words as written, without marks; none if the line is too long to be one."""
        return tuple(t for t in tokens(self.text) if is_word(t)) if len(self.text) <= LONGEST else ()


@dataclass(frozen=True)
class Section:
    """A verse, a chorus, a stanza.

    Attributes:
        title: what its heading says; empty if it has none.
        number: the line of the file where it begins.
        lines: what is sung in it; none if the heading only calls an earlier section.
    """

    title: str
    number: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Song:
    """A song, or a draft of one.

    Attributes:
        name: of its file.
        title: what it calls itself; empty if it does not.
        sections: in order.
        notes: sentences about what was found odd in it.
    """

    name: str
    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line that is sung."""
        return tuple(line for section in self.sections for line in section.lines)

    def draft(self, at: int | None = None) -> list[str]:
        """What stands before a next line, as the engine takes it: an entry for each line of the file.

        A section begins where an entry is empty; what is not sung is `{}`, which the engine passes over.

        Args:
            at: the line of the file to go on from; a heading begins its section. None is the end of the last section.

        Raises:
            BadSetting: the file has no such line.
        """
        last = self.sections[-1]
        end = last.lines[-1].number if last.lines else last.number
        if at is not None and not 1 <= at <= end:
            raise BadSetting(f"'{self.name}' has no line {at}: its last one is {end}. `quatrain check` numbers them.")
        entries = [_PASSED] * end
        for section in self.sections:
            first = section.lines[0].number if section.lines else 0
            start = section.number if section.title and section.number != first else first - 1
            if start > 0 and entries[start - 1] == _PASSED:
                entries[start - 1] = ""
            for line in section.lines:
                entries[line.number - 1] = line.text if line.tokens else _PASSED
        if at is None:
            return entries
        within = [section for section in self.sections if section.number <= at][-1:]
        parted = any(not section.title and section.lines[-1].number < at for section in within)
        return [*entries[: at - 1], ""] if parted else entries[:at]


def read(source: str) -> Song:
    """A song from a file, or from the standard input if the name is `-`.

    Raises:
        BadText: binary, empty, or without a line that is sung.
        StorageError: no such file, or it cannot be read.
    """
    data = sys.stdin.buffer.read(LARGEST + 1) if source == "-" else _bytes(Path(source))
    name = "the standard input" if source == "-" else Path(source).name
    if len(data) > LARGEST:
        raise BadText(
            f"'{name}' has more than {LARGEST >> 20} MB, which no song has. For a collection there is: quatrain corpus"
        )
    text, notes = decoded(data, name)
    return cut(text, name, notes)


def cut(text: str, name: str = "the song", notes: Iterable[str] = ()) -> Song:
    """A text as a song.

    Args:
        text: as read.
        name: for sentences about it.
        notes: what was found odd before.

    Raises:
        BadText: no line in it is sung.
    """
    title, sections = _sections([clean(line) for line in _BREAK.split(text)])
    song = Song(name, title, tuple(sections))
    if not song.lines:
        raise BadText(f"'{name}' has no line that is sung, only headings, chords or remarks. Give a text with words.")
    return Song(name, title, song.sections, (*notes, *_odd(song)))


def sounded(word: str) -> bool:
    """Whether a word has a letter or a figure that English has a sound for; one in another script has none."""
    return word.isascii() or any(char.isascii() and char.isalnum() for char in unicodedata.normalize("NFKD", word))


def clean(line: str) -> str:
    """A line without what nobody sees; one that was cut out of other bytes is made whole."""
    if not line.isascii():
        line = line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _HIDDEN.sub("", line).expandtabs(4).rstrip()


def decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text in some bytes (UTF-8, UTF-16, or Windows' western code page), and notes about what was mended.

    Raises:
        BadText: binary or empty.
    """
    from .text.corpus import text_of

    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not data.count(0):
        return text_of(data, name), ()
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # English in UTF-16: every second byte is zero
        if data[first::2].count(0) > 0.8 * len(data[first::2]) and not data[1 - first :: 2].count(0):
            return text_of(data[: len(data) // 2 * 2].decode(encoding, "replace").encode(), name), ()
    within = data.rstrip(b"\0").count(0)  # zeros at the end are what a crash leaves
    if within > max(8, len(data) // 50):
        return text_of(data, name), ()  # which says that it is binary
    gone = data.count(0)
    signs = "one sign that no text has" if gone == 1 else f"{gone} signs that no text has"
    return text_of(data.replace(b"\0", b""), name), (f"Left out of '{name}': {signs} (zero bytes).",)


# --------------------------------------------------------------------------------------------------------------- pieces


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise StorageError(f"'{path}' is a folder, expected a song. Give one file of it.")
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise StorageError(f"There is no file '{path}'.{_near(path)} Check the name.") from error
    except StorageError:
        raise
    except (OSError, ValueError) as error:
        raise StorageError(f"'{path}' cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _near(path: Path) -> str:
    """A file beside a missing one whose name is nearly the same."""
    import difflib

    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except (OSError, ValueError):
        return ""
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f" Did you mean '{path.with_name(near[0])}'?" if near else ""


def _sections(lines: list[str]) -> tuple[str, list[Section]]:
    """The title, and every section; a lone first line before a heading is a title."""
    title, heading, start, held = "", "", 1, False
    found: list[Section] = []
    lyrics: list[Line] = []

    def close(number: int, following: str = "") -> None:
        nonlocal heading, start, lyrics
        if lyrics or heading:
            found.append(Section(heading, start, tuple(lyrics)))
        heading, start, lyrics = following, number, []

    for number, line in enumerate(lines, 1):
        directive = _DIRECTIVE.fullmatch(line)
        name = directive[1].lower() if directive else ""
        if name in ("title", "t"):
            title = title or clean(directive[2] or "") if directive else title
        held = name in _HOLDING or (held and name not in _FREEING)
        if name in _HOLDING or name in _FREEING or held:
            continue
        said, sung = _parted(line)
        if said or name.startswith("end_of_") or name in ("eov", "eoc", "eob", "eoi"):
            close(number, said)
        elif not line.strip() and not heading:
            close(number + 1)
        if sung:
            start = start if lyrics or heading else number
            lyrics.append(Line(number, sung))
    close(len(lines))
    if not title and len(found) > 1 and not found[0].title and len(found[0].lines) == 1 and found[1].title:
        return found[0].lines[0].text, found[1:]
    return title, found


_HOLDING = frozenset({"start_of_tab", "sot", "start_of_grid", "sog", "start_of_abc", "start_of_ly"})
_FREEING = frozenset({"end_of_tab", "eot", "end_of_grid", "eog", "end_of_abc", "end_of_ly"})


def _parted(line: str) -> tuple[str, str]:
    """The heading in a line and what is sung in it; mostly one of them is empty."""
    if len(line) > LONGEST:
        return "", " ".join(line.split())
    if line.lstrip().startswith("#"):  # a remark, or a heading as in Markdown
        return sheets.heading(line.strip("# \t")) or "", ""
    sung, said = sheets.sung(line), sheets.heading(line)
    directive = bool(_DIRECTIVE.fullmatch(line))
    if said is not None:  # [x2] looks like a heading, and is a repeat sign
        return (said, "") if sung or directive else ("", "")
    before, mark, after = line.partition(":")
    said = sheets.heading(before) if mark and after.strip() and not directive else None
    return said or "", sung


def _odd(song: Song) -> Iterator[str]:
    """Sentences about what a songwriter may not have meant."""
    from .text.lexicon import lexicon
    from .text.selection import FUNCTION_WORDS

    long = [line.number for line in song.lines if len(line.text) > LONGEST]
    if long:
        which = f"Line {long[0]} is" if len(long) == 1 else f"{len(long)} lines (the first is line {long[0]}) are"
        yield f"{which} longer than {LONGEST:,} letters: shown, and not counted. Cut it into lines as they are sung."
    said = [line.tokens for line in song.lines[:2000] if line.tokens]
    words = [token.lower() for tokens in said for token in tokens]
    if len(words) > _LONG * len(said):
        yield f"A line has {len(words) // len(said)} words on average, as prose has. Cut it into lines that are sung."
    if len(words) < _ENOUGH:
        return
    english = sum(word in FUNCTION_WORDS for word in words) / len(words)
    known = sum(word in lexicon() for word in words) / len(words)
    if english < _ENGLISH and known < _KNOWN:
        yield (
            f"This does not look like English: {1 - known:.0%} of the words stand in no English dictionary. "
            "Counts and rhymes are those of an English reader, so take them with care."
        )
