"""Letters to sounds: how a word that nobody wrote down would be said. The last resort, and labelled as such.

Learned from the dictionary: each letter is aligned with none, one or two sounds; then, for every letter, the longest
context that was seen often enough decides. Stress comes from the most usual pattern of words with that many syllables
and that ending.

Source: the alignment follows Black, Lenzo and Pagel, "Issues in building general letter to sound rules" (1998), with
Viterbi instead of summed counts; a back-off table stands for their trees.
"""

from __future__ import annotations

import functools
import math
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from importlib import resources

from . import phones as ph

MAGIC = b"quatrain letters 1\n"
WINDOWS = ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 4))
"""How many letters to the left and right decide, from least to most."""
ENDINGS = 5
_ROUNDS, _SUPPORT = 4, 2
Tables = tuple[dict[str, str], dict[str, str]]


def guess(word: str, tables: Tables | None = None) -> bytes:
    """The sounds of an unknown word; it always has a vowel.

    Args:
        word: lower case; accents are dropped, other signs are skipped.
        tables: other tables than the shipped ones (`unpack`).
    """
    sounds_of, stress_of = tables or _shipped()
    plain = "".join(char for char in unicodedata.normalize("NFKD", word.lower()) if "a" <= char <= "z")
    names: list[str] = []
    for place in range(len(plain)):
        key = next(key for key in (*_contexts(plain, place), "") if key in sounds_of)
        names += sounds_of[key].split()
    names = [name for i, name in enumerate(names) if not i or name != names[i - 1] or name[:2] in ph.VOWELS]
    vowels = [place for place, name in enumerate(names) if name[:2] in ph.VOWELS]
    if not vowels:  # letters alone, or none of ours: one weak vowel before the last sound
        names[-1:] = ["AH1", *names[-1:]]
        return ph.encode(" ".join(names))
    pattern = next(stress_of[key] for key in _endings(plain, len(vowels)) if key in stress_of)
    for place, stress in zip(vowels, pattern, strict=True):
        names[place] = names[place][:2] + stress
    return ph.encode(" ".join(names))


def _contexts(word: str, place: int) -> Iterator[str]:
    """Keys for one letter, the longest context first: the letter itself is upper case, `#` is the edge."""
    padded, middle = "###" + word + "####", place + 3
    for left, right in reversed(WINDOWS):
        yield padded[middle - left : middle] + padded[middle].upper() + padded[middle + 1 : middle + 1 + right]


def _endings(word: str, syllables: int) -> Iterator[str]:
    """Keys for the stress of a word, the longest ending first; the last one only counts syllables."""
    for length in range(min(ENDINGS, len(word)), -1, -1):
        yield f"{syllables}{word[len(word) - length :]}"


@functools.cache
def _shipped() -> Tables:
    return unpack((resources.files("quatrain.text") / "data" / "letters.bin").read_bytes())


def unpack(data: bytes) -> Tables:
    """The tables of a file that `learn` wrote: sounds by context, stress by ending."""
    halves = zlib.decompress(data[len(MAGIC) :]).decode().split("\n\n")
    sounds, stress = (dict(line.split("\t") for line in half.split("\n")) for half in halves)
    return sounds, _AnyLength(stress)


class _AnyLength(dict):
    """Stress patterns; a word longer than any that was seen is stressed on every second syllable from the end."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, str) and key.isdigit())

    def __missing__(self, key: str) -> str:
        return ("01" * int(key))[-int(key) :]


# ------------------------------------------------------------------------------------------------------------- learning


def learn(words: Mapping[str, bytes]) -> bytes:
    """The file of `guess`, from words (a to z only) and their sounds."""
    aligned = align({word: _joined(sounds) for word, sounds in words.items()})
    sounds = _backed_off(
        (list(reversed(list(_contexts(word, place)))), chunk)
        for word, chunks in aligned.items()
        for place, chunk in enumerate(chunks)
    )
    stress = _backed_off(
        (list(reversed(list(_endings(word, ph.count(sound))))), ph.stress(sound)) for word, sound in words.items()
    )
    tables = (
        "\n".join(f"{key}\t{value}" for key, value in sorted(table.items())) for table in ({"": ""} | sounds, stress)
    )
    return MAGIC + zlib.compress("\n\n".join(tables).encode(), 9)


def align(words: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """For every word the sounds of each letter (joined by a space), by Viterbi training from shared positions.

    Words that have more than two sounds for some letter, whatever the alignment, are left out.
    """
    cost: dict[tuple[str, str], float] = {}
    for letter in "abcdefghijklmnopqrstuvwxyz":
        cost[letter, ""] = 3.0
    counts: Counter[tuple[str, str]] = Counter()
    for word, sounds in words.items():
        for place, letter in enumerate(word):
            middle = place * len(sounds) / len(word)
            for sound in sounds[max(0, int(middle) - 1) : int(middle) + 2]:
                counts[letter, sound] += 1
    aligned: dict[str, list[str]] = {}
    for _ in range(_ROUNDS):
        cost = _costs(counts)
        aligned = {word: chunks for word, sounds in words.items() if (chunks := _viterbi(word, sounds, cost))}
        counts = Counter(pair for word, chunks in aligned.items() for pair in zip(word, chunks, strict=True))
    return aligned


def _costs(counts: Counter[tuple[str, str]]) -> dict[tuple[str, str], float]:
    totals: Counter[str] = Counter()
    for (letter, _), number in counts.items():
        totals[letter] += number
    return {pair: -math.log(number / totals[pair[0]]) for pair, number in counts.items()}


def _viterbi(word: str, sounds: tuple[str, ...], cost: Mapping[tuple[str, str], float]) -> list[str]:
    """The cheapest split of the sounds over the letters; an unseen pair is dear, not forbidden."""
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for letter in word:
        row: dict[int, tuple[float, int]] = {}
        for place, (spent, _) in best[-1].items():
            for width in range(3):
                if place + width > len(sounds):
                    break
                chunk = " ".join(sounds[place : place + width])
                total = spent + cost.get((letter, chunk), (6.0, 9.0, 12.0)[width])
                if place + width not in row or total < row[place + width][0]:
                    row[place + width] = (total, place)
        best.append(row)
    place, chunks = len(sounds), []
    if place not in best[-1]:
        return []
    for row in reversed(best[1:]):
        start = row[place][1]
        chunks.append(" ".join(sounds[start:place]))
        place = start
    return chunks[::-1]


def _joined(sounds: bytes) -> tuple[str, ...]:
    """Sounds with secondary stress made primary: which of the two it is belongs to the word, not to its letters."""
    return tuple(name[:2] + "1" if name.endswith("2") else name for name in ph.decode(sounds).split())


def _backed_off(examples) -> dict[str, str]:
    """A table of decisions: a longer context is kept only where it decides otherwise than the shorter ones kept."""
    seen: list[tuple[list[str], str]] = list(examples)
    kept: dict[str, str] = {}
    for depth in range(max(len(keys) for keys, _ in seen)):
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        shorter: dict[str, list[str]] = {}
        for keys, value in seen:
            if depth < len(keys):
                votes[keys[depth]][value] += 1
                shorter.setdefault(keys[depth], keys[:depth])
        for key, counter in votes.items():
            value, number = max(counter.items(), key=lambda item: (item[1], item[0]))
            before = next((kept[k] for k in reversed(shorter[key]) if k in kept), None)
            if value != before and (number >= _SUPPORT or before is None):
                kept[key] = value
    return kept
