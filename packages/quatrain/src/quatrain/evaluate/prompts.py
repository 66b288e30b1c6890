"""The fixed prompts: lines of held-out verse with the true next line, and present-day lines written for this file.

    form      200 prompts of two or three lines; the true next line rhymes perfectly with exactly one of the last three
              (by the main dictionary): 80 times with the last one, 80 with the one before, 40 with the third
    people    the first 60 of them, in the same proportions, for the blind page
    modern    20 prompts in today's words, without a next line

`python -m quatrain.evaluate choose` makes the file of the verse again from the tagged corpus and the seed. Only
documents of the test part are used: no model has seen them.

Source: the Gutenberg Poetry Corpus, arranged by Allison Parrish (CC0), texts in the public domain in the US. It has no
book titles; a prompt names the stretch of 4,000 lines that it stands in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import BadSetting, BadText, UnknownName
from ..text.lists import listed
from ..wishes import Wishes

if TYPE_CHECKING:
    from ..text.lines import Lines

SEED = 1811
STRATA = {1: 80, 2: 80, 3: 40}
"""How many prompts have a next line that rhymes with the line so many back."""
PEOPLE = {1: 24, 2: 24, 3: 12}
APART = 40
"""No two prompts stand nearer to each other in a document than this many lines: they are not of one poem, mostly."""
SETS = ("form", "people", "modern")
_CLEAN = re.compile(r"""["'“‘(]?[A-Z][^\[\]{}*_/\\|<>=0-9]{11,68}""")
_UNFIT = frozenset(
    listed(
        "darky darkies darkey darkeys negro negroes massa mammy pickaninny savage savages squaw heathen heathens jew "
        "jews turk turks gypsy gipsy moor moors redskin pagan pagans slave slaves rape ravished wench whore harlot "
        "bosom breasts kill suicide corpse slain"
    )
)
"""Words that a rater should not have to meet for the sake of a rhyme."""


@dataclass(frozen=True)
class Prompt:
    """A draft, what its next line should keep, and the next line that a person wrote.

    Attributes:
        id: unique; the same for the same lines.
        draft: the lines before, two or three.
        next: the true next line; empty for a modern prompt.
        partner: the line that the next one must rhyme with, counted from 1; none for no rhyme.
        syllables: asked of the next line: the usual count of the true one (modern: chosen).
        tags: of the true next line, tagged among its neighbours; none for a modern prompt.
        source: where it is from.
        people: whether it is one of the sixty for the blind page.
        scheme: asked in place of the partner, if not empty.
        like: a line whose shape is to be kept, or none.
    """

    id: str
    draft: tuple[str, ...]
    next: str
    partner: int | None
    syllables: int | None
    tags: tuple[str, ...] = ()
    source: str = ""
    people: bool = False
    scheme: str = ""
    like: int | None = None

    def wishes(self, count: int = 10, seed: int = 0) -> Wishes:
        """What a system is asked for this prompt."""
        partner = None if self.scheme else self.partner
        return Wishes(self.scheme, partner, self.like, self.syllables, count=count, seed=seed)


def load(name: str = "form") -> tuple[Prompt, ...]:
    """A set of prompts: `form`, `people` or `modern`.

    Raises:
        UnknownName: another name.
    """
    if name not in SETS:
        raise UnknownName("set of prompts", name, SETS)
    found = _read("modern" if name == "modern" else "verse")
    return tuple(prompt for prompt in found if name != "people" or prompt.people)


