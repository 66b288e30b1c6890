"""The tables of the browser, and what its counting is held against."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quatrain.errors import BadWord
from quatrain.notepad import fixtures, table
from quatrain.text import lexicon, rhyme, syllables
from quatrain.text.lexicon import Found, Table, pack

MADE = ("rainin'", "turn'd", "gate's", "gates", "1999", "42", "1960s", "heart'll")


@pytest.fixture(scope="module")
def endings() -> Table:
    """The second table, of the words around a few."""
    levels = {word: lexicon.lexicon().common(word) for word in ("raining", "turned", "gate", "heart", "the", "zyzzyva")}
    shipped = lexicon.table()
    spoken = [lexicon.lexicon().pronounce(word) for word in table._made(levels) if word not in shipped]
    return Table(pack({one.word: (0, [(lexicon.ANY, r) for r in one.readings]) for one in spoken}))


def test_the_second_table_says_what_the_rules_say(endings: Table) -> None:
    for word in MADE:
        if word not in lexicon.table():
            said = lexicon.lexicon().pronounce(word)
            assert said.found is Found.RULE
            assert tuple(sounds for _, sounds in endings.entry(word)) == said.readings
    assert "zyzzyva's" not in endings  # nobody says that


def test_a_kept_table_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert table.kept(tmp_path) is None
    monkeypatch.setattr(table, "endings", lambda: b"the table")
    assert table.keep(tmp_path / "cache") == b"the table" == table.kept(tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [f"endings-{table.tag()}.bin"]


def test_it_is_not_made_twice_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []
    monkeypatch.setattr(table.subprocess, "Popen", lambda *args, **_: begun.append(args))
    table.keep_aside(tmp_path)
    table.keep_aside(tmp_path)
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("line", "strict", "shown"),
    [
        ("I left my coat beside the garden gate", [10], "10"),
        ("I [Am]left my [G/B]coat beside the garden gate", [10], "10"),
        ("fire", [1, 2], "1-2"),
        ("[Chorus]", [0], ""),
        ("", [0], ""),
        ("'Tis o'er, to-day!", [4, 5], "4-5"),
        ("rock 'n' roll", [3], "3"),
    ],
)
def test_lines_counted_by_hand(line: str, strict: list[int], shown: str) -> None:
    counted = table.counted(line)
    assert (counted["strict"], counted["shown"]) == (strict, shown)
    if "[" not in line:  # chords apart it is the counter of the text layer
        masks = syllables.of_line(line)
        assert counted["strict"] == list(syllables.counts(masks[0]))
        assert counted["sung"] == list(syllables.counts(masks[1])) and counted["usual"] == masks[2]


def test_fixtures_cover_what_a_line_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixtures, "PAIRS", 150)
    (tmp_path / "lexicon.bin").write_bytes(table.shipped())
    (tmp_path / "endings.bin").write_bytes(pack({"rainin'": (0, [(lexicon.ANY, b"\x01")])}))
    said = fixtures.write(tmp_path, count=120)
    lines = [json.loads(line) for line in (tmp_path / "counts.jsonl").read_text("utf-8").splitlines()]
    unknown = json.loads((tmp_path / "unknown.json").read_text("utf-8"))
    assert said.startswith("120 lines") and len(lines) == 120
    assert all(line == table.counted(line["line"]) for line in lines)
    assert any(len(line["strict"]) > 1 for line in lines) and any("[" in line["line"] for line in lines)
    assert "skrrt" in unknown and unknown["skrrt"]["found"] == "guess"
    words = {word for line in lines for word in line["words"]} - {"rainin'"}
    assert all(word in unknown or word in lexicon.table() for word in words)
    pairs = [json.loads(line) for line in (tmp_path / "rhymes.jsonl").read_text("utf-8").splitlines()]
    assert {rhyme.Kind.PERFECT, rhyme.Kind.SAME_WORD, rhyme.Kind.NONE, rhyme.Kind.FAMILY} <= {p["kind"] for p in pairs}
    told = [json.loads(line) for line in (tmp_path / "headings.jsonl").read_text("utf-8").splitlines()]
    heads = {one["line"]: one["heading"] for one in told}
    assert heads["[Verse 1]"] == "Verse 1" and heads["[Am]"] is None


def test_lines_of_a_file_are_taken_evenly(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("# source\n" + "\n".join(f"line {n}" for n in range(100)))
    taken = fixtures._taken(tmp_path / "lines.txt", 10)
    assert taken[0] == "line 0" and taken[1] == "line 10" and len(taken) == 10


def test_overrides_that_make_no_sense_are_said_one_by_one() -> None:
    found, problems = table.spoken(["fire", "sky"], {"fire": "2", "sky": "31", "gate": "B OO"})
    assert found["fire"]["syllables"] == [2] and "syllables" not in found["sky"]
    assert set(problems) == {"sky", "gate"} and "20" in problems["sky"]
    with pytest.raises(BadWord):
        lexicon.Lexicon({"gate": "B OO"})
