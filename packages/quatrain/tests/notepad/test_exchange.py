"""Songs out and in again: equal; other people's files: read the way they are meant."""

from __future__ import annotations

import io
import json

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quatrain.errors import BadText, UnknownName
from quatrain.notepad import exchange, printing
from quatrain.notepad.cards import Card, VersionCard
from quatrain.notepad.document import BY, Document, Line

from .conftest import VERSE

_SIGNS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t")
_TEXT = st.one_of(
    st.text(_SIGNS, max_size=20),
    st.sampled_from(["[Verse 1]", "[Chorus]", "[Solo of bees]", " [Verse]", "{title: x}", "# note", "\\", "\\{x}",
                     "Title: x", "[Am]", "Chorus:", "", " ", "{end_of_verse}", "[a{b}]", "\u2028", "\x85", "\ufeff"]),
)  # fmt: skip
_LINES = st.lists(st.builds(Line, _TEXT), max_size=6).map(tuple)
_SCHEMES = st.text("ABCX", max_size=4)
_RICH = st.builds(
    Document,
    st.text(_SIGNS, max_size=20),
    st.lists(st.builds(Line, _TEXT, st.sampled_from(BY), _SCHEMES), max_size=6).map(tuple),
    _SCHEMES,
    st.dictionaries(st.text(_SIGNS, min_size=1, max_size=8), st.text(_SIGNS, max_size=8), max_size=3),
    st.lists(st.builds(Line, _TEXT, st.sampled_from(BY)), max_size=3).map(tuple),
)


def back(song: Document, form: str) -> Document:
    """A song written to a file and read again."""
    data, _, name = exchange.written(song, form)
    (arrival,), _ = exchange.read(data, name)
    return arrival.document


def shown(song: Document) -> Document:
    """What plain text can hold; a sheet with one empty line is an empty sheet."""
    return Document(song.title, tuple(Line(line.text) for line in song.lines) if song.text else ())


@settings(max_examples=150)
@given(st.builds(Document, st.text(_SIGNS, max_size=20), _LINES))
def test_text_comes_back(song: Document) -> None:
    found = back(song, "txt")
    assert (found.title, found.text) == (song.title, song.text)


@settings(max_examples=150)
@given(_RICH)
def test_chordpro_comes_back_with_everything(song: Document) -> None:
    found = back(song, "chordpro")
    assert found == song or (not song.text and found.text == song.text)


@settings(max_examples=100)
@given(_RICH)
def test_json_comes_back_with_everything(song: Document) -> None:
    assert back(song, "json") == song


def test_a_sheet_that_was_made_by_hand_comes_back() -> None:
    assert back(VERSE, "chordpro") == back(VERSE, "json") == VERSE
    assert back(VERSE, "txt") == shown(VERSE)


def test_chordpro_is_what_other_programs_read() -> None:
    text = exchange.written(VERSE, "chordpro")[0].decode()
    assert text.splitlines()[0] == "{title: The Gate}"
    assert text.splitlines()[2:7] == [
        "{start_of_verse: Verse 1}", "I left my coat beside the garden gate", "The moon is hanging low above the town",
        "", "{end_of_verse}",
    ]  # fmt: skip


def test_other_peoples_chordpro() -> None:
    text = """{t: River}\n{key: G}\n# by somebody\n{soc}\nRoll [G]on\n{eoc}
{start_of_verse: label="Verse 2"}\nOld river\n{eov}\n{sot}\ne|--3--|\n{eot}\n{chorus}\n{comment: Bridge}\nSlow\n"""
    (arrival,), notes = exchange.read(text.encode(), "river.cho")
    assert arrival.document.title == "River"
    assert arrival.document.text.split("\n") == [
        "[Chorus]", "Roll [G]on", "[Verse 2]", "Old river", "[Chorus]", "Roll [G]on", "[Bridge]", "Slow",
    ]  # fmt: skip
    assert notes == ["3 lines of notes, tablature or settings were left out."]