def under_scheme(prompt: Prompt, scheme: str) -> Prompt:
    """The same draft asked by a scheme: what the next line must rhyme with follows from its letter.

    Args:
        prompt: any.
        scheme: letters, repeated; `X` rhymes with nothing.

    Raises:
        BadSetting: no scheme.
    """
    letters = scheme.upper()
    if not letters.isalpha():
        raise BadSetting(f"'{scheme}' is no rhyme scheme. Give letters, as ABAB.")
    of = lambda line: (line // len(letters), letters[line % len(letters)])  # stanzas don't rhyme with each other
    mine = of(len(prompt.draft))
    partners = [line + 1 for line in range(len(prompt.draft)) if of(line) == mine and mine[1] != "X"]
    return replace(prompt, id=f"{prompt.id} {letters}", scheme=letters, partner=partners[-1] if partners else None)


def fingerprint(prompts: Sequence[Prompt]) -> str:
    """Changes when any prompt does."""
    text = json.dumps([asdict(prompt) for prompt in prompts], ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def choose(lines: Lines, seed: int = SEED, dropped: Sequence[str] = ()) -> list[Prompt]:
    """The prompts of held-out verse, in the order in which they are stored.

    Lines of a prompt follow each other without a gap, have no name, no archaic, dialect or profane word (their 40
    neighbours no archaic grammar), and the last one no word that is only guessed and no twin before it in the corpus.
    Documents take turns, so that each gives about as many.

    Args:
        lines: the verse corpus, tagged.
        seed: of the order in which lines are looked at.
        dropped: ids taken out after reading.

    Raises:
        BadText: the corpus has too few fit lines.
    """
    rows, before, lags = _candidates(lines)
    order = np.random.default_rng(seed).permutation(len(rows))
    taken: list[int] = []
    spread = _Spread()
    found = []
    for lag, wanted in STRATA.items():
        kept: list[Prompt] = []
        for most in range(1, 1 + wanted):  # so many of each document, then one more
            for place in order[lags[order] == lag]:
                if len(kept) == wanted:
                    break
                row = int(rows[place])
                if spread.many(lag, lines.document[row]) >= most or any(abs(row - other) < APART for other in taken):
                    continue
                prompt = _prompt(lines, row, [int(line) for line in before[place, : max(lag, 2)][::-1]], lag)
                if prompt.id not in dropped and _fit(prompt):
                    spread.add(lag, lines.document[row])
                    taken.append(row)
                    kept.append(replace(prompt, people=len(kept) < PEOPLE[lag]))
        if len(kept) < wanted:
            raise BadText(f"The test part has only {len(kept)} fit lines that rhyme {lag} back; {wanted} are needed. "
                          "Build the whole corpus of verse.")  # fmt: skip
        found += kept
    return found


def written(prompts: Sequence[Prompt], seed: int, dropped: Sequence[str]) -> str:
    """The file of the verse prompts, one prompt a line."""
    about = {
        "source": "Gutenberg Poetry Corpus, arranged by Allison Parrish (CC0); texts in the public domain in the US. "
        "`verse.txt:00028000` are the lines 28,001 to 32,000 of the corpus as converted.",
        "seed": seed,
        "dropped": list(dropped),
        "why dropped": "taken out after reading every prompt: cruelty, contempt, or spelling that is not of today",
    }
    rows = ",\n".join(json.dumps(_row(prompt), ensure_ascii=False) for prompt in prompts)
    return json.dumps(about, ensure_ascii=False, indent=1)[:-2] + f',\n "prompts": [\n{rows}\n ]\n}}\n'


def stored_choice() -> tuple[int, tuple[str, ...]]:
    """The seed of the stored prompts, and the ids taken out after reading."""
    stored = _stored("verse")
    return stored["seed"], tuple(stored["dropped"])


# --------------------------------------------------------------------------------------------------------------- pieces


class _Spread:
    """How many prompts each document has given so far."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, int]] = Counter()

    def many(self, lag: int, document: int) -> int:
        return self._counts[lag, int(document)]

    def add(self, lag: int, document: int) -> None:
        self._counts[lag, int(document)] += 1


def _candidates(lines: Lines) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that could be a next line, the lines before each, and which of those it rhymes with (0 for none or two)."""
    from ..text import verse
    from ..text.corpus import Part
    from ..text.diction import Filters
    from ..text.rhyme import EXACT
    from ..text.sound import KINDS

    found = verse.examples(lines, verse.Wanted(Part.TEST, 4, 10, True, Filters()))
    near = slice(0, max(STRATA))
    whole: np.ndarray = np.all(found.before[:, near] >= 0, axis=1) & ~np.any(found.gap[:, near], axis=1)
    rhymes = np.asarray(np.isin(found.relation[:, near], [KINDS.index(kind) for kind in EXACT])) & whole[:, None]
    lags = np.where(rhymes.sum(axis=1) == 1, rhymes.argmax(axis=1) + 1, 0)
    return found.rows, found.before, lags


def _prompt(lines: Lines, row: int, before: Sequence[int], lag: int) -> Prompt:
    draft = tuple(lines.text[line].as_py() for line in before)
    true = lines.text[row].as_py()
    words = lines.words[lines.offsets[row] : lines.offsets[row + 1]]
    mark = hashlib.blake2b("\n".join((*draft, true)).encode(), digest_size=4).hexdigest()
    return Prompt(
        id=mark,
        draft=draft,
        next=true,
        partner=len(draft) + 1 - lag,
        syllables=int(lines.kinds.usual[words].sum()),
        tags=tuple(lines.kinds.tags[word] for word in words),
        source=lines.documents[lines.document[row]],
    )


def _fit(prompt: Prompt) -> bool:
    texts = (*prompt.draft, prompt.next)
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}
    return all(_CLEAN.fullmatch(text) for text in texts) and len(set(texts)) == len(texts) and words.isdisjoint(_UNFIT)


def _row(prompt: Prompt) -> dict[str, Any]:
    return {key: value for key, value in asdict(prompt).items() if value not in ("", None, False, ())}


def _stored(name: str) -> dict[str, Any]:
    text = (resources.files("quatrain.evaluate") / "data" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)


def _read(name: str) -> list[Prompt]:
    return [
        Prompt(
            id=row["id"],
            draft=tuple(row["draft"]),
            next=row.get("next", ""),
            partner=row.get("partner"),
            syllables=row.get("syllables"),
            tags=tuple(row.get("tags", ())),
            source=row.get("source", ""),
            people=row.get("people", False),
        )
        for row in _stored(name)["prompts"]
    ]
