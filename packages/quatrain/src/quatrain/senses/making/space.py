"""The vectors: which words stand near which in verse and novels, and WordNet's word for those that hardly stand there.

1. Content words (as lemmas) within ten of each other, counted with weights that fall off with the distance.
2. Positive pointwise mutual information, contexts smoothed by the power 0.75.
3. The leading singular vectors, each scaled to one (the singular values would let the first few rule).
4. A rare word leans on the vectors of its synonyms, hypernyms and the words of its gloss; a common one hardly.
5. What all running words have in common is taken away, so that two lines don't look alike for being English.

Source: Levy, Goldberg and Dagan 2015, "Improving distributional similarity with lessons learned from word embeddings"
(smoothing, exponent); Halko, Martinsson and Tropp 2011 (the singular vectors); 4 is after Faruqui et al. 2015,
"Retrofitting word vectors to semantic lexicons", with a trust in the counts; 5 after Arora, Liang and Ma 2017. Only the
training part of the texts is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...text.lines import Lines
from ..lemmas import PARTS, Lemmas
from .wordnet import WordNet

WINDOW, WIDTH, LEAST, SHIPPED = 10, 64, 12, 20_000
TRUST = 20
"""A word seen so often counts half by itself and half by its neighbours in WordNet."""
COMMON = 1e-3
"""A word with this share of running words has half the weight of a rare one in the vector of a line."""
SCALE = 256
"""Vectors are stored as whole numbers, times this; parts beyond a half are cut."""
_LINKS = (("", 1.0), ("@", 0.5), ("&", 0.5), ("+", 0.7), ("\\", 0.7), ("=", 0.5))
_GLOSS = 1.0
_FUNCTION = 110
"""Words of a gloss that are more common than this (in the unit of `Lemmas.use`) say nothing about it."""
Matrix = Any  # a scipy sparse matrix; scipy is a maintainer's library


def learn(lemmas: Lemmas, sources: Sequence[Lines], wordnet: WordNet) -> tuple[np.ndarray, np.ndarray]:
    """The vector of every lemma, 0 where nothing is known [lemmas, WIDTH], and its share of running words [lemmas]."""
    streams = [_stream(lines, lemmas) for lines in sources]
    counts = sum((np.bincount(tokens, minlength=len(lemmas)) for tokens, _ in streams), np.zeros(len(lemmas), int))
    known = np.flatnonzero(counts >= LEAST)
    own = np.zeros((len(lemmas), WIDTH), np.float32)
    own[known] = _unit(_singular(_information(_near(streams, known, len(lemmas)))))
    vectors = _lean(own, counts, graph(lemmas, wordnet))
    share = np.maximum(counts / counts.sum(), 1e-6)
    centre = (vectors * share[:, None]).sum(0) / share.sum()
    has = np.linalg.norm(vectors, axis=1, keepdims=True) > 0
    return np.where(has, _unit(vectors - centre), 0.0).astype(np.float32), share


def columns(lemmas: Lemmas, vectors: np.ndarray, share: np.ndarray) -> dict[str, bytes]:
    """The columns of `space.bin`: rows (the lemma of each vector, ascending), vectors, weights."""
    has = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0).tolist()
    rows = np.sort(sorted(has, key=lambda lemma: (-lemmas.use(lemma), lemma))[:SHIPPED])
    whole = np.clip(np.round(vectors[rows] * SCALE), -127, 127).astype(np.int8)
    weights = np.round(255 * COMMON / (COMMON + share[rows])).astype(np.uint8)
    return {"rows": rows.astype("<u2").tobytes(), "vectors": whole.tobytes(), "weights": weights.tobytes()}


def graph(lemmas: Lemmas, wordnet: WordNet) -> Matrix:
    """Each lemma's neighbours in WordNet, over all its meanings, the usual ones more; rows add up to one."""
    import scipy.sparse as sparse

    first, second, weight = [], [], []
    for word, lemma in lemmas.number.items():
        senses = [item for part in PARTS for item in wordnet.senses.get((word, part), ())]
        for key, count in senses:
            for words, strength in _beside(wordnet, key, lemmas):
                others = [lemmas.number[w] for w in words if w in lemmas and w != word]
                first += [lemma] * len(others)
                second += others
                weight += [(count + 1) * strength / max(len(others), 1)] * len(others)
    shape = (len(lemmas), len(lemmas))
    found = sparse.csr_matrix((np.array(weight, np.float32), (first, second)), shape=shape)
    return sparse.diags(1 / np.maximum(np.asarray(found.sum(1)).ravel(), 1e-9)) @ found


