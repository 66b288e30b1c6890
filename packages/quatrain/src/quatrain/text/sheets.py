"""Lyric sheets: chords, section headings and printer's marks come off, the lines that are sung stay.

[Verse 2], Chorus:, {start_of_chorus}     a new section (a break)
Am   G   F                                a line of chords: dropped
I [Am]left my [G]coat                     ChordPro: the chords inside come off
{title: …}, {comment: …}, # …             ChordPro's directives: dropped
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NOTE = "[A-G](?:#|b|♯|♭)?"
_CHORD = rf"{_NOTE}(?:maj|min|m|M|dim|aug|sus|add|ø|°|\+|-)?\d*(?:(?:sus|add|maj|b|#|\+|-)\d+)*(?:/{_NOTE})?"
_INLINE = re.compile(rf"\[(?:{_CHORD}|N\.?C\.?)\]|\[\*[^\]]*\]")
_BETWEEN = re.compile(rf"\(?(?:{_CHORD}|N\.?C\.?|%|/+|-+|\.|x\d+)\)?")
_SECTION = (
    r"(?:verse|chorus|bridge|intro|outro|hook|refrain|pre-?\s?chorus|post-?\s?chorus|interlude|solo|instrumental|breakdown|coda|"
    r"ending|vamp|middle (?:eight|8))"
)
_NUMBERED = rf"{_SECTION}(?:\s*#?\s*(?:\d+|[ivx]+|[a-d]|one|two|three|four))?"
_HEADING = re.compile(
    rf"\s*(?:\[[^\]]*\]|<[^>]*>|\(?{_NUMBERED}\)?\s*:?)\s*(?:[x×]\s?\d+|\([x×]\s?\d+\))?\s*", re.IGNORECASE
)
_HEADED = re.compile(rf"\s*{_NUMBERED}\s*:\s*(?=\S)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\s*\{\s*([A-Za-z_-]+)\s*\d*\s*(?::([^}]*))?\}\s*")
_TIMES = r"(?:[x×]\s?\d+|\d+\s?[x×])"
_REPEAT = re.compile(
    rf"\s*[(\[]\s*(?:{_TIMES}|repeat[^)\]]*|bis)\s*[)\]]\s*$|\s+{_TIMES}\s*$"
    rf"|^\s*(?:{_TIMES}|bis|repeat(?:\s+(?:all|{_SECTION}))?(?:\s+{_TIMES})?)\s*[.:]?\s*$",
    re.IGNORECASE,
)
_TAB = re.compile(r"\s*[eEADGBdgb]?\s*\|[-\d|hpbrx~/\\ ]{6,}\s*")


def heading(line: str) -> str | None:
    """The section that a line announces (`Verse 2`); none if it announces none."""
    directive = _DIRECTIVE.fullmatch(line)
    if directive:
        name = directive[1].lower()
        short = {"sov": "Verse", "soc": "Chorus", "sob": "Bridge", "soi": "Intro"}
        if name.startswith("start_of_"):
            return (directive[2] or "").strip() or name.removeprefix("start_of_").capitalize()
        return (directive[2] or "").strip() or short[name] if name in short else None
    if not _HEADING.fullmatch(line) or _INLINE.fullmatch(line.strip()):
        return None
    return line.strip().strip("[]()<>: ") or None


def sung(line: str) -> str:
    """What is sung of a line: chords and repeat signs off; empty if nothing is."""
    if _DIRECTIVE.fullmatch(line) or _TAB.fullmatch(line) or line.lstrip().startswith("#"):
        return ""
    chords = line.replace("|", " ").split()  # each word alone: one pattern for the whole line could take for ever
    if chords not in (["A"], ["A."]) and all(_BETWEEN.fullmatch(word) for word in chords):
        return ""
    line = _HEADED.sub("", _INLINE.sub("", line))
    return re.sub(r"\s+", " ", _REPEAT.sub("", line)).strip()


def lines(text: Iterable[str]) -> Iterator[str]:
    """The sung lines of a sheet; one empty line stands for every gap or heading between them."""
    gap, begun, held = False, False, False
    for line in text:
        directive = _DIRECTIVE.fullmatch(line)
        if directive and directive[1].lower() in ("start_of_tab", "sot", "start_of_grid", "sog"):
            held = True
        if directive and directive[1].lower() in ("end_of_tab", "eot", "end_of_grid", "eog"):
            held = False
        if heading(line) is not None or not line.strip():
            gap = begun
            continue
        said = "" if held else sung(line)
        if said:
            if gap:
                yield ""
            gap, begun = False, True
            yield said
