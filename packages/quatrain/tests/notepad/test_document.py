import pytest

from quatrain.errors import BadText
from quatrain.notepad import schema as s
from quatrain.notepad.document import SCHEMA, Document, Line, heading, said, sections, sung

from .conftest import VERSE


def test_a_song_survives_json_and_packing() -> None:
    assert Document.read(VERSE.plain()) == VERSE
    assert Document.unpacked(VERSE.packed()) == VERSE
    s.check(VERSE.plain(), SCHEMA)


def test_defaults_are_left_out() -> None:
    assert Document("T", (Line("a"),)).plain() == {"title": "T", "lines": [{"text": "a"}]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[Verse 1]", "Verse 1"), ("  [Chorus] ", "Chorus"), ("[A day]", "A day"), ("[Am]", None), ("[F#m7/C#]", None),
        ("[N.C.]", None), ("[]", None), ("[ ]", None), ("[Verse] I left", None), ("Chorus:", None), ("[[x]]", None),
    ],
)  # fmt: skip
def test_headings_are_told_from_chords(text: str, name: str | None) -> None:
    assert heading(text) == name


def test_chords_are_not_sung() -> None:
    assert sung("Oh [Am]carry me [G/B]home [*softly]") == "Oh carry me home"
    assert said("I [Am]don't [x2] go") == ["i", "don't", "x", "2", "go"]  # [x2] is no chord, so it is read
    assert sung("[Chorus]") == ""


def test_sections_begin_with_their_headings() -> None:
    heads = [(head.text if head else None, len(lines)) for head, lines in sections(VERSE.lines)]
    assert heads == [(None, 0), ("[Verse 1]", 3), ("[Chorus]", 1)]


def test_what_no_file_can_hold_is_cleaned() -> None:
    found = Document.read({"title": "a\r\nb", "lines": [{"text": "x\x00\x0by\ud800z\tq \U0001f600"}]})
    assert found.title == "a b"
    assert found.lines == (Line("xy\ufffdz\tq \U0001f600"),)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": 3}, "title is 3. Expected a text."),
        ({"lines": [{"text": "a\nb"}]}, r"lines\[0\].text is"),
        ({"lines": [{"text": "a", "by": "me"}]}, "Expected one of: mine, suggested, edited."),
        ({"lines": [{}]}, r"lines\[0\].text is missing"),
        ({"colour": 1}, "colour is not known"),
        ({"scheme": "abab"}, "scheme is 'abab'"),
        ({"title": "x" * 301}, "title has 301 characters. At most 300 are kept."),
        ({"lines": [{"text": ""}] * 20_001}, "lines has 20,001 entries"),
        ({"lines": True}, "Expected a list"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], says: str) -> None:
    with pytest.raises(BadText, match=says):
        s.check({"title": "", "lines": []} | change, SCHEMA)
