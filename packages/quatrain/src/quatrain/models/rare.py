"""Rare words: forms that everybody understands and that hardly stand in the training text, so that lines have rhymes.

A lexis learned from old books lacks *zeroes*, *subways* and *wallowed*. Here the forms of every common enough lemma are
added to it. What they mean is guessed from words that are used in the same places (`senses.fields`): a rare word's
vector is the mean of its neighbours' under the same tag, or of the tag's words when it has none. So the lexis grows
by half and the file of a voice by little.

Source: a mean of neighbours as the first guess for a rare word, after Lazaridou, Marelli and Baroni 2017, "Multimodal
word meaning induction"; theirs are words of the context, ours are words met in like contexts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..senses.fields import space
from ..senses.lemmas import FORMS, RARER, lemmas
from ..text.lexicon import lexicon
from .lexis import Lexis

LEAST = 28
"""Use (`Lemmas.use`, less what a form is rarer) from which on a form is added: below stand words that few know."""
MOST = 11.0
"""Highest count of a word which the training text has less than twelve times."""
SCALE = 8.0
"""Use tells more than the text's own counts do: of modern texts each occurrence is worth twenty."""
NEIGHBOURS = 4
_PER_DOUBLING = 8
_CHUNK = 512


def rare(lexis: Lexis) -> dict[str, np.ndarray]:
    """Forms to add to a lexis, as plain arrays for its file.

    Returns:
        `rare_words` as `Lexis.arrays` writes them; `rare_word` (number in the list), `rare_tag`, `rare_count` of each
        kind to add; `rare_near`: kinds of the lexis that are like it, -1 where there is none [kinds, NEIGHBOURS].
    """
    found: dict[tuple[str, int], float] = {}
    known, sayable = lemmas(), lexicon()
    for number in range(len(known)):
        for part, tags in FORMS.items():
            use = known.use(number, part)
            for tag in tags if use else ():
                common, place = use - RARER.get(tag, 0), lexis.tag_number.get(tag, 0)
                form = known.form(number, tag) if common >= LEAST and place else ""
                if form and form.isalpha() and form not in lexis.number and form in sayable:
                    count = min(2.0 ** ((common - 1) / _PER_DOUBLING) / SCALE, MOST)
                    found[form, place] = max(found.get((form, place), 0.0), count)
    words = sorted({word for word, _ in found})
    number = {word: place for place, word in enumerate(words)}
    kinds = sorted(found, key=lambda kind: (kind[1], -found[kind], kind[0]))
    tags = np.array([tag for _, tag in kinds], np.uint8)
    return {
        "rare_words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "rare_word": np.array([number[word] for word, _ in kinds], np.uint16),
        "rare_tag": tags,
        "rare_count": np.array([found[kind] for kind in kinds], np.float16),
        "rare_near": _neighbours(lexis, [word for word, _ in kinds], tags),
    }


def _neighbours(lexis: Lexis, words: list[str], tags: np.ndarray) -> np.ndarray:
    """For every word the kinds of its tag that are used most like it [words, NEIGHBOURS]."""
    vectors = space().vectors
    rows = space().rows(words, [lexis.tags[tag] for tag in tags])
    mine = space().rows([lexis.words[word] for word in lexis.kind_word], [lexis.tags[tag] for tag in lexis.kind_tag])
    near = np.full((len(words), NEIGHBOURS), -1, np.int32)
    for tag in np.unique(tags).tolist():
        kinds = lexis.starts[tag] + np.flatnonzero(mine[lexis.starts[tag] : lexis.starts[tag + 1]] >= 0)
        places = np.flatnonzero((tags == tag) & (rows >= 0))
        if len(kinds) < NEIGHBOURS:
            continue
        for start in range(0, len(places), _CHUNK):
            some = places[start : start + _CHUNK]
            alike = vectors[rows[some]] @ vectors[mine[kinds]].T
            order = np.argsort(-np.round(alike, 4), axis=1, kind="stable")  # equal on every machine
            near[some] = kinds[order[:, :NEIGHBOURS]]
    return near


def widened(
    lexis: Lexis, weights: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]
) -> tuple[Lexis, dict[str, np.ndarray]]:
    """A lexis with its rare words in it, and the vocabulary model's weights for it.

    Args:
        lexis: as learned.
        weights: of the vocabulary model for it.
        arrays: from `rare`.
    """
    words = bytes(arrays["rare_words"]).decode().split("\n")
    old = len(lexis.kind_word)
    kind_tag = np.concatenate([lexis.kind_tag, arrays["rare_tag"].astype(np.int32)])
    kind_word = np.concatenate([lexis.kind_word, len(lexis.words) + arrays["rare_word"].astype(np.int32)])
    counts = np.concatenate([lexis.counts, arrays["rare_count"].astype(np.float32)])
    order = np.argsort(kind_tag, kind="stable")
    vectors, bias = _guessed(lexis, weights, arrays)
    rows = np.zeros((len(words), vectors.shape[1]), np.float32)
    np.add.at(rows, arrays["rare_word"], vectors)
    rows /= np.bincount(arrays["rare_word"], minlength=len(words))[:, None]  # a word's kinds share a vector
    old_rows = np.asarray(weights["words"])
    grown = dict(weights) | {
        "words": np.concatenate([old_rows, rows.astype(old_rows.dtype)]),
        "bias": np.concatenate([np.asarray(weights["bias"], np.float32)[:old], bias])[order],
    }
    return Lexis((*lexis.words, *words), lexis.tags, kind_word[order], kind_tag[order], counts[order]), grown


def _guessed(
    lexis: Lexis, weights: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Vector and bias of every rare kind: of its neighbours; and as if it were the tag's rarest words, by its count."""
    table, bias = np.asarray(weights["words"], np.float32), np.asarray(weights["bias"], np.float32)
    near, tags = arrays["rare_near"], arrays["rare_tag"]
    vectors = table[lexis.kind_word[np.maximum(near, 0)]].mean(1)
    level = np.zeros(len(tags), np.float32)
    for tag in np.unique(tags).tolist():
        kinds = np.arange(*lexis.starts[tag : tag + 2].tolist())
        here = tags == tag
        if not len(kinds):
            continue
        vectors[here & (near[:, 0] < 0)] = table[lexis.kind_word[kinds]].mean(0)
        rarest = kinds[-max(len(kinds) // 4, 1) :]
        level[here] = bias[rarest].mean() - np.log(lexis.counts[rarest]).mean()
    return vectors, level + np.log(arrays["rare_count"].astype(np.float32))
