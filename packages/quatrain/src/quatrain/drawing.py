"""Songs, rhymes and suggestions on a terminal: letters and marks first, colour only on top of them.

    3  10  A   ... garden gate      rhymes perfectly (or richly)
    4   8  B~  ... the rain         nearly
    5  10  A=  ... the gate         repeats a word, or sounds the same
    6   9? C   ... blorfing         free; a word's sound is a guess
    7  10  B!  ... the street       contradicts the scheme that was asked

A pipe gets the same text without colours and without line breaks of ours; NO_COLOR leaves bold and underlines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from . import scheme as schemes
from .checking import Checked, CheckedLine, CheckedSection, sentence
from .rhyming import Rhymes, Rhyming
from .song import LONGEST as SINGABLE
from .text.lexicon import Found
from .text.phones import decode
from .text.rhyme import keys
from .text.syllables import LONGEST as COUNTABLE
from .text.words import plain

if TYPE_CHECKING:
    from .wishes import Suggestion

COLOURS = ("#d98200", "#3d9be0", "#00a078", "#c65fa0", "#d4552a", "#8c7ae6", "#a89400", "#00a3ad")
"""One for each letter, then round again; readable on black and on white, and apart for most colour-blind eyes."""
SIGNS = {"1": "/", "2": "\\", "0": "x", "+": "+", "-": "-"}
"""How stress is drawn; the keys are those of `stress.of_word`."""
NARROW = 44
"""Columns of a terminal below which line numbers are left out."""
_BOLD, _DIM, _FAULT, _BAD = Style(bold=True), Style(dim=True), Style(color="red"), Style(color="red", bold=True)
_VOWELS = re.compile("[aeiouyáàâäãåæéèêëíìîïóòôöõøúùûüýÿ]+", re.IGNORECASE)
_SHORT_SCHEME = 28
_FEW = 8
"""Words of a row that are shown although none of them is common."""


def paper(stderr: bool = False, width: int | None = None) -> Console:
    """Where to draw; a pipe is as wide as any line."""
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)
    if width is None and not console.is_terminal:
        console.width = 1_000_000
    return console


# ------------------------------------------------------------------------------------------------------------- rhymes


def draw_rhymes(rhymes: Rhymes, console: Console, count: int | None = None) -> None:
    """Draw the rhymes of a word by kind and syllables.

    Args:
        rhymes: of the word.
        console: where to.
        count: how many words to show in a row; none shows all.
    """
    word = rhymes.word
    drawn = Text.assemble((word.word, _BOLD), "   ", (" | ".join(map(decode, word.readings)), _DIM), "\n")
    if word.found is Found.GUESS:
        drawn.append(f"No dictionary knows '{word.word}': its sound is guessed. If it is another, change this: ")
        drawn.append(f'--say "{decode(word.first)}"\n')
    elif len(keys(word)) > 1:
        drawn.append(f"It sounds in {len(word.readings)} ways, which rhyme differently. For one of them: ")
        drawn.append(f'--say "{decode(word.first)}"\n')
    for kind, group in rhymes.found.items():
        drawn.append_text(Text.assemble("\n", (kind.capitalize(), _BOLD), (f"   {len(group):,}\n", _DIM)))
        rows: dict[int, list[Rhyming]] = {}
        for one in group:
            rows.setdefault(one.syllables, []).append(one)
        for syllables, row in sorted(rows.items()):
            few = len(row) if count is None else min(count, max(_FEW, sum(one.common > 0 for one in row)))
            few = len(row) if len(row) < few + 4 else few  # "and 2 more" is as long as they are
            _draw_row(drawn, syllables, [one.word for one in row], few, console.width)
    if not rhymes.found:
        drawn.append(f"{_nothing(rhymes)}\n")
    console.print(drawn, end="")


def _draw_row(drawn: Text, syllables: int, words: Sequence[str], count: int, width: int) -> None:
    """Words of one count of syllables, as many rows of the terminal as they need."""
    shown, margin = "  ".join(words[:count]), " " * 5
    more = f"  and {len(words) - count:,} more" if len(words) > count else ""
    for row, (first, last) in enumerate(_rows(shown + more, max(width - len(margin), 12))):
        drawn.append(f"{syllables:>3}  " if not row else margin, _DIM)
        cut = max(first, min(last, len(shown)))
        drawn.append((shown + more)[first:cut]).append((shown + more)[cut:last] + "\n", _DIM)


def _nothing(rhymes: Rhymes) -> str:
    """What to say where nothing rhymes."""
    kinds = " or ".join(str(kind) for kind in rhymes.kinds)
    of = f" of {rhymes.syllables} syllable{'s' * (rhymes.syllables > 1)}" if rhymes.syllables else ""
    said = f"Nothing{of} in the dictionary rhymes with '{rhymes.word.word}' ({kinds})."
    return f"{said} Look for another kind, --kind assonance say, or at rare words and names, --all."


# -------------------------------------------------------------------------------------------------------- suggestions


def draw_suggestion(number: int, suggestion: Suggestion, console: Console) -> None:
    """Draw one suggested line with its reasons; dim if a wish was given up.

    Args:
        number: of the suggestion, from 1.
        suggestion: to draw.
        console: where to.
    """
    margin, drawn = f"{number:>3}  ", Text()
    width = max(console.width - len(margin), 12)
    style = _DIM if suggestion.relaxed else _BOLD
    for row, (first, last) in enumerate(_rows(suggestion.text, width)):
        drawn.append(margin if not row else " " * len(margin), _DIM).append(suggestion.text[first:last] + "\n", style)
    why = "; ".join(suggestion.reasons)
    for first, last in _rows(why, width):
        drawn.append(" " * len(margin) + why[first:last] + "\n", _DIM)
    console.print(drawn, end="")
    console.file.flush()


# ------------------------------------------------------------------------------------------------------------- a song


def draw_song(checked: Checked, console: Console, marks: bool = False) -> None:
    """Draw every line of a song with its margin.

    Args:
        checked: the song.
        console: where to.
        marks: whether to draw the stress above each line.
    """
    lines = [line for section in checked.sections for line in section.lines]
    margin = Margin(lines, console.width)
    if checked.title:
        console.print(Text(checked.title, _BOLD), end="\n\n")
    begun: dict[str, int] = {}
    for place, section in enumerate(checked.sections):
        drawn = Text("\n" if place else "")
        if section.title or len(section.scheme) > 1:
            drawn.append_text(_heading(section, begun.get(section.title, 0), console.width))
        begun |= {section.title: begun.get(section.title, section.lines[0].number)} if section.lines else {}
        for line in section.lines:
            _draw_line(drawn, line, section.lines, margin, marks)
        console.print(drawn, end="")
    _draw_legend(checked, lines, console, marks)


class Margin:
    """How wide the columns beside the lines are.

    Args:
        lines: of the whole song.
        width: of the terminal.
    """

    def __init__(self, lines: Sequence[CheckedLine], width: int) -> None:
        self.number = max((len(str(line.number)) for line in lines), default=1) if width >= NARROW else 0
        self.count = max((len(_counts(line)) for line in lines), default=1)
        self.letter = max((len(_letter(line)) for line in lines), default=1)
        self.columns = sum(size + 2 for size in (self.number, self.count, self.letter) if size)
        self.text = max(width - self.columns, 12)

    def of(self, line: CheckedLine, style: Style) -> Text:
        """The margin of a line."""
        drawn = Text()
        if self.number:
            drawn.append(f"{line.number:>{self.number}}  ", _DIM)
        drawn.append(f"{_counts(line):>{self.count}}  ")
        drawn.append(_letter(line), style)
        return drawn.append(" " * (self.letter + 2 - len(_letter(line))))


def _heading(section: CheckedSection, before: int, width: int) -> Text:
    """The title of a section and what its lines have in common; `before` is where one of this title has begun."""
    facts = [_shortened(section.scheme)]
    if not section.lines:
        facts = [f"as line {before}" if before else "no lines"]
    elif section.asked:
        facts.append(f"{_lines(section.faults)} against {section.asked}" if section.faults else "as asked")
    said = "   ".join(fact for fact in (*facts, section.metre) if fact)
    drawn = Text().append("\n".join(section.title[a:b] for a, b in _rows(section.title, width)), _BOLD)
    if cell_len(section.title) + 3 + cell_len(said) > width:
        said = "\n".join(said[a:b] for a, b in _rows(said, width))
        drawn.append("\n" if section.title else "")
    else:
        drawn.append("   " if section.title else "")
    return drawn.append(said + "\n", _FAULT if section.faults else _DIM)


def _draw_line(drawn: Text, line: CheckedLine, others: Sequence[CheckedLine], margin: Margin, marks: bool) -> None:
    style, text = _style(line), Text(_shown(line))
    if line.place is None:
        text.stylize(_DIM)
    elif line.place.partner is not None:
        text.stylize(style, *_ending(line, others[line.place.partner]))
    signs = _signs(line) if marks else ""
    for row, (first, last) in enumerate(_rows(text.plain, margin.text)):
        above = signs[first : last if last < len(text) else None].rstrip()
        if above:
            drawn.append(" " * margin.columns + above + "\n", _DIM)
        drawn.append_text(margin.of(line, style) if not row else Text(" " * margin.columns))
        drawn.append_text(text[first:last]).append("\n")
    if line.fault:
        said = f"^ {sentence(line.fault, others)}"
        for first, last in _rows(said, margin.text):
            drawn.append(" " * margin.columns).append(said[first:last] + "\n", _FAULT)


def _draw_legend(checked: Checked, lines: Sequence[CheckedLine], console: Console, marks: bool) -> None:
    """What the marks mean that were drawn, and what could not be looked up."""
    letters = {_letter(line)[-1:] for line in lines}
    said = [text for mark, text in _LEGEND.items() if mark in letters]
    if any(line.guessed for line in lines):
        said.append("8? a sound was guessed")
    signs = "/ strong   \\ half strong   x weak   + - one syllable, leaning to strong or weak"
    for row in ("   ".join(said), signs if marks else ""):
        if row:
            console.print(Text(("\n" if row[0] != "/" or not said else "") + row, _DIM), soft_wrap=False)
    if checked.guessed:
        named = [f"{word[:30]} (line {number})" for word, number in list(checked.guessed.items())[:12]]
        more = f" and {len(checked.guessed) - 12:,} more" if len(checked.guessed) > 12 else ""
        first = next(iter(checked.guessed))
        hint = f"Say how you sing one: --say {first}=2 (syllables)" if first.isalpha() and len(first) < 30 else ""
        console.print(Text(f"No dictionary knows {', '.join(named)}{more}. {hint}"), soft_wrap=False)


_LEGEND = {
    "~": "A~ a near rhyme", "=": "A= the same word, or one that sounds the same", "!": "A! against the scheme",
}  # fmt: skip


def _letter(line: CheckedLine) -> str:
    """The letter of a line with the mark of its rhyme."""
    if line.place is None:
        return ""
    letter = line.asked or line.place.letter
    if line.fault:
        return letter + "!"
    if line.place.partner is None or line.place.solid or letter == schemes.FREE:
        return letter
    return letter + ("=" if line.place.kind in schemes.REPEATED else "~")


def _style(line: CheckedLine) -> Style:
    """Perfect bold, near underlined, repeated slanted, free dim; one colour a letter."""
    if line.fault:
        return _BAD
    if line.place is None or line.place.partner is None:
        return _DIM
    colour = COLOURS[_number(line.asked or line.place.letter) % len(COLOURS)]
    repeated = line.place.kind in schemes.REPEATED
    return Style(color=colour, bold=line.place.solid, underline=not (line.place.solid or repeated), italic=repeated)


def _number(letter: str) -> int:
    """The inverse of `scheme.letter`, near enough for a colour."""
    number = 0
    for sign in letter:
        number = 25 * number + ord(sign) - ord("A") + 1 - (sign > "X")
    return number - 1


def _counts(line: CheckedLine) -> str:
    if line.place is None:
        return "?" if line.words or len(line.text) > SINGABLE else ""
    return (line.counts if line.strict else f">{COUNTABLE}") + "?" * line.guessed


def _shown(line: CheckedLine) -> str:
    """The text of a line; of one that is no line its beginning."""
    if len(line.text) <= SINGABLE:
        return line.text
    return f"{line.text[:160]} ... ({len(line.text):,} letters)"


def _ending(line: CheckedLine, partner: CheckedLine) -> tuple[int, int]:
    """Where the words stand that rhyme."""
    assert line.place
    first, *rest = line.ends(partner, line.place.kind).split()
    text, stop = plain(line.text), len(line.text)
    if len(text) != stop:  # accents that were put together: what stands where is not known
        return 0, 0
    last = text.rfind(rest[-1] if rest else first)
    start = text.rfind(first, 0, last) if rest else last
    return max(start, 0), last + len(rest[-1] if rest else first)


def _signs(line: CheckedLine) -> str:
    """The stress of a line, each sign above the letters of its syllable as nearly as spelling allows."""
    text, row, place = plain(line.text), "", 0
    for word in line.words:
        start = text.find(word.text, place)
        start = place if start < 0 else start
        place = start + len(word.text)
        for at, sign in zip(_nuclei(word.text, len(word.stress)), word.stress, strict=True):
            row = row.ljust(cell_len(text[: start + at])) + SIGNS[sign]
    return row


def _nuclei(word: str, count: int) -> list[int]:
    """Where in a spelling its syllables are heard: the vowels, without a silent e; or evenly."""
    found = [match.start() for match in _VOWELS.finditer(word)]
    if len(found) > count and re.search(r"[^aeiouy]e[sd]?$", word.lower()):
        found = found[:-1]
    if len(found) == count:
        return found
    return [place * len(word) // count for place in range(count)]


def _rows(text: str, width: int) -> list[tuple[int, int]]:
    """Where to break a text so that each row fits; words that are too long are cut."""
    if cell_len(text) <= width:
        return [(0, len(text))]
    rows, start, stop = [], 0, 0
    for match in re.finditer(r"\s*\S+", text):
        if cell_len(text[start : match.end()]) > width and stop > start:
            rows.append((start, stop))
            start = match.end() - len(match[0].lstrip())
        stop = match.end()
        while cell_len(text[start:stop]) > width:
            cut = next(n for n in range(width, 0, -1) if cell_len(text[start : start + n]) <= width)
            rows.append((start, start + cut))
            start += cut
    return [*rows, (start, stop)] if stop > start else rows


def _shortened(text: str) -> str:
    return text if len(text) <= _SHORT_SCHEME else text[:_SHORT_SCHEME].rstrip() + " ..."


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"
