"""How concrete each lemma is as a noun, verb or adjective: what WordNet files it under, smoothed by the vectors.

The lexicographers' files of WordNet are coarse fields; each gets a weight, by reason and not by fit: what has a body
and can be pointed at is 1 (animals, tools, plants), people a little less (a father is also a relation), weather and
places less again, acts and times little, ideas and relations hardly anything. A word's meanings are averaged by their
counts. Then one ridge regression from the vectors to the nouns' values says for every word what words like it have; the
two opinions are averaged. No published rating is used, here or anywhere in the package.
"""

from __future__ import annotations

import numpy as np

from ..lemmas import PARTS, Lemmas
from .wordnet import WordNet

FIELDS = {
    "n": {
        "animal": 1.0, "artifact": 1.0, "body": 1.0, "food": 1.0, "plant": 1.0, "object": 0.95, "substance": 0.9,
        "person": 0.75, "location": 0.7, "phenomenon": 0.7, "shape": 0.55, "Tops": 0.5, "group": 0.45, "event": 0.4,
        "possession": 0.4, "communication": 0.35, "act": 0.3, "time": 0.3, "process": 0.3, "quantity": 0.3,
        "state": 0.2, "attribute": 0.2, "feeling": 0.15, "relation": 0.15, "cognition": 0.12, "motive": 0.1,
    },
    "v": {
        "weather": 0.65, "contact": 0.55, "consumption": 0.55, "body": 0.55, "motion": 0.5, "perception": 0.45,
        "creation": 0.4, "competition": 0.35, "change": 0.3, "communication": 0.3, "possession": 0.25, "social": 0.2,
        "emotion": 0.2, "cognition": 0.1, "stative": 0.1,
    },
}  # fmt: skip
ADJECTIVES = 0.6
"""A quality is no picture, only a part of one: what the vectors say of an adjective counts so much."""


def columns(lemmas: Lemmas, vectors: np.ndarray, wordnet: WordNet) -> dict[str, bytes]:
    """The column `concrete`: three bytes a lemma (noun, verb, adjective), 0 to 255."""
    filed = np.full((len(lemmas), 2), np.nan)
    for lemma, word in enumerate(lemmas.words):
        for place, part in enumerate("nv"):
            if lemmas.use(lemma, part):
                filed[lemma, place] = _filed(wordnet, word, part)
    like = _regressed(lemmas, vectors, filed[:, 0])
    values = np.stack([_mean(filed[:, 0], like), _mean(filed[:, 1], like), ADJECTIVES * like], axis=1)
    used = np.array([[lemmas.use(lemma, part) > 0 for part in "nva"] for lemma in range(len(lemmas))])
    values = np.where(used, np.clip(np.nan_to_num(values), 0, 1), 0.0)
    return {"concrete": np.round(255 * values).astype(np.uint8).tobytes()}


def _filed(wordnet: WordNet, word: str, part: str) -> float:
    """The mean over a word's meanings, each with its count, and a little for its place in the order."""
    senses = wordnet.senses[word, part]
    weights = [count + 1 / (place + 1) for place, (_, count) in enumerate(senses)]
    values = [FIELDS[part][wordnet.synsets[key].field.partition(".")[2]] for key, _ in senses]
    return float(np.average(values, weights=weights))


def _regressed(lemmas: Lemmas, vectors: np.ndarray, filed: np.ndarray) -> np.ndarray:
    """What the vectors say, learned from the words that are mostly nouns; nothing for a word without a vector."""
    use = np.array([[lemmas.use(lemma, part) for part in PARTS] for lemma in range(len(lemmas))])
    has = np.linalg.norm(vectors, axis=1) > 0
    lessons = has & (use.argmax(1) == 0) & ~np.isnan(filed)
    inputs = np.concatenate([vectors, np.ones((len(vectors), 1))], axis=1)
    weighted = inputs[lessons] * use[lessons, :1]
    ridge = weighted.T @ inputs[lessons] + 100 * np.eye(inputs.shape[1])
    return np.where(has, inputs @ np.linalg.solve(ridge, weighted.T @ filed[lessons]), np.nan)


def _mean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The mean of two opinions, or the one that there is."""
    return np.where(np.isnan(second), first, np.where(np.isnan(first), second, (first + second) / 2))
