"""What is known about each line of a song, and how it is drawn."""

import io
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from quatrain import checking, drawing, song
from quatrain.errors import BadSetting, UnknownName
from quatrain.text import syllables
from quatrain.text.lexicon import Lexicon
from quatrain.text.lists import listed

SONG = """[Verse]
I left my coat beside the garden gate
The moon is hanging low above the town
My father counted pennies, it was late
And laid the little silver towers down

[Chorus]
Hold me like the fire
You told me
Nothing blorfing
was time
is mine
"""


def checked(text=SONG, *asked, **how):
    return checking.check(song.cut(text), asked, **how)


def drawn(text=SONG, *asked, width=80, marks=False, **how):
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True, **how)
    drawing.draw_song(checked(text, *asked), console, marks)
    return out.getvalue()


def test_lines_by_hand():
    verse, chorus = checked().sections
    assert (verse.title, verse.number, verse.scheme, verse.metre) == ("Verse", 1, "ABAB", "iambic")
    assert [line.counts for line in verse.lines] == ["10", "10", "10", "10"]
    assert [line.usual for line in verse.lines] == [10] * 4
    assert verse.lines[0].stress == "-+-+0/-/0+".replace("/", "1")
    assert [line.number for line in chorus.lines] == [8, 9, 10, 11, 12]
    assert chorus.lines[0].counts == "6-7" or syllables.fits(chorus.lines[0].strict, 6)
    assert [line.place.letter for line in chorus.lines] == ["A", "B", "C", "D", "D"]
    assert chorus.metre == ""


def test_counts_are_those_of_the_syllable_counter():
    for line in checked().sections[0].lines + checked().sections[1].lines:
        assert (line.strict, line.sung, line.usual) == syllables.of_line(line.text)


def test_words_that_no_dictionary_knows_are_named_and_can_be_said():
    assert checked().guessed == {"blorfing": 10}
    said = checked(known=Lexicon({"blorfing": "3"}))
    assert said.guessed == {} and said.sections[1].lines[2].counts == "5"


def test_a_scheme_for_all_sections_and_one_for_a_single_one():
    found = checked(SONG, "Chorus=XXXAA", "ABAB")
    assert [section.asked for section in found.sections] == ["ABAB", "XXXAA"]
    assert found.faults == 1  # time and mine rhyme only nearly
    line = found.sections[1].lines[4]
    assert checking.sentence(line.fault, found.sections[1].lines) == (
        "should rhyme with line 11 (time / mine), and has only a family rhyme"
    )
    assert checked(SONG, "Chorus=XXXAA", kinds=(*checking.schemes.SOLID, *checking.schemes.NEAR)).faults == 0


def test_letters_that_are_asked_go_on_from_block_to_block():
    text = "gate\ntown\nlate\ndown\nfloor\ntree\nmore\nbee\n"
    assert [line.asked for line in checked(text, "ABAB").sections[0].lines] == list("ABABCDCD")
    assert [line.asked for line in checked(text, "XAXA").sections[0].lines] == list("XAXAXBXB")


def test_rhymes_against_the_scheme_are_told():
    [section] = checked("the gate\nso late\nthe town\nhis gate\n", "ABAB").sections
    assert [checking.sentence(line.fault, section.lines) for line in section.lines if line.fault] == [
        "rhymes with line 1 (gate / late): perfect; B should not rhyme with A",
        "should rhyme with line 1 (gate / town), and does not",
        "rhymes with line 1 (gate / gate): perfect; B should not rhyme with A",
    ] or section.faults == 3
    [section] = checked("rise above me\nyou love me\n", "AB").sections
    assert "(above me / love me): feminine" in checking.sentence(section.lines[1].fault, section.lines)


@pytest.mark.parametrize(
    ("asked", "error", "sentence"),
    [
        ("Bridg=AABB", UnknownName, "Unknown section 'Bridg'"),
        ("Chrous=AABB", UnknownName, "Did you mean 'Chorus'"),
        ("=AABB", BadSetting, "names no section"),
        ("Chorus=", BadSetting, "no rhyme scheme"),
        ("A1", BadSetting, "no rhyme scheme"),
    ],
)
def test_schemes_that_cannot_be_meant(asked, error, sentence):
    with pytest.raises(error, match=sentence):
        checked(SONG, asked)


def test_a_section_of_a_song_without_headings():
    with pytest.raises(UnknownName, match=r"no headings.*\[Chorus\]"):
        checked("the gate\nso late\n", "Chorus=AA")


def test_other_scripts_get_no_count_and_no_letter():
    [section] = checked("Я помню чудное мгновенье\nthe gate\nso late\n").sections
    assert [line.counts for line in section.lines] == ["", "2", "2"] and section.scheme == "AA"
    assert drawn("Я помню\nthe gate\n").splitlines()[0].split() == ["1", "?", "Я", "помню"]


def test_one_word_lines_and_lines_without_words():
    [section] = checked("fire\n***\nhigher\n...\n").sections
    assert [line.counts for line in section.lines] == ["1-2", "", "2", ""] and section.scheme == "AA"


