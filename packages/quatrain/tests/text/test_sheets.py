"""Lyric sheets and ChordPro: what is sung stays, the rest goes."""

import pytest

from quatrain.text import sheets

SHEET = """{title: Gate}
{artist: Me}
[Verse 1]
Am   G   F
I [Am]left my [G]coat beside the gate (x2)
A man is here

Chorus:
[C]Ooh ooh [F#m7/E]baby
{start_of_chorus}
Bridge over troubled water
Break my heart
{end_of_chorus}
{sot}
Some tablature text
{eot}
e|--0--2--|--
[x2]
# comment
Verse 2: sing it low
G  D/F#  Em7  Cadd9
A
"""


def test_a_sheet_becomes_its_sung_lines():
    assert list(sheets.lines(SHEET.splitlines())) == [
        "I left my coat beside the gate",
        "A man is here",
        "",
        "Ooh ooh baby",
        "",
        "Bridge over troubled water",
        "Break my heart",
        "",
        "sing it low",
        "A",
    ]


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("[Chorus]", "Chorus"),
        ("[Verse 2: Ann]", "Verse 2: Ann"),
        ("CHORUS", "CHORUS"),
        ("Pre-Chorus x2", "Pre-Chorus x2"),
        ("(Bridge)", "Bridge"),
        ("{soc}", "Chorus"),
        ("{start_of_verse: Two}", "Two"),
        ("Bridge over troubled water", None),
        ("[Am]", None),
        ("Hook me up tonight", None),
        ("A verse for you", None),
    ],
)
def test_headings(line, section):
    assert sheets.heading(line) == section


def test_a_line_made_to_be_slow_is_not():
    for line in ("A-" * 3000 + "x", "[" * 3000, "(" * 3000, "|-" * 3000 + "!", " " * 5000 + "x"):
        assert isinstance(sheets.sung(line), str) and sheets.heading(line) is None


@pytest.mark.parametrize(
    "line", ["A new day", "Am I alone", "Go down", "Be mine", "E is for ever", "Dad", "C'est la vie"]
)
def test_lines_that_look_a_little_like_chords_are_sung(line):
    assert sheets.sung(line) == line
