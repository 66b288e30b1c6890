"""Rules that build the sound of an unlisted word from listed ones: elisions, inflections, compounds, numbers, old
spellings.

Every rule is a function `(word, lookup) -> readings`, where `lookup` gives the dictionary's readings of another word.
They are tried in the order of `RULES`; the first that answers wins.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from . import phones as ph
from .lists import listed

Readings = tuple[bytes, ...]
Lookup = Callable[[str], Readings]

_SCHWA, _ER, _R, _Y = (ph.CODES[name] for name in ("AH0", "ER0", "R", "Y"))
_VOICELESS = frozenset(ph.CODES[name] for name in ("P", "T", "K", "F", "TH", "S", "SH", "CH"))
_HISSING = frozenset(ph.CODES[name] for name in ("S", "Z", "SH", "ZH", "CH", "JH"))
_TEETH = frozenset(ph.CODES[name] for name in ("T", "D"))
_LETTERS = re.compile(r"[aeiouy]+")

SUFFIXES = {
    "ing": "IH0 NG", "er": "ER0", "ers": "ER0 Z", "eth": "AH0 TH", "ly": "L IY0", "y": "IY0",
    "ness": "N AH0 S", "less": "L AH0 S", "lessly": "L AH0 S L IY0", "lessness": "L AH0 S N AH0 S", "ful": "F AH0 L",
    "fully": "F AH0 L IY0", "able": "AH0 B AH0 L", "ish": "IH0 SH", "like": "L AY2 K", "ward": "W ER0 D",
    "wards": "W ER0 D Z", "wise": "W AY2 Z", "man": "M AH0 N", "men": "M EH2 N", "some": "S AH0 M", "ship": "SH IH2 P",
    "ment": "M AH0 N T", "ments": "M AH0 N T S", "let": "L AH0 T", "lets": "L AH0 T S", "edst": "AH0 D S T",
    "ings": "IH0 NG Z", "ingly": "IH0 NG L IY0", "dom": "D AH0 M", "hood": "HH UH2 D", "ism": "IH2 Z AH0 M",
    "ist": "AH0 S T", "fold": "F OW2 L D", "most": "M OW2 S T", "ier": "IY0 ER0", "iest": "IY0 AH0 S T",
    "iness": "IY0 N AH0 S", "ily": "AH0 L IY0", "est": "AH0 S T", "st": "S T",
}  # fmt: skip
PREFIXES = {
    "un": "AH0 N", "re": "R IY0", "over": "OW2 V ER0", "out": "AW2 T", "mis": "M IH0 S", "fore": "F AO2 R",
    "under": "AH2 N D ER0", "be": "B IH0", "en": "EH0 N", "dis": "D IH0 S", "in": "IH0 N", "up": "AH2 P", "a": "AH0",
    "inter": "IH2 N T ER0", "non": "N AA2 N", "self": "S EH2 L F", "ever": "EH2 V ER0", "after": "AE2 F T ER0",
    "mid": "M IH2 D", "half": "HH AE2 F", "hearth": "HH AA1 R TH",
}  # fmt: skip
_SUFFIX = {ending: ph.encode(sounds) for ending, sounds in SUFFIXES.items()}
_PREFIX = {beginning: ph.encode(sounds) for beginning, sounds in PREFIXES.items()}
_ONES = listed(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen"
    )  # fmt: skip
_TENS = listed("ten twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}  # fmt: skip


def derive(word: str, lookup: Lookup) -> Readings:
    """Readings of an unlisted word, without doubles; empty if no rule fits.

    Args:
        word: lower case, straight apostrophes.
        lookup: the dictionary's readings of a word, empty if it has none.
    """
    for rule in RULES:
        readings = tuple(dict.fromkeys(rule(word, lookup)))
        if readings:
            return readings[:6]
    return ()


def stems(word: str, ending: str) -> Iterator[str]:
    """What a word may have been before a suffix: as it is, with its e back, with one consonant of two, y for i."""
    stem = word[: -len(ending)] if ending else word
    if len(stem) < 2:
        return
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiouls":
        yield stem[:-1]
    yield stem
    if ending[:1] in "aeiouy'":
        yield stem + "e"
    if len(stem) > 2 and stem[-1] == stem[-2]:
        yield stem[:-1]
    if stem[-1] == "i":
        yield stem[:-1] + "y"


# ---------------------------------------------------------------------------------------------------------- apostrophes


def _accents(word: str, lookup: Lookup) -> Iterable[bytes]:
    """Blessèd has a syllable more than blessed; of other words the accents are dropped."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    if plain == word:
        return ()
    if word.endswith(("èd", "éd")):
        return [base + ph.encode("AH0 D") for base in _first(stems(plain, "ed"), lookup)]
    return lookup(plain) or derive(plain, lookup)


