"""Stress and metre: where a line is heavy, and which regular pattern it is nearest to.

A syllable is `1` strong, `0` weak, or `?` either: the stress of a word of several syllables is its own, that of a word
of one syllable is the metre's, though nouns lean to strong and articles to weak (`leaning`).

Source: that monosyllables take the stress that the metre gives them is common ground of generative metrics (Halle and
Keyser 1966; Hayes 1983); the weights are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import phones as ph
from .lexicon import Lexicon, lexicon
from .lists import listed
from .words import is_word, key, tokens

METRES = {"iambic": "01", "trochaic": "10", "anapaestic": "001", "dactylic": "100", "amphibrachic": "010"}
WEAK = frozenset(
    listed(
        "a an the of to in on at by for from with and or but nor as than if is am are was were be been do did "
        "have has had i you he she it we they me him her us them my your his its our their that this who which so "
        "can could will would shall should may might must not no into upon o oh 'tis 'twas thy thou thee i'm i'll "
        "i've you're he's she's it's we're they're don't there when where how what while through"
    )
)
"""Words that are weak unless the metre lifts them."""
_COSTS = {("1", "0"): 1.0, ("0", "1"): 1.0, ("+", "0"): 0.4, ("-", "1"): 0.25, ("2", "0"): 0.25, ("2", "1"): 0.1}


@dataclass(frozen=True)
class Metre:
    """The regular pattern nearest to a line.

    Attributes:
        name: iambic, trochaic, anapaestic, dactylic or amphibrachic.
        feet: strong places in the line.
        misses: weighted syllables against the pattern; 0 is regular.
        pattern: the regular pattern, as long as the line.
    """

    name: str
    feet: int
    misses: float
    pattern: str


def of_word(reading: bytes, word: str) -> str:
    """The stress of one word: `1` and `0`, `2` secondary; a monosyllable is `+` or `-`, leaning to strong or weak."""
    stress = ph.stress(reading)
    if len(stress) == 1:
        return "-" if word in WEAK else "+"
    return stress if "1" in stress or "2" not in stress else stress.replace("2", "1", 1)


def of_line(line: str, words: Lexicon | None = None) -> str:
    """The stress of a line, word after word, in the most usual readings; see `of_word` for the signs."""
    known = words or lexicon()
    found = [key(token) for token in tokens(line) if is_word(token)]
    return "".join(of_word(known.pronounce(word).first, word) for word in found)


def shown(stress: str) -> str:
    """Stress as `1`, `0` and `?`."""
    return stress.replace("+", "?").replace("-", "?").replace("2", "?")


def misses(stress: str, pattern: str) -> float:
    """How far a line is from a pattern of `1` and `0` of the same length, in syllables."""
    return sum(_COSTS.get(pair, 0.0) for pair in zip(stress, pattern, strict=True))


def metre(stress: str) -> Metre:
    """The regular pattern that a line is nearest to; of equals, the first in `METRES`.

    A line may begin its pattern with one weak syllable more or less only as the named metres do.
    """
    best: Metre | None = None
    for name, foot in METRES.items():
        pattern = (foot * (len(stress) // len(foot) + 1))[: len(stress)]
        found = Metre(name, pattern.count("1"), misses(stress, pattern), pattern)
        if best is None or found.misses < best.misses:
            best = found
    assert best is not None
    return best


def common(lines: Sequence[str]) -> Metre:
    """The metre that several lines share: that with the fewest misses; feet and pattern are the longest line's."""
    totals = {name: 0.0 for name in METRES}
    for stress in lines:
        for name, foot in METRES.items():
            totals[name] += misses(stress, (foot * len(stress))[: len(stress)])
    name = min(totals, key=lambda n: totals[n])
    longest = max(lines, key=len, default="")
    pattern = (METRES[name] * len(longest))[: len(longest)]
    return Metre(name, pattern.count("1"), totals[name], pattern)
