"""The forms of a word by rule: walk, walked; stop, stopped; carry, carries; and which words a form may come from.

Rules give the regular spelling. What does not follow them stands in `data/forms.tsv` and is the business of
`lemmas.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import phones as ph
from ..text.lexicon import lexicon
from ..text.lists import listed

PARTS = {
    "NN": "n", "NNS": "n", "VB": "v", "VBP": "v", "VBZ": "v", "VBD": "v", "VBN": "v", "VBG": "v", "JJ": "a",
    "JJR": "a", "JJS": "a", "RB": "r", "RBR": "r", "RBS": "r",
}  # fmt: skip
"""The part of speech of a fine tag: noun, verb, adjective or adverb."""
PLAIN = frozenset(("NN", "VB", "VBP", "JJ", "RB"))
"""Tags whose form is the word itself."""
ENDINGS = {
    "NNS": "s", "VBZ": "s", "VBD": "ed", "VBN": "ed", "VBG": "ing", "JJR": "er", "RBR": "er", "JJS": "est", "RBS": "est"
}  # fmt: skip
"""The ending that a tag asks for."""

_VOWELS = "aeiou"
_HISSING = ("s", "x", "z", "ch", "sh")
_SHUT = re.compile(r"(?:^|[^aeiou]|qu)[aeiou][bcdfgklmnprstvz]$")
"""One vowel letter and one consonant letter at the end: the consonant is written twice if the syllable is stressed."""


def regular(word: str, tag: str) -> str:
    """The regular form of a word for a tag, whether or not anybody says it.

    >>> regular("stop", "VBD"), regular("carry", "VBZ"), regular("hope", "VBG"), regular("visit", "VBN")
    ('stopped', 'carries', 'hoping', 'visited')
    """
    ending = ENDINGS.get(tag, "")
    if not ending or len(word) < 2:
        return word
    if ending == "s":
        return _with_s(word, tag)
    if word.endswith("e"):
        if ending != "ing":
            return word + ending[1:]
        if word.endswith("ie"):
            return word[:-2] + "ying"
        return word + "ing" if word.endswith(("ee", "oe", "ye")) or word in _KEEP_E else word[:-1] + "ing"
    if word.endswith("y") and ending != "ing" and word[-2] not in _VOWELS:
        return word[:-1] + "i" + ending
    if word.endswith("ic"):
        return word + "k" + ending
    return (word + word[-1] if doubles(word) else word) + ending


def variants(word: str, tag: str) -> tuple[str, ...]:
    """Every spelling that may be this form: the regular one, then those of other rules (travelled, monarchs, echos)."""
    ending = ENDINGS.get(tag, "")
    if not ending or len(word) < 2:
        return (word,)
    usual = regular(word, tag)
    others = [word + ending, word + word[-1] + ending] if ending != "s" else [word + "s", word + "es"]
    if word.endswith("y"):
        others.append(word + ending)
    elif word.endswith("e") and ending != "s":
        others = [word + ending] if ending == "ing" else []
    return tuple(dict.fromkeys([usual, *others]))


def bases(form: str, tag: str) -> Iterator[str]:
    """What a form may be the regular form of, the likeliest first; a caller must see which of them exist.

    >>> list(bases("hoping", "VBG"))[:2]
    ['hop', 'hope']
    """
    ending = ENDINGS.get(tag, "")
    if not ending:
        yield form
        return
    if tag == "NNS":
        for last, plural in _PLURALS.items():
            if form.endswith(plural):
                yield form[: -len(plural)] + last
    if not form.endswith(ending) or len(form) < len(ending) + 2:
        return
    stem = form[: -len(ending)]
    if ending == "s":
        yield stem
        if form.endswith("es"):
            yield stem[:-1]
            if stem.endswith("ie"):
                yield stem[:-2] + "y"
            if stem.endswith("zze") or stem.endswith("sse"):
                yield stem[:-2]
        return
    yield stem
    yield stem + "e"
    if stem[-1] == stem[-2]:
        yield stem[:-1]
    if stem.endswith("i") and ending != "ing":
        yield stem[:-1] + "y"
    if stem.endswith("y") and ending == "ing":
        yield stem[:-1] + "ie"
    if stem.endswith("ck"):
        yield stem[:-1]


def has_degrees(word: str) -> bool:
    """Whether an adjective has degrees with an ending (sadder, happier), and not with more (more careful)."""
    count = ph.count(lexicon().pronounce(word, "JJ").first)
    return count == 1 or (count == 2 and word.endswith(("y", "le", "ow", "er")))


def doubles(word: str) -> bool:
    """Whether the last consonant is written twice before a vowel: stop, begin, but not visit or look."""
    if not _SHUT.search(word):
        return False
    if len(re.findall(r"[aeiouy]+", word)) == 1:
        return True
    stress = ph.stress(lexicon().pronounce(word, "VB").first)
    return len(stress) == 1 or stress[-1] == "1"


def _with_s(word: str, tag: str) -> str:
    if tag == "NNS":
        for last, plural in _PLURALS.items():
            if word.endswith(last) and word not in _PLAIN_PLURALS:
                return word[: -len(last)] + plural
    if word.endswith(_HISSING):
        return word + ("zes" if len(word) < 5 and word[-1] == "z" and word[-2] in _VOWELS else "es")
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    if word.endswith("o") and word[-2] not in _VOWELS and (tag == "VBZ" or word in _OES):
        return word + "es"
    return word + "s"


_PLURALS = {
    "man": "men", "child": "children", "foot": "feet", "tooth": "teeth", "goose": "geese", "mouse": "mice",
    "wife": "wives", "knife": "knives", "life": "lives", "leaf": "leaves", "loaf": "loaves", "thief": "thieves",
    "wolf": "wolves", "elf": "elves", "sheaf": "sheaves", "calf": "calves", "half": "halves", "hoof": "hooves",
    "scarf": "scarves", "wharf": "wharves",
}  # fmt: skip
"""Plurals by the last part of a word: fisherman, housewife, bookshelf."""
_PLAIN_PLURALS = frozenset(
    listed("human german roman norman shaman talisman ottoman caiman cayman brahman mussulman mongoose behoof pelf")
)
_KEEP_E = frozenset(listed("singe tinge binge whinge swinge"))
"""Singeing is not singing."""
_OES = frozenset(listed("hero echo potato tomato negro torpedo veto embargo cargo mosquito"))