def test_json_says_what_the_drawing_says():
    found = checking.plain(checked(SONG, "ABAB"))
    line = found["sections"][0]["lines"][2]
    assert line["rhyme"] == {"kind": "perfect", "with": 2} and line["letter"] == "A" and line["syllables"] == [10]
    assert found["sections"][0]["lines"][0]["rhyme"] == {"kind": "perfect", "with": 4}
    assert found["contradictions"] == sum(
        line["contradiction"] is not None for section in found["sections"] for line in section["lines"]
    )
    assert found["guessed"] == {"blorfing": 10}


# -------------------------------------------------------------------------------------------------------------- drawing


def test_the_margin():
    rows = drawn().splitlines()
    assert rows[0] == "Verse   ABAB   iambic"
    assert rows[1] == " 2   10  A   I left my coat beside the garden gate"
    assert "No dictionary knows blorfing (line 10)." in " ".join(rows)
    assert any(re.fullmatch(r"11 +2  D~  was time", row) for row in rows)
    assert any(re.fullmatch(r"10 +\d\?  C   Nothing blorfing", row) for row in rows)


def test_marks_do_not_depend_on_colour():
    plain = drawn("the gate\nthe town\nmy gate\nthe time\nso late\n\ntime\nmine\n", "ABABX")
    assert "\x1b" not in plain
    coloured = drawn("the gate\nthe town\nmy gate\n", force_terminal=True, color_system="truecolor")
    assert re.sub("\x1b[^m]*m", "", coloured) == drawn("the gate\nthe town\nmy gate\n")
    assert "\x1b[3" in coloured and "38;2" in coloured


def test_perfect_near_repeated_and_free_differ_without_colour():
    text = "the gate\nso late\n\nthe time\nis mine\n\nthe door\nmy door\n\nthe film\nthe town\n"
    letters = [row.split()[2] for row in drawn(text).splitlines() if row[:2].strip().isdigit()]
    assert letters == ["A", "A", "A~", "A~", "A=", "A=", "A", "B"]
    styled = drawn(text, force_terminal=True, color_system="truecolor", no_color=True)
    codes = [re.findall("\x1b\\[([0-9;]*)m" + word, styled) for word in ("late", "mine", "town")]
    assert codes[0] == ["1"] and codes[1] == ["4"] and codes[2] == []


def test_contradictions_are_pointed_at():
    rows = drawn("the gate\nthe town\nthe tree\n", "AAX").splitlines()
    assert rows[0] == "ABC   1 line against AAX"
    assert [row.split()[2] for row in rows[1:3]] == ["A", "A!"]
    assert rows[3].strip() == "^ should rhyme with line 1 (gate / town), and does not"


def test_stress_stands_above_its_syllables():
    rows = drawn("beside the garden gate\nabove the little town\n", marks=True).splitlines()
    column = rows[2].index("beside")
    assert rows[1][column:] == " x /     -  /  x   +"[1:] or rows[1][column:].split() == list("x/-/x+")
    for sign, letter in zip("//+", "iaa", strict=True):
        assert sign in rows[1] and letter in rows[2]
    assert rows[1].index("/") == rows[2].index("side") + 1, "above the i of beside"


@pytest.mark.parametrize("width", [24, 40, 60, 100])
def test_nothing_is_wider_than_the_terminal_and_no_word_is_lost(width):
    text = SONG + "\n[Bridge]\n" + "supercalifragilisticexpialidocious " * 3 + "\n日本語 の うた を うたう\n"
    out = drawn(text, "ABAB", width=width, marks=True)
    assert all(cell_len(row) <= width for row in out.splitlines())
    flat = re.sub(r"\s+", "", drawn(text, width=width))
    for word in listed("hanging towers pennies blorfing supercalifragilisticexpialidocious うたう"):
        assert word in flat


@given(st.text(alphabet="ab cdé日—'’ \t", max_size=80), st.integers(4, 30))
def test_rows_are_the_text_in_order(text, width):
    rows = drawing._rows(text, width)
    assert "".join(text[a:b] for a, b in rows).split() == text.split() or "".join(
        "".join(text[a:b] for a, b in rows).split()
    ) == "".join(text.split())
    assert all(cell_len(text[a:b]) <= width for a, b in rows)
    assert all(before[1] <= after[0] for before, after in pairwise(rows))


@pytest.mark.parametrize("words", ["1999 7 11", "o'er the' 'tis", "aaaa'b", "x y z", "naïve café", "don’t"])
def test_every_syllable_gets_its_sign(words):
    [section] = checked(f"{words}\nla la\n").sections
    line = section.lines[0]
    assert len(re.sub(" ", "", drawing._signs(line))) == len(line.stress) == sum(len(w.stress) for w in line.words)


def test_a_line_that_is_no_line_is_cut_short():
    rows = drawn("la " * 5000 + "\nthe gate\n").splitlines()
    assert len(rows) < 12 and "(14,999 letters)" in "".join(rows)
    assert ">63" in drawn("la " * 300 + "\nthe gate\n")
