"""WordNet's database files as Python values. For maintainers: only `compiling.py` reads them, nothing at run time.

Source: WordNet 3.1, Princeton University (its own licence, in `data/LICENSES.txt`); the format is that of its manual
page wndb(5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...text.lists import listed

PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
FIELDS = listed(
    "adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition "
    "noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object "
    "noun.person noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape "
    "noun.state noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition "
    "verb.consumption verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession "
    "verb.social verb.stative verb.weather adj.ppl"
)
"""The lexicographers' files, by number: every synset was written in one, so they are coarse fields of meaning."""
Key = tuple[str, int]


@dataclass(frozen=True)
class Synset:
    """One meaning.

    Attributes:
        key: part of speech and place in its file.
        field: which of `FIELDS`.
        words: its members, as written, spaces as `_`.
        pointers: relation and the other meaning's key; of relations between single words, the meanings.
        gloss: its definition and examples.
    """

    key: Key
    field: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, Key], ...]
    gloss: str

    def to(self, *relations: str) -> tuple[Key, ...]:
        r"""The meanings that a relation leads to (`@` hypernym, `&` similar, `=` attribute, `\` pertains to)."""
        return tuple(key for relation, key in self.pointers if relation in relations)


class WordNet:
    """The whole database.

    Args:
        folder: with `data.noun`, `index.noun`, ..., `index.sense`.
    """

    def __init__(self, folder: Path) -> None:
        self.synsets: dict[Key, Synset] = {}
        for name, part in PARTS.items():
            for line in _lines(folder / f"data.{name}"):
                one = _synset(line, part)
                self.synsets[one.key] = one
        self._folder = folder

    @cached_property
    def senses(self) -> dict[tuple[str, str], list[tuple[Key, int]]]:
        """For a word (lower case) and its part of speech: its meanings, the most usual first, with their counts.

        The counts are those of WordNet's own tagged texts.
        """
        counts: dict[tuple[str, Key], int] = defaultdict(int)
        for line in (self._folder / "index.sense").read_text(encoding="utf-8").splitlines():
            name, place, _, count = line.split()
            word, _, rest = name.partition("%")
            counts[word, ("nvara"[int(rest[0]) - 1], int(place))] += int(count)
        found: dict[tuple[str, str], list[tuple[Key, int]]] = {}
        for name, part in PARTS.items():
            for line in _lines(self._folder / f"index.{name}"):
                word, _, number, *rest = line.split()
                keys = [(part, int(place)) for place in rest[-int(number) :]]
                found[word, part] = [(key, counts[word, key]) for key in keys]
        return found

    def above(self, key: Key) -> Iterator[Key]:
        """A meaning and all that it is a kind of, the nearest first."""
        level, seen = [key], {key}
        while level:
            yield from level
            level = [up for one in level for up in self.synsets[one].to("@", "@i") if up not in seen]
            seen.update(level)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  ")]


def _synset(line: str, part: str) -> Synset:
    head, _, gloss = line.partition(" | ")
    fields = head.split()
    count = int(fields[3], 16)
    words = tuple(word.partition("(")[0] for word in fields[4 : 4 + 2 * count : 2])
    first = 5 + 2 * count
    links = [fields[first + 4 * i : first + 4 * i + 4] for i in range(int(fields[first - 1]))]
    pointers = tuple((link[0], ("a" if link[2] == "s" else link[2], int(link[1]))) for link in links)
    return Synset((part, int(fields[0])), FIELDS[int(fields[1])], words, pointers, gloss.strip())