def _possessive(word: str, lookup: Lookup) -> Iterable[bytes]:
    if word.endswith("s'"):
        return _known(word[:-1], lookup)
    return [_plural(base) for base in _known(word[:-2], lookup)] if word.endswith("'s") else ()


def _sung(word: str, lookup: Lookup) -> Iterable[bytes]:
    """Singin' and wanderin are singing and wandering with an N."""
    if not word.endswith(("in'", "in")) or len(word) < 5:
        return ()
    ringing = lookup(word.rstrip("'") + "g") or _suffixed(word.rstrip("'") + "g", lookup)
    return [sounds[:-1] + ph.encode("N") for sounds in ringing if sounds.endswith(ph.encode("NG"))]


def _clitic(word: str, lookup: Lookup) -> Iterable[bytes]:
    """The article run into its word: th'unhappy, t'other."""
    before, _, after = word.partition("'")
    sounds = {"th": "DH", "t": "T", "d": "D", "y": "Y"}.get(before)
    return [ph.encode(sounds) + base for base in _known(after, lookup)] if sounds and len(after) > 2 else ()


def _shortened(word: str, lookup: Lookup) -> Iterable[bytes]:
    """Verbs joined with an apostrophe: there'll, who've, think'st."""
    for ending, after_vowel, after_consonant in (
        ("'ll", "L", "AH0 L"), ("'ve", "V", "AH0 V"), ("'re", "ER0", "ER0"), ("n't", "N T", "AH0 N T"),
        ("'m", "M", "AH0 M"), ("'st", "S T", "S T"), ("'dst", "D S T", "D S T"), ("'rt", "R T", "R T"),
        ("'t", "T", "T"),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) > len(ending):
            bases = _first(stems(word, ending), lookup)
            return [b + ph.encode(after_vowel if ph.is_vowel(b[-1]) else after_consonant) for b in bases]
    return [_past(base) for base in _first(stems(word, "'d"), lookup)] if word.endswith("'d") else ()


def restored(word: str, lookup: Lookup) -> str:
    """The word that an apostrophe inside stands for (wand'ring -> wandering); empty if none is known."""
    return _restored(word, lookup)[0]


def _restored(word: str, lookup: Lookup) -> tuple[str, str]:
    """The whole word, and the letters put in."""
    before, mark, after = word.partition("'")
    if not (before and mark and after) or "'" in after:
        return "", ""
    for letters in ("e", "i", "o", "a", "u", "ou", "v", "ve", "th", "er", "y", "w"):
        whole = before + letters + after
        if lookup(whole) or _suffixed(whole, lookup):
            return whole, letters
    return "", ""


def _elided(word: str, lookup: Lookup) -> Iterable[bytes]:
    """A vowel left out, with an apostrophe in its place: wand'ring is wandering without its second vowel."""
    before, mark, after = word.partition("'")
    if not mark:
        return ()
    if not after:
        return _first((before + tail for tail in ("e", "ugh", "g", "d", "f", "h", "ll", "th")), lookup)
    if not before:
        return _beheaded(after, lookup)
    whole, letters = _restored(word, lookup)
    if not whole:
        return lookup(before + after)
    readings = tuple(lookup(whole) or _suffixed(whole, lookup))
    longest = max(ph.count(sounds) for sounds in readings)
    readings = [
        sounds for sounds in readings if ph.count(sounds) == longest
    ]  # the shorter ones have left it out already
    return [_without(sounds, len(_LETTERS.findall(before)), letters) for sounds in readings]


