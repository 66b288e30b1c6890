"""The candidates of one request while they are written, word by word, all together.

Tags, rhyme and syllables are decided beforehand and never run into a dead end. Two rules are local and can, where a tag
has few words: a content word stands once in a line, and `a` and `an` agree with the next word. A candidate that is left
without a word is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..models.reading import Memory
from .masks import remaining, spend, wanted
from .network import Slots
from .slots import Before, Sheet

if TYPE_CHECKING:
    from .search import Given, Manner, Search, Task, Written

COMMON = 1e-3
"""Words this likely, against the likeliest, are looked at first."""
_NONE = -1


class Draft:
    """Candidates in progress. The longest shapes come first, so that those unfinished are always the first rows.

    Args:
        search: model and palette.
        tasks: what to write.
        before: the lines before.
        manner: how freely.
        seed: of the draws.
    """

    def __init__(self, search: Search, tasks: Sequence[Task], before: Before, manner: Manner, seed: int) -> None:
        self._search, self._tasks, self._manner = search, tasks, manner
        self._sheets = [Sheet(task.tags, task.syllables, before.context, search.network) for task in tasks]
        ordered = sorted(range(len(tasks)), key=lambda place: -len(tasks[place].tags))
        sizes = [max(tasks[place].candidates, 0) for place in ordered]
        stops = np.cumsum(sizes, dtype=np.int64).tolist()
        spans = zip(ordered, sizes, stops, strict=True)
        self._rows = {place: slice(stop - size, stop) for place, size, stop in spans}
        self._task = np.repeat(np.array(ordered, np.int64), sizes)
        total, self.most = len(self._task), max((len(task.tags) for task in tasks), default=0)
        self._slot = 0
        self._own = search.network.net.memory(total, self.most)
        self._word = np.full(total, before.last, np.int64)
        self._kinds = np.full((total, self.most), _NONE, np.int64)
        self._surprise = np.zeros((total, self.most))
        self._spent = np.ones(total, np.uint64)  # the set of no syllable
        self._want = self._spent
        self._count = np.zeros(total, np.int64)
        unions = [search.unions(task) for task in tasks]
        self._rest = [remaining(sets) for sets in unions]
        fits = [rest[0] >> task.syllables & 1 for rest, task in zip(self._rest, tasks, strict=True)]
        self._alive = np.array([fits[place] for place in self._task], bool)
        self._used = [self._standing(tasks[place]) for place in self._task.tolist()]
        self._random = np.random.PCG64(seed)
        self._draws = _uniform(self._random, total * self.most).reshape(total, self.most)

    def advance(self, shared: Memory) -> None:
        """One word more for every candidate that is not finished.

        Args:
            shared: the memory of the lines before.
        """
        slot, tasks = self._slot, [place for place in self._rows if len(self._tasks[place].tags) > self._slot]
        active = sum(self._rows[place].stop - self._rows[place].start for place in tasks)
        if not active:
            return
        said = [self._sheets[p].slot(slot, self._word[self._rows[p]], self._count[self._rows[p]]) for p in tasks]
        slots = Slots(*(np.concatenate(field) for field in zip(*said, strict=True)))
        hidden = self._search.network.read(slots, self._own.rows(slice(0, active)), shared)[:, 0]
        self._own.read += 1
        self._want = np.concatenate([self._wanted(place) for place in tasks])
        chosen, free = np.full(active, _NONE), np.ones(active, bool)
        for place, given in self._given(tasks):
            rows = self._rows[place]
            free[rows], chosen[rows] = False, given.kind
            if given.kind >= 0:
                tag = int(self._search.palette.lexis.kind_tag[given.kind])
                costs = self._search.costs(hidden[rows], tag)
                self._surprise[rows, slot] = costs[:, given.kind - self._search.palette.slice(tag).start]
        for rows, tag in self._groups(tasks, free):
            chosen[rows] = (self._choose if slot else self._choose_end)(rows, tag, hidden[rows])
        self._write(tasks, chosen, free)
        self._slot += 1

    def written(self) -> Written:
        """What was finished, each line once, in the order of the tasks."""
        from .search import Written

        seen: dict[tuple[str, ...], int] = {}
        for row in np.argsort(self._task, kind="stable").tolist():
            if self._alive[row]:
                seen.setdefault(self._text(row), row)
        rows = np.array(list(seen.values()), np.int64)
        kinds, surprise = np.full((len(rows), self.most), _NONE), np.zeros((len(rows), self.most))
        for i, row in enumerate(rows.tolist()):
            order = self._home(row)[1].order
            kinds[i, order], surprise[i, order] = self._kinds[row, : len(order)], self._surprise[row, : len(order)]
        return Written(self._task[rows], kinds, surprise, list(seen))

    def _groups(self, tasks: Sequence[int], free: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
        """Rows that choose together, and the tag of their word: those of one task for the end, else of one tag."""
        tag_of = {place: self._tasks[place].tags[self._sheets[place].order[self._slot]] for place in tasks}
        keys = {place: place if self._slot == 0 else tag for place, tag in tag_of.items()}
        for key in sorted(set(keys.values())):
            places = [place for place in tasks if keys[place] == key]
            rows = np.concatenate([np.arange(self._rows[p].start, self._rows[p].stop) for p in places])
            rows = rows[free[rows] & self._alive[rows]]
            if len(rows):
                yield rows, tag_of[places[0]]

    def _wanted(self, place: int) -> np.ndarray:
        """For each candidate of a task the counts with which its next word lets the line come out."""
        return wanted(self._spent[self._rows[place]], self._rest[place][self._slot + 1], self._tasks[place].syllables)

    def _choose_end(self, rows: np.ndarray, tag: int, hidden: np.ndarray) -> np.ndarray:
        """End words of one task: drawn without putting back (Gumbel's trick), over again when they are used up."""
        task, kinds = self._home(rows[0])[0], self._search.palette.slice(tag)
        costs = self._search.costs(hidden[:1], tag)  # all candidates of a task have read the same
        allowed = self._allowed(rows[:1], kinds)[0]
        if task.ends is not None:
            rhyming = np.zeros_like(allowed)
            rhyming[task.ends - kinds.start] = True
            allowed &= rhyming
        places = np.flatnonzero(allowed)
        if not len(places):
            return np.full(len(rows), _NONE)
        noise = -np.log(-np.log(_uniform(self._random, len(places)) + 1e-20) + 1e-20)
        keys = noise - self._weighed(costs, kinds)[0, places] / self._manner.end_temperature
        best = np.resize(places[np.argsort(-keys, kind="stable")], len(rows))
        self._surprise[rows, self._slot] = costs[0, best]
        return kinds.start + best

    def _choose(self, rows: np.ndarray, tag: int, hidden: np.ndarray) -> np.ndarray:
        """One kind of a tag for each of many rows; -1 where none is allowed."""
        kinds = self._search.palette.slice(tag)
        costs = self._search.costs(hidden, tag)
        weighed = np.where(self._allowed(rows, kinds), self._weighed(costs, kinds), np.inf)
        lowest = weighed.min(axis=1, keepdims=True)
        weights = np.exp((np.where(lowest < np.inf, lowest, 0) - weighed) / np.float32(self._manner.temperature))
        draws, chosen = self._draws[rows, self._slot], np.full(len(rows), _NONE)
        for i, row in enumerate(rows.tolist()):
            place = _drawn(weights[i], float(draws[i]), self._manner.top)
            if place != _NONE:
                chosen[i], self._surprise[row, self._slot] = kinds.start + place, costs[i, place]
        return chosen

    def _weighed(self, costs: np.ndarray, kinds: slice) -> np.ndarray:
        """Costs by which words are drawn: those with doubtful syllables cost more."""
        return costs + np.float32(self._manner.doubt) * self._search.palette.doubtful[kinds]

    def _allowed(self, rows: np.ndarray, kinds: slice) -> np.ndarray:
        """Whether each kind of a tag is allowed, for some rows [rows, kinds]."""
        palette = self._search.palette
        values, inverse = np.unique(self._want[rows], return_inverse=True)
        allowed = ((values[:, None] & palette.sets[kinds]) != 0)[inverse] & palette.open[kinds]
        allowed &= palette.agreeing(kinds, *self._beside(rows))
        for i, row in enumerate(rows.tolist()):
            for used in self._used[row]:
                near = used[(used >= kinds.start) & (used < kinds.stop)]
                allowed[i, near - kinds.start] = False
        return allowed

    def _beside(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The word before the next one, and whether the one after it begins with a vowel; -1 where not known [rows]."""
        palette, before, vowel = self._search.palette, np.full(len(rows), -1), np.full(len(rows), -1)
        for i, row in enumerate(rows.tolist()):
            task, sheet = self._home(row)
            place = int(sheet.order[self._slot])
            if place - 1 in task.given:
                before[i] = task.given[place - 1].word
            elif self._slot > 1:
                before[i] = self._word[row]
            if place + 1 in task.given:
                vowel[i] = task.given[place + 1].vowel
            elif place + 1 == sheet.order[0]:
                vowel[i] = palette.vowel[self._kinds[row, 0]]
        return before, vowel

    def _write(self, tasks: Sequence[int], chosen: np.ndarray, free: np.ndarray) -> None:
        """Note the chosen kinds and what they leave."""
        search, active = self._search, len(chosen)
        palette, kind = search.palette, np.maximum(chosen, 0)
        self._kinds[:active, self._slot] = chosen
        word = np.where(chosen >= 0, palette.lexis.kind_word[kind], 0)
        sets, count = palette.sets[kind], palette.count[kind].astype(np.int64)
        self._alive[:active] &= (chosen >= 0) | ~free
        for place, given in self._given(tasks):
            rows = self._rows[place]
            word[rows], sets[rows], count[rows] = given.word, np.uint64(given.sets), given.count
        self._word[:active], self._spent[:active] = word, spend(self._spent[:active], sets)
        self._count[:active] += count
        if not self._manner.again:
            for row in np.flatnonzero(free & (chosen >= 0) & search.stems.picture[kind]).tolist():
                self._used[row] = [*self._used[row], search.stems.relatives(int(chosen[row]))]

    def _given(self, tasks: Sequence[int]) -> list[tuple[int, Given]]:
        """The tasks whose next word stands already, and the word."""
        found = ((place, self._tasks[place].given.get(int(self._sheets[place].order[self._slot]))) for place in tasks)
        return [(place, given) for place, given in found if given]

    def _standing(self, task: Task) -> list[np.ndarray]:
        """The kinds that the given words rule out."""
        if self._manner.again:
            return []
        stems, known = self._search.stems, [given for given in task.given.values() if given.kind >= 0]
        return [stems.relatives(given.kind) for given in known if stems.picture[given.kind]]

    def _home(self, row: int) -> tuple[Task, Sheet]:
        place = int(self._task[row])
        return self._tasks[place], self._sheets[place]

    def _text(self, row: int) -> tuple[str, ...]:
        (task, sheet), lexis = self._home(row), self._search.palette.lexis
        words = [""] * len(task.tags)
        for slot, place in enumerate(sheet.order.tolist()):
            given, kind = task.given.get(place), self._kinds[row, slot]
            words[place] = given.text if given else lexis.words[lexis.kind_word[kind]]
        return tuple(words)


def _drawn(weights: np.ndarray, draw: float, top: float) -> int:
    """A place drawn among the likeliest that have `top` of the weight together; -1 if nothing has weight."""
    enough = top * weights.sum(dtype=np.float64)
    if not enough:
        return _NONE
    places = np.flatnonzero(weights > COMMON)  # sorting takes time, and a few words have most of the weight
    if weights[places].sum(dtype=np.float64) < enough:
        places = np.flatnonzero(weights)
    order = places[np.argsort(-weights[places], kind="stable")]
    sums = np.cumsum(weights[order], dtype=np.float64)
    last = min(int(np.searchsorted(sums, enough)), len(sums) - 1)
    return int(order[min(int(np.searchsorted(sums, draw * sums[last], "right")), last)])


def _uniform(random: np.random.PCG64, count: int) -> np.ndarray:
    """Numbers from 0 to below 1, from the raw bits, which numpy never changes for a seed."""
    return (random.random_raw(count) >> np.uint64(11)) * 2.0**-53