def _beside(wordnet: WordNet, key: tuple[str, int], lemmas: Lemmas) -> Iterator[tuple[Sequence[str], float]]:
    one = wordnet.synsets[key]
    for relation, strength in _LINKS:
        for other in one.to(relation) if relation else (key,):
            yield wordnet.synsets[other].words, strength
    said = [lemmas.of(w) for w in re.findall(r"[a-z]+", one.gloss.split('; "')[0]) if len(w) > 3]
    yield sorted({lemmas.words[found[0]] for found in said if found and lemmas.use(found[0]) < _FUNCTION}), _GLOSS


def _stream(lines: Lines, lemmas: Lemmas) -> tuple[np.ndarray, np.ndarray]:
    """The lemmas of the content words of the training part, in order, and the document of each."""
    kinds = lines.kinds
    number = np.full(len(kinds), -1, np.int32)
    for row in np.flatnonzero(kinds.content).tolist():
        found = lemmas.of(kinds.words[row], kinds.tags[row])
        if found and (not kinds.tags[row].startswith("NNP") or kinds.words[row] in lemmas):
            number[row] = found[0]
    tokens, line = number[lines.words], np.repeat(np.arange(len(lines)), lines.lengths)
    keep = (tokens >= 0) & ((lines.part == 0) & lines.fresh)[line]
    return tokens[keep], lines.document[line[keep]]


def _near(streams: Sequence[tuple[np.ndarray, np.ndarray]], known: np.ndarray, size: int) -> Matrix:
    """How often two known lemmas stand near each other [known, known]."""
    import scipy.sparse as sparse

    place = np.full(size, -1, np.int32)
    place[known] = np.arange(len(known))
    total = sparse.csr_matrix((len(known), len(known)), dtype=np.float32)
    for tokens, document in streams:
        kept = place[tokens] >= 0
        tokens, document = place[tokens[kept]], document[kept]
        for distance in range(1, WINDOW + 1):
            together = document[distance:] == document[:-distance]
            one, two = tokens[:-distance][together], tokens[distance:][together]
            for start in range(0, len(one), 3_000_000):  # in pieces, for the memory
                i, j = one[start : start + 3_000_000], two[start : start + 3_000_000]
                weight = np.full(len(i), (WINDOW + 1 - distance) / WINDOW, np.float32)
                total = total + sparse.coo_matrix((weight, (i, j)), shape=total.shape).tocsr()
    total = total + total.T
    total.setdiag(0)
    total.eliminate_zeros()
    return total


def _information(near: Matrix) -> Matrix:
    """Positive pointwise mutual information."""
    import scipy.sparse as sparse

    totals = np.asarray(near.sum(1)).ravel()
    context = totals**0.75 / (totals**0.75).sum()
    near = near.tocoo()
    value = np.log(near.data / (totals[near.row] * context[near.col]))
    kept = value > 0
    pairs = near.row[kept], near.col[kept]
    return sparse.csr_matrix((value[kept].astype(np.float32), pairs), shape=near.shape)


def _singular(matrix: Matrix) -> np.ndarray:
    """The leading left singular vectors, by a random sketch and four rounds of iteration."""
    sketch = np.random.default_rng(0).standard_normal((matrix.shape[0], WIDTH + 20)).astype(np.float32)
    for _ in range(4):
        sketch, _ = np.linalg.qr(matrix @ (matrix.T @ sketch))
    inner, _, _ = np.linalg.svd((matrix.T @ sketch).T, full_matrices=False)
    return (sketch @ inner)[:, :WIDTH]


def _lean(own: np.ndarray, counts: np.ndarray, beside: Matrix) -> np.ndarray:
    """Each word's own vector, mixed with its neighbours' the more the rarer it is."""
    trust = (np.where(np.linalg.norm(own, axis=1) > 0, counts / (counts + TRUST), 0.0)).astype(np.float32)[:, None]
    vectors = own
    for _ in range(5):
        has = np.linalg.norm(vectors, axis=1, keepdims=True) > 0
        others = _unit(beside @ (vectors * np.where(has, 0.1 + trust, 0.0)))
        vectors = _unit(trust * own + (1 - trust) * others)
    return vectors


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)