def _beheaded(rest: str, lookup: Lookup) -> Iterable[bytes]:
    """A first syllable left out: 'neath is beneath without its be."""
    for prefix in ("be", "a", "e", "re", "in", "un", "de", "es", "h"):
        for sounds in lookup(prefix + rest):
            if prefix == "h":
                return [sounds[1:]]
            first, second = [*ph.nuclei(sounds), 0][:2]
            if second > first and ph.stress(sounds)[0] == "0":
                return [
                    sounds[first + 1 :] if not prefix.endswith(("n", "s")) or prefix == "es" else sounds[first + 2 :]
                ]
    return lookup(rest) or derive(rest, lookup)


def _without(sounds: bytes, index: int, letters: str) -> bytes:
    """The reading without one weak vowel (a weak ER leaves its R); the stressed ones stay."""
    places, stress = ph.nuclei(sounds), ph.stress(sounds)
    if letters not in ("v", "th", "w") and 0 < index < len(places) and stress[index] == "0":
        place = places[index]
        kept = bytes([_R]) if sounds[place] == _ER else b""
        return sounds[:place] + kept + sounds[place + 1 :]
    return sounds


# -------------------------------------------------------------------------------------------------- endings, beginnings


def _suffixed(word: str, lookup: Lookup) -> Iterable[bytes]:
    """A listed word with a listed ending; the longest ending that leaves a word wins."""
    for ending in ("ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            bases = _first(stems(word, ending), lookup) or _inner(word, ending, lookup)
            if bases:
                return [_past(base) if ending == "ed" else _plural(base) for base in bases]
    for ending in sorted(_SUFFIX, key=len, reverse=True):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            bases = _first(stems(word, ending), lookup)
            if bases:
                return [_joined(base, _SUFFIX[ending]) for base in bases]
    return ()


def _inner(word: str, ending: str, lookup: Lookup) -> Readings:
    """The word before an s, if that is itself a suffixed word: wanderings."""
    stem = word[: -len(ending)]
    return tuple(_suffixed(stem, lookup)) if ending == "s" and not stem.endswith(("s", "e")) and len(stem) > 4 else ()


def _prefixed(word: str, lookup: Lookup) -> Iterable[bytes]:
    for prefix in sorted(_PREFIX, key=len, reverse=True):
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 3:
            bases = lookup(rest) or tuple(_suffixed(rest, lookup))
            if bases:
                return [_PREFIX[prefix] + base for base in bases]
    return ()


def _compound(word: str, lookup: Lookup) -> Iterable[bytes]:
    """Two listed words written as one: moonlit, saltmarsh. The most even split wins."""
    splits = range(3, len(word) - 2) if word.isalpha() else ()
    for cut in sorted(splits, key=lambda place: abs(place - len(word) / 2)):
        left, right = lookup(word[:cut]), lookup(word[cut:])
        if left and right and max(cut, len(word) - cut) > 3:
            return joined([left, right])
    return ()


def joined(parts: Iterable[Readings]) -> Readings:
    """Readings of a compound: the first part keeps its stress, later primary stresses become secondary."""
    both = itertools.islice(itertools.product(*parts), 6)
    return tuple(first + b"".join(_weaker(part) for part in rest) for first, *rest in both)


def _weaker(sounds: bytes) -> bytes:
    return bytes(c + 1 if ph.is_vowel(c) and (c - 1) % 3 == 1 else c for c in sounds)


def _respelled(word: str, lookup: Lookup) -> Iterable[bytes]:
    """British and old spellings: colour, realise, theatre, musick, olde, shew; and letters drawn out: sooo."""
    drawn = re.sub(r"(.)\1{2,}", r"\1\1", word)
    if drawn != word:
        return lookup(drawn) or lookup(re.sub(r"(.)\1", r"\1", drawn)) or derive(drawn, lookup)
    for old, new in ((r"our", "or"), (r"is(e|ed|es|ing|er|ation)$", r"iz\1"), (r"tre(s?)$", r"ter\1"), (r"[ao]e", "e"),
                     (r"ick$", "ic"), (r"(..)e$", r"\1"), (r"ll", "l"), (r"(.)l$", r"\1ll"), (r"shew", "show"),
                     (r"y", "i"), (r"ph", "f"), (r"eth$", "es"), (r"ie$", "y"), (r"x", "ct")):  # fmt: skip
        other = re.sub(old, new, word, count=1)
        if other != word and (readings := lookup(other)):
            return readings
    return ()


# -------------------------------------------------------------------------------------------------------------- numbers


def _number(word: str, lookup: Lookup) -> Iterable[bytes]:
    match = re.fullmatch(r"([\d,]*\d)(?:\.(\d+))?(st|nd|rd|th|s)?", word)
    if not match:
        return ()
    names = spoken(int(match[1].replace(",", "")))
    if match[2]:
        names += ["point", *(_ONES[int(digit)] for digit in match[2])]
    if match[3] == "s":
        names[-1] = names[-1][:-1] + "ies" if names[-1].endswith("y") else names[-1] + "s"
    elif match[3]:
        last = names[-1]
        names[-1] = _ORDINALS.get(last, last[:-1] + "ieth" if last.endswith("y") else last + "th")
    parts = [_known(name, lookup)[:1] for name in names]
    return [b"".join(part[0] for part in parts)] if all(parts) else ()


def spoken(number: int) -> list[str]:
    """A whole number in words; four digits from 1100 to 1999 are read as a year."""
    if number >= 10**15:  # a row of digits
        return [_ONES[int(digit)] for digit in str(number)]
    if 1100 <= number < 2000 and number % 1000:
        century, rest = divmod(number, 100)
        tail = ["hundred"] if not rest else ["oh", _ONES[rest]] if rest < 10 else spoken(rest)
        return [*spoken(century), *tail]
    for size, name in (
        (10**12, "trillion"),
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
        (100, "hundred"),
    ):
        if number >= size:
            rest = spoken(number % size) if number % size else []
            return [*spoken(number // size), name, *rest]
    if number < 20:
        return [_ONES[number]]
    return [_TENS[number // 10 - 1], *([_ONES[number % 10]] if number % 10 else [])]


# --------------------------------------------------------------------------------------------------------------- pieces


def _first(words: Iterable[str], lookup: Lookup) -> Readings:
    """Readings of the first of these words that is listed."""
    return next((readings for word in words if (readings := lookup(word))), ())


def _known(word: str, lookup: Lookup) -> Readings:
    return lookup(word) or (derive(word, lookup) if len(word) > 1 else ())


def _past(base: bytes) -> bytes:
    last = base[-1]
    return base + ph.encode("AH0 D" if last in _TEETH else "T" if last in _VOICELESS else "D")


def _plural(base: bytes) -> bytes:
    last = base[-1]
    return base + ph.encode("AH0 Z" if last in _HISSING else "S" if last in _VOICELESS else "Z")


def _joined(base: bytes, ending: bytes) -> bytes:
    """A suffix on its base; two equal consonants in a row are one (soulless)."""
    return base + (ending[1:] if base[-1] == ending[0] and not ph.is_vowel(ending[0]) else ending)


RULES: tuple[Callable[[str, Lookup], Iterable[bytes]], ...] = (
    _number, _accents, _possessive, _sung, _clitic, _elided, _shortened, _suffixed, _prefixed, _compound, _respelled,
)  # fmt: skip