def test_other_peoples_text() -> None:
    text = "Verse 1:\nG        Am\nRoll on, roll on\n\nChorus\nA day (x2)\nGo\n"
    (arrival,), notes = exchange.read(text.encode(), "My River.txt")
    assert arrival.document.title == "My River"
    assert arrival.document.text.split("\n") == [
        "[Verse 1]", "[G]Roll on, [Am]roll on", "", "[Chorus]", "A day (x2)", "Go",
    ]  # fmt: skip
    assert len(notes) == 1 and "Chords" in notes[0]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffé".encode(), "é"), ("é\r\nb\rc".encode(), "é\nb\nc"), ("é".encode("utf-16"), "é"),
        ("é’".encode("cp1252"), "é’"), (b"", ""), (b"\n\n", "\n"), (b"a\x0cb", "ab"),
    ],
)  # fmt: skip
def test_encodings_and_line_ends(data: bytes, text: str) -> None:
    (arrival,), _ = exchange.read(data, "x.txt")
    assert arrival.document.text == text


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "x.png", "'x.png' is not a text"),
        (b"{", "x.json", "is not JSON"),
        (b"[" * 100_000, "x.json", "is not JSON"),
        (b"{}", "x.json", "not of this notepad"),
        (b'{"quatrain": 2, "songs": []}', "x.json", "quatrain is 2. Expected 1 to 1."),
        (b'{"quatrain": 1, "songs": [{"document": {}}]}', "x.json", r"songs\[0\].document.title is missing"),
        (b"x" * 20_001, "x.txt", "too large for a song"),
        (b"a\n" * 20_001, "x.txt", "20,001 entries"),
        (b'{title: x}\n{x_quatrain: {"by": 3}}\n', "x.cho", "x_quatrain"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, name: str, says: str) -> None:
    with pytest.raises(BadText, match=says):
        exchange.read(data, name)


def test_a_backup_has_every_version() -> None:
    card = Card("a" * 32, "T", 3, "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", None, 1, 1, "a")
    kept = VersionCard("b" * 32, card.id, "Old", "branch", card.created, 2, 1, 1)
    data = exchange.backup([(card, VERSE, [(kept, Document.of("T", "old"))])])
    (arrival,), _ = exchange.read(data, "songs.json")
    assert arrival.document == VERSE and arrival.times == {"created": card.created, "updated": card.updated}
    assert [(known["name"], known["kind"], text.text) for known, text in arrival.versions] == [("Old", "before", "old")]
    assert json.loads(data)["quatrain"] == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [("a/b\\c:d", "a b c d"), ("", "song"), ("..", "song"), ("  x. ", "x"), ("x" * 200, "x" * 80), ("Žluť", "Žluť")],
)
def test_titles_become_names_of_files(title: str, name: str) -> None:
    assert exchange.file_name(title) == name


def test_unknown_formats_are_named() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'docx'"):
        exchange.written(VERSE, "doc")


LONG = Document.of(
    "Žluťoučký кůň — Ωδή",
    "\n".join(["[Verse 1]", *(f"line {n} of it, in order" for n in range(120)), "x" * 300, "two  spaces", "日本語"]),
)


def test_a_word_file_has_every_line_in_order() -> None:
    import docx

    file = docx.Document(io.BytesIO(printing.to_word(LONG)))
    assert [p.text for p in file.paragraphs] == [LONG.title, "Verse 1", *LONG.text.split("\n")[1:]]


def test_a_pdf_has_every_line_in_order() -> None:
    file = pypdfium2.PdfDocument(printing.to_pdf(LONG))
    rows: list[str] = []
    for page in file:
        text = page.get_textpage()
        rows += text.get_text_bounded().replace("\r\n", "\n").split("\n")
        text.close()
        page.close()
    assert len(file) == 4
    file.close()
    numbers = [int(row.split()[1]) for row in rows if row.startswith("line ")]
    assert numbers == list(range(120))
    assert rows[:2] == [LONG.title, "Verse 1"] and "".join(row for row in rows if set(row) == {"x"}) == "x" * 300
    assert "3 characters are not in this font and are drawn as boxes; the Word file has them." in rows


@settings(max_examples=15)
@given(_RICH)
def test_any_song_can_be_printed(song: Document) -> None:
    assert printing.to_pdf(song).startswith(b"%PDF") and printing.to_word(song).startswith(b"PK")


def test_the_same_song_gives_the_same_pdf() -> None:
    assert printing.to_pdf(VERSE) == printing.to_pdf(VERSE)
