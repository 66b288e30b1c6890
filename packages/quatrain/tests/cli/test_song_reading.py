"""A song from bytes: encodings, headings, chords, what is no text, and the draft that the engine gets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain import song
from quatrain.errors import BadSetting, BadText, StorageError
from quatrain.page import Page
from quatrain.text.lists import listed

SHEET = """Coat by the Gate

[Verse 1]
Am          G
I [Am]left my [G]coat
{comment: slowly}
beside the gate (x2)

in the rain
# a remark
[Chorus]
Oh, oh
[x2]
Outro: and so to bed
{start_of_tab}
e|--0--2--|--
some tablature
{end_of_tab}
## Bridge
the end
"""


def shape(found):
    return [(section.title, [(line.number, line.text) for line in section.lines]) for section in found.sections]


def test_a_sheet_is_cut_into_sections_and_lines_keep_their_numbers():
    found = song.cut(SHEET)
    assert found.title == "Coat by the Gate"
    assert shape(found) == [
        ("Verse 1", [(5, "I left my coat"), (7, "beside the gate"), (9, "in the rain")]),
        ("Chorus", [(12, "Oh, oh")]),
        ("Outro", [(14, "and so to bed")]),
        ("Bridge", [(20, "the end")]),
    ]
    assert [section.number for section in found.sections] == [3, 11, 14, 19]


def test_without_headings_an_empty_line_parts_two_stanzas():
    found = song.cut("one\ntwo\n\n\nthree\n")
    assert shape(found) == [("", [(1, "one"), (2, "two")]), ("", [(5, "three")])]
    assert found.title == "", "a first line alone is a title only before a heading"


def test_a_heading_without_lines_calls_an_earlier_section():
    found = song.cut("[Chorus]\nla\n\n[Verse]\nlo\n\n[Chorus]\n")
    assert shape(found) == [("Chorus", [(2, "la")]), ("Verse", [(5, "lo")]), ("Chorus", [])]


def test_chordpro_environments_end_where_they_say():
    found = song.cut("{title: Gate}\n{soc}\nla la\n{eoc}\nlo lo\n")
    assert found.title == "Gate" and shape(found) == [("Chorus", [(3, "la la")]), ("", [(5, "lo lo")])]


PLAIN = "I left my café\nand so am I\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_usual_encodings_are_read(encoding, tmp_path):
    (tmp_path / "x.txt").write_bytes(PLAIN.encode(encoding))
    found = song.read(str(tmp_path / "x.txt"))
    assert [line.text for line in found.lines] == PLAIN.splitlines() and found.notes == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_count_alike(ending, tmp_path):
    (tmp_path / "x.txt").write_bytes(ending.join(["one", "", "two", ""]).encode())
    assert [(line.number, line.text) for line in song.read(str(tmp_path / "x.txt")).lines] == [(1, "one"), (3, "two")]


def test_a_form_feed_or_a_next_line_sign_is_no_line_of_its_own():
    assert [line.number for line in song.cut("one\x0ctwo\u2028three\nfour").lines] == [1, 2]


def test_zero_bytes_are_left_out_and_said(tmp_path):
    (tmp_path / "crash.txt").write_bytes(b"The moon is\0 low\nand so am I\n" + bytes(4096))
    found = song.read(str(tmp_path / "crash.txt"))
    assert [line.text for line in found.lines] == ["The moon is low", "and so am I"]
    assert "4097 signs" in found.notes[0]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (bytes(range(256)) * 20, "no text"),
        (b"\x7fELF\x02\x01" + bytes(40) + b"\x03\0>\0\x01\0\0\0" * 40, "no text"),
        (b"[Verse]\n\nAm G\n", "no line that is sung"),
        (b"x" * (song.LARGEST + 1), "MB"),
    ],
)
def test_what_is_no_song_is_refused_with_a_sentence(data, sentence, tmp_path):
    (tmp_path / "x.txt").write_bytes(data)
    with pytest.raises(BadText, match=sentence):
        song.read(str(tmp_path / "x.txt"))


def test_missing_files_and_folders(tmp_path):
    (tmp_path / "song.txt").write_text("la")
    with pytest.raises(StorageError, match=r"Did you mean '.*song\.txt'"):
        song.read(str(tmp_path / "sogn.txt"))
    with pytest.raises(StorageError, match="is a folder"):
        song.read(str(tmp_path))
    with pytest.raises(StorageError):
        song.read("no\0name")


def test_nothing_in_a_song_steers_the_terminal():
    text = "clear \x1b[31mred\x1b]0;title\x07 \u202egate\ufeff\u200b\nla\x9bte\n"
    found = song.cut(text)
    assert found.lines[0].text == "clear [31mred]0;title gate" and found.lines[1].text == "late"
    assert song.clean("caf\udce9") == "caf�"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Wer reitet so spät durch Nacht und Wind?\nEs ist der Vater mit seinem Kind;\n", False),
        ("Volverán las oscuras golondrinas\nen tu balcón sus nidos a colgar,\ny otra vez con el ala a sus\n", False),
        ("Demain, dès l'aube, à l'heure où blanchit la campagne,\nJe partirai. Vois-tu, je sais que\n", False),
        (
            "Я помню чудное мгновенье:\nПередо мной явилась ты,\nКак мимолетное виденье,\nКак гений чистой красоты\n",
            False,
        ),
        ("I wandered lonely as a cloud\nThat floats on high o'er vales and hills,\nWhen all at once I saw\n", True),
        ("Gonna dance, skrrt skrrt, baby\nain't nobody gonna stop me\nooh la la la, hey hey hey\n", True),
        ("Wee, sleekit, cow'rin, tim'rous beastie,\nO, what a panic's in thy breastie!\nThou need na start\n", True),
    ],
)
def test_another_language_is_noticed(text, english):
    # Goethe, Bécquer, Hugo, Pushkin, Wordsworth and Burns are in the public domain
    assert (not any("English" in note for note in song.cut(text).notes)) == english


def test_very_long_lines_and_prose_are_noticed():
    notes = song.cut("la " * 1000 + "\nthe town\n").notes
    assert any("longer than 1,000" in note for note in notes) and song.cut("the town\n").notes == ()
    prose = "It was a bright day and the clocks were striking and he went down the street and saw it for a while.\n"
    assert any("as prose has" in note for note in song.cut(prose * 3).notes)


WORDS = st.lists(st.sampled_from(listed("moon town gate rain I left my coat")), min_size=1, max_size=6).map(" ".join)
GAPS = st.lists(st.one_of(WORDS, st.just(""), st.just("  ")), min_size=1, max_size=30)


@given(GAPS.filter(lambda lines: any(line.strip() for line in lines)))
def test_no_line_is_lost_and_none_is_invented(lines):
    found = song.cut("\n".join(lines))
    assert [(line.number, line.text) for line in found.lines] == [
        (number, line) for number, line in enumerate(lines, 1) if line.strip()
    ]
    text = "\n".join(lines)
    assert song.cut(text) == song.cut(unicodedata.normalize("NFC", text))


# --------------------------------------------------------------------------------------- the draft that the engine gets


def numbers(lines):
    return [line.number for line in lines]


@pytest.mark.parametrize(
    ("at", "section"),
    [(None, [20]), (7, [5, 7]), (8, [5, 7]), (9, [5, 7, 9]), (12, [12]), (11, []), (3, []), (14, [14])],
)
def test_the_draft_counts_as_the_file_and_keeps_its_sections(at, section):
    page = Page.of(song.cut(SHEET).draft(at))
    assert numbers(page.section) == section
    assert numbers(page.lines) == [n for n in (5, 7, 9, 12, 14, 20) if at is None or n <= at]


def test_an_empty_line_after_a_stanza_begins_a_new_one():
    text = song.cut("one\ntwo\n\nthree\n\n\n")
    assert numbers(Page.of(text.draft(2)).section) == [1, 2]
    assert numbers(Page.of(text.draft(3)).section) == []
    assert numbers(Page.of(text.draft()).section) == [4], "empty lines at the end of a file begin nothing"


def test_a_line_that_is_not_there():
    with pytest.raises(BadSetting, match="has no line 9: its last one is 3"):
        song.cut("one\n\nthree\n").draft(9)


@given(GAPS.filter(lambda lines: any(line.strip() for line in lines)))
def test_engine_and_song_see_the_same_sections(lines):
    found = song.cut("\n".join(lines))
    for section in found.sections:
        assert numbers(Page.of(found.draft(section.lines[-1].number)).section) == numbers(section.lines)
