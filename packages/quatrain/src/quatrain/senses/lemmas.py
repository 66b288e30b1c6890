"""The dictionary of words that have a meaning here: 33 thousand lemmas, how common each is, and their forms.

A *lemma* is the form that stands in a dictionary (walk, leaf, good). A word in a line is a form of it: walked, leaves,
better. Which lemma a form has depends on its tag: found is a form of find as a past tense, and a word itself as a verb.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import resources

from ..text.lexicon import lexicon
from ..text.words import pieces
from . import inflection
from .packing import shipped

PARTS = "nvar"
"""Noun, verb, adjective, adverb, as WordNet names them."""
FORMS = {
    "n": ("NN", "NNS"), "v": ("VB", "VBP", "VBZ", "VBD", "VBN", "VBG"), "a": ("JJ", "JJR", "JJS"),
    "r": ("RB", "RBR", "RBS"),
}  # fmt: skip
"""The tags of the forms of each part of speech."""
_GRADES = frozenset(("JJR", "JJS", "RBR", "RBS"))
_LIKE = {"NNP": "NN", "NNPS": "NNS", "FW": "NN", "CD": "JJ", "IN": "RB", "RP": "RB", "UH": "RB"}
"""Tags that the tagger gives to words which are something plainer here."""
RARER = {
    "NN": 0, "VB": 0, "JJ": 0, "RB": 0, "VBD": 8, "NNS": 16, "VBN": 16, "VBG": 16, "VBZ": 32, "JJR": 32, "JJS": 32,
}  # fmt: skip
"""How much rarer a form is than its word, in the unit of `use`; a guess is enough to tell leaves from leaves."""
PLURAL = 1
"""Flag of a lemma that is its own plural: clothes, sheep."""


class Lemmas:
    """The lemmas, by number, in alphabetical order.

    Args:
        columns: `words` (separated by line breaks), `use` (four bytes a lemma, see `use`), `flags`.
    """

    def __init__(self, columns: dict[str, bytes]) -> None:
        self.words: tuple[str, ...] = tuple(columns["words"].decode().split("\n"))
        self.number: dict[str, int] = {word: place for place, word in enumerate(self.words)}
        self._use, self._flags = columns["use"], columns["flags"]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self.number

    def use(self, lemma: int, part: str = "") -> int:
        """How common a lemma is as one part of speech, or as that where it is most common.

        Returns:
            0 if it is never that part; else 1 plus eight times the binary logarithm of its count in the verse and the
            novels, where each count in WordNet's own tagged texts (of the twentieth century) is worth twenty.
        """
        start = 4 * lemma
        return self._use[start + PARTS.index(part)] if part else max(self._use[start : start + 4])

    def of(self, word: str, tag: str = "") -> tuple[int, ...]:
        """The lemmas that a word is a form of, the likeliest first; none for a word without a meaning here.

        Args:
            word: any spelling that a line may have: heav'n, walkin', bird's.
            tag: fine Penn Treebank tag; of a composite one the first part counts. Without one, what is most usual. A
                word with a tag of grammar (MD, PRP, DT) has no lemma.

        >>> [lemmas().words[number] for number in lemmas().of("wolves", "NNS")]
        ['wolf']
        """
        return self._cached(word, tag.partition("+")[0])

    def form(self, lemma: int, tag: str) -> str:
        """The form of a lemma for a tag; empty if it has none (more beautiful is two words)."""
        word, part = self.words[lemma], inflection.PARTS.get(tag, "")
        if not part or not self.use(lemma, part):
            return ""
        if tag in inflection.PLAIN:
            return "" if tag == "NN" and self._flags[lemma] & PLURAL and word.endswith("s") else word
        if tag == "NNS" and self._flags[lemma] & PLURAL:
            return word
        forms = irregular(word, tag)
        if forms:
            return forms[0]
        usual = inflection.regular(word, tag)
        if tag not in _GRADES:
            return usual
        said = inflection.has_degrees(word) and usual in lexicon() and not lexicon().is_name(usual)
        return usual if said else ""

    @functools.lru_cache(maxsize=1 << 17)  # noqa: B019 - there is one of it for the life of the program
    def _cached(self, word: str, tag: str) -> tuple[int, ...]:
        tag = _LIKE.get(tag, tag)
        if tag and tag not in inflection.PARTS:
            return ()  # a word of grammar
        plain = pieces(word.lower().replace("’", "'"))[0]
        found = self._under(plain, tag) if tag else ()
        return tuple(dict.fromkeys(found)) or self._anyhow(plain)

    def _under(self, word: str, tag: str) -> Iterable[int]:
        """Lemmas with this form for this tag: irregular ones first, then by spelling, then plurals as they stand."""
        part = inflection.PARTS[tag]
        fit = lambda base: (lemma := self.number.get(base, -1)) >= 0 and self.use(lemma, part) > 0
        if tag in inflection.PLAIN and fit(word):
            yield self.number[word]
        for base in bases_of(word, tag):
            if fit(base):
                yield self.number[base]
        found = [base for base in inflection.bases(word, tag) if fit(base) and not irregular(base, tag)]
        regular = [base for base in found if inflection.regular(base, tag) == word]
        for base in regular or [base for base in found if word in inflection.variants(base, tag)]:
            yield self.number[base]
        if tag == "NNS" and fit(word) and self._flags[self.number[word]] & PLURAL:
            yield self.number[word]

    def _anyhow(self, word: str) -> tuple[int, ...]:
        """Lemmas of a word without a (helpful) tag: the commonest first."""
        found: dict[int, int] = {}
        for tag, loss in RARER.items():
            for lemma in self._under(word, tag):
                found[lemma] = max(found.get(lemma, -99), self.use(lemma, inflection.PARTS[tag]) - loss)
        return tuple(sorted(found, key=lambda lemma: (-found[lemma], lemma)))


@functools.cache
def lemmas() -> Lemmas:
    """The shipped lemmas."""
    return Lemmas(shipped("lemmas"))


def irregular(word: str, tag: str) -> tuple[str, ...]:
    """The irregular forms of a word for a tag, the usual one first; of a compound those of its last part (undo)."""
    own = _irregular().get((word, tag))
    if own or tag not in ("VBD", "VBN"):
        return own or ()
    for prefix in _PREFIXES:
        base = _irregular().get((word.removeprefix(prefix), tag)) if word.startswith(prefix) else None
        if base:
            return tuple(prefix + form for form in base)
    return ()


def bases_of(form: str, tag: str) -> tuple[str, ...]:
    """The words whose irregular form this is."""
    own = _bases().get((form, tag), ())
    if tag in ("VBD", "VBN"):
        for prefix in _PREFIXES:
            if form.startswith(prefix):
                own += tuple(prefix + base for base in _bases().get((form.removeprefix(prefix), tag), ()))
    return own


_PREFIXES = ("un", "re", "out", "over", "under", "fore", "mis", "with", "up", "inter")


@functools.cache
def _irregular() -> dict[tuple[str, str], tuple[str, ...]]:
    """Word and tag -> forms, from `data/irregular.txt`."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    text = (resources.files("quatrain.senses") / "data" / "irregular.txt").read_text(encoding="utf-8")
    verbs = True
    for line in text.splitlines():
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) == 1:
            verbs = fields[0] == "verbs"
            continue
        word, second, third = fields
        for tag, form in (("VBD", second), ("VBN", third)) if verbs else ((second, third),):
            found[word, tag] = (*found.get((word, tag), ()), form)
    return found


@functools.cache
def _bases() -> dict[tuple[str, str], tuple[str, ...]]:
    """Form and tag -> words."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for (word, tag), forms in _irregular().items():
        for form in forms:
            found[form, tag] = (*found.get((form, tag), ()), word)
    return found
