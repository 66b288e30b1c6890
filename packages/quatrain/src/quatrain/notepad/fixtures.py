"""What the page's own counting is held against: lines, words and rhymes as this package sees them.

counts.jsonl     one line of verse an entry: tokens, words, syllables, stress
unknown.json     the words of those lines that are in neither table, as `POST /api/sound` answers them
rhymes.jsonl     pairs of words and how they rhyme
headings.jsonl   lines that are headings, and lines that look like them
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..text import lexicon as lexica
from ..text import rhyme
from . import table
from .document import heading

PAIRS = 2000
_HEADINGS = (
    "[Verse 1]", "  [Chorus] ", "[Bridge x2]", "[Am]", "[F#m7/C#]", "[N.C.]", "[*Coda]", "[A day]", "Chorus:", "[]",
    "[ ]", "[Verse] I left", "I [Am]left my [G]coat", "[[Verse]]", "[B]", "[Be]", "[G]", "[Gate]", "[Dm] [G]", "",
)  # fmt: skip
_MARKS = (",", ";", ".", "!", "?", ":", " -", "--", "...", "")
_ODD = (
    "I [Am]left my [G#m7/D#]coat beside the [N.C.]gate", "o'er the hills and o'er th' vale",
    "'Twas the night o' the fair",
    "rock 'n' roll and rock ’n’ roll", "the birds' song, the boss's car, James' hat", "to-day and to-morrow, good-bye",
    "singin' in the rain, the mornin's gone", "it's 3,000 miles & 21st street, 1999", "café naïve Zoë — “quoted” …",
    "well-known moon-lit half-past-two", "don't you can't she won't I'd've", "ALL CAPS AND Some Capitals",
    "skrrt yeet brexit situationship qwrtz", "", "…", "[*softly]hush", "a b c d", "fire hour flower every heaven",
    "I saw it; I heard it! Did you?", "e.g. the U.S.A. and Mr. Jones", "mmm hmm shh pssst", "-- and then --",
    "'em 'cause '69",
)  # fmt: skip


def write(folder: Path, lines: Path | None = None, count: int = 5000) -> str:
    """Write all of them to a folder; says what was written.

    Args:
        folder: where.
        lines: a text file to take lines from, evenly. Without it lines are put together from the dictionary's words,
            common ones more often, with marks, capitals and chords: no sense, but everything that can stand in a line.
        count: how many lines.
    """
    taken = [*_ODD, *(_taken(lines, count) if lines is not None else _drawn(count))][:count]
    known = [lexica.Table((folder / f"{part}.bin").read_bytes()) for part in table.PARTS]
    counted = [table.counted(line) for line in taken]
    unknown = sorted({word for line in counted for word in line["words"] if not any(word in one for one in known)})
    _lines(folder / "counts.jsonl", counted)
    (folder / "unknown.json").write_text(json.dumps(table.spoken(unknown)[0], ensure_ascii=False, indent=0))
    _lines(folder / "rhymes.jsonl", _rhymes(PAIRS))
    _lines(folder / "headings.jsonl", ({"line": line, "heading": heading(line)} for line in _HEADINGS))
    whole = sum(not set(line["words"]) & set(unknown) for line in counted)
    return f"{len(counted):,} lines, {whole:,} of them from the tables alone; {len(unknown):,} words to ask for."


def _taken(lines: Path, count: int) -> list[str]:
    found = [line.strip() for line in lines.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
    return found[:: max(1, len(found) // count)]


def _drawn(count: int) -> Iterator[str]:
    chance, known = random.Random(5), lexica.lexicon()
    names = [word for word in lexica.table() if known.common(word)]
    weights = [2.0 ** known.common(word) for word in names]
    rare = list(lexica.table())
    for _ in range(count):
        line = chance.choices(names, weights, k=chance.randint(1, 9)) + chance.choices(rare, k=chance.randint(0, 2))
        chance.shuffle(line)
        if chance.random() < 0.3:
            line[0] = line[0].capitalize()
        if chance.random() < 0.1:
            line[-1] = chance.choice(("[Am]", "[C/G]", "“")) + line[-1]
        yield " ".join(word + (chance.choice(_MARKS) if chance.random() < 0.15 else "") for word in line)


def _rhymes(count: int) -> Iterator[dict[str, Any]]:
    """Pairs of all kinds: a third of them words that rhyme closely, the others any two words, and forms of one word."""
    chance, known = random.Random(7), lexica.lexicon()
    common = [word for word in lexica.table() if known.common(word) >= 6]
    made = 0
    while made < count:
        word = chance.choice(common)
        close = rhyme.rhymes(word, kinds=(*rhyme.EXACT, rhyme.Kind.RICH, rhyme.Kind.FAMILY)).values()
        others = [other for found in close for other in chance.sample(found, min(4, len(found)))]
        for other in [*others, *chance.sample(common, 16), word, word + "s"]:
            said = rhyme.compare(word, other)
            yield {"a": word, "b": other, "kind": str(said.kind), "syllables": said.syllables}
            made += 1


def _lines(file: Path, entries: Iterable[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")
