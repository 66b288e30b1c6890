"""Fine-tuning towards rhyme, metre and pictures by policy gradient, on a leash to the trained model.

The vocabulary model writes lines freely, without the masks of syllables and rhyme; a line earns for rhyming perfectly
with the line before it, for the count of syllables that its shape asked for, for its metre and for concrete nouns, and
pays for every nat by which it is more likely than under the trained model.

Source: Jaques et al. 2017, Sequence Tutor (arXiv 1611.02796), who did so for melodies; the estimate with the other
samples of the same prompt as baseline, Ahmadian et al. 2024 (2402.14740). Where we depart: no value network.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from .decode.masks import Palette
from .decode.network import Network
from .decode.search import Manner, Search, Task, Written
from .decode.slots import Before, Line, Sheet
from .decode.slots import before as read_before
from .decode.stems import Stems
from .models import storage, training, vocabulary
from .models.lexis import Lexis
from .models.order import NEIGHBOURS
from .models.shape import Shape, shape_of
from .models.training import Report
from .models.vocabulary import Batch, Plan, Slots, VocabularyModel
from .senses.pictures import picture
from .text import rhyme, stress
from .text.corpus import Part
from .text.lexicon import lexicon
from .text.lines import Lines

if TYPE_CHECKING:
    from .models.building import Ground

EVERY_COUNT = ~np.uint64(0)


@dataclass(frozen=True)
class Prompt:
    """A line, and the shape of the next.

    Attributes:
        lines: before; the last is the one to rhyme with.
        shape: of the line to write.
    """

    lines: tuple[Line, ...]
    shape: Shape


@dataclass(frozen=True)
class Reward:
    """What a line earns, each measure between 0 and 1.

    Attributes:
        rhyme: perfect or feminine with the end of the line before.
        syllables: as many as its shape asked for.
        metre: one less the share of syllables against the metre of the line before.
        picture: concreteness of the nouns.
        leash: what a nat away from the trained model costs.
    """

    rhyme: float = 1.0
    syllables: float = 0.5
    metre: float = 0.5
    picture: float = 0.5
    leash: float = 0.1

    def __call__(self, measures: dict[str, np.ndarray], nats: np.ndarray) -> np.ndarray:
        """The earnings of lines [lines]."""
        weighed = [getattr(self, name) * values for name, values in measures.items()]
        return np.sum(weighed, 0) - self.leash * nats


@dataclass(frozen=True)
class Course:
    """How long and how fast.

    Attributes:
        steps: of the optimizer.
        prompts: in a step.
        samples: lines for each prompt, at least two.
        rate: of Adam.
        seed: of everything that is drawn.
    """

    steps: int = 300
    prompts: int = 24
    samples: int = 6
    rate: float = 1e-4
    seed: int = 0


class Tuner:
    """A vocabulary model that is tuned.

    Args:
        model: trained.
        lexis: its words.
        source: the kind of text it is to write.
        reward: what a line earns.
    """

    def __init__(self, model: VocabularyModel, lexis: Lexis, source: int, reward: Reward | None = None) -> None:
        self.model, self.lexis, self.source, self.reward = model, lexis, source, reward or Reward()
        self._trained, self._stems, self._known = model, Stems(lexis), lexicon()
        palette = Palette.of(lexis)
        self._free = replace(
            palette, sets=np.full_like(palette.sets, EVERY_COUNT), doubtful=np.zeros_like(palette.doubtful)
        )

    def write(self, prompts: Sequence[Prompt], samples: int, seed: int) -> list[tuple[Before, Written]]:
        """Lines for prompts, written freely: the tag of every word is given, nothing else is held.

        Each is a task of its own: candidates of one task never share an end word, so they are no draws of the model.
        A line that comes out twice for a prompt is kept once.
        """
        search = Search(Network.of(storage.weights(self.model, np.float32)), self._free, self._stems)
        found = []
        for place, prompt in enumerate(prompts):
            before = read_before(prompt.lines, self.lexis, search.network, self.source, known=self._known)
            tags = tuple(self.lexis.tag_number[tag] for tag in prompt.shape.tags)
            task = Task(tags, prompt.shape.syllables, candidates=1)
            manner = Manner(temperature=1.0, top=1.0, doubt=0.0, again=True)
            found.append((before, search.write([task] * samples, before, seed + place, manner)))
        return found

    def measured(self, prompt: Prompt, lines: Sequence[tuple[str, ...]]) -> dict[str, np.ndarray]:
        """What lines are worth, measure by measure, each between 0 and 1 [lines]."""
        end = prompt.lines[-1].words[-1]
        foot = stress.METRES[stress.common([stress.of_line(" ".join(prompt.lines[-1].words))]).name]
        rows = []
        for words in lines:
            said = stress.of_line(" ".join(words))
            wrong = stress.misses(said, (foot * len(said))[: len(said)]) / max(len(said), 1)
            rows.append((
                float(rhyme.compare(end, words[-1]).exact), float(len(said) == prompt.shape.syllables), 1.0 - wrong,
                picture(words, prompt.shape.tags),
            ))  # fmt: skip
        return dict(zip(("rhyme", "syllables", "metre", "picture"), np.array(rows).reshape(-1, 4).T, strict=True))

    def tune(
        self,
        prompts: Sequence[Prompt],
        course: Course,
        run: Path | None = None,
        tell: Callable[[int, dict], None] | None = None,
    ) -> VocabularyModel:
        """Tune the model; the learning curve goes to `RUN/log.jsonl`.

        Args:
            prompts: to write for, drawn from at random.
            course: how long and how fast.
            run: folder for the curve.
            tell: called after every step.
        """
        method = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(course.rate))
        state = method.init(eqx.filter(self.model, eqx.is_array))
        slots = course.prompts * course.samples
        share = self.lexis.counts.copy()
        shares = np.bincount(self.lexis.kind_tag, share, len(self.lexis.tags))
        plan = Plan.of(self.lexis, shares / shares.sum(), slots * 12)
        lexis = self.lexis

        @eqx.filter_jit
        def nats(model: VocabularyModel, batch: Batch) -> jax.Array:
            losses, asked = model.losses(batch, plan, lexis)
            line = jnp.where(asked, batch.at // vocabulary.REACH, slots)
            return jnp.zeros(slots + 1).at[line].add(losses * asked)[:-1]

        @eqx.filter_jit
        def advance(model: VocabularyModel, state: optax.OptState, batch: Batch, worth: jax.Array) -> tuple:
            slope = eqx.filter_grad(lambda model: jnp.mean(nats(model, batch) * worth))(model)
            change, state = method.update(slope, state, eqx.filter(model, eqx.is_array))
            return eqx.apply_updates(model, change), state

        rng = np.random.default_rng(course.seed)
        for step in range(course.steps):
            began = time.monotonic()
            chosen = [prompts[i] for i in rng.choice(len(prompts), course.prompts, replace=False)]
            written = self.write(chosen, course.samples, int(rng.integers(2**40)))
            batch, owner = self._batch(chosen, written, plan, slots)
            away = np.asarray(nats(self._trained, batch) - nats(self.model, batch))[: len(owner)]
            parts = [self.measured(prompt, lines.texts) for prompt, (_, lines) in zip(chosen, written, strict=True)]
            measures = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
            worth = self.reward(measures, away)
            gain = np.zeros(slots, np.float32)
            gain[: len(owner)] = _against_others(worth, owner)
            self.model, state = advance(self.model, state, batch, jnp.asarray(gain))
            told = {name: float(values.mean()) for name, values in measures.items()}
            told |= {"away": float(away.mean()), "reward": float(worth.mean()), "seconds": time.monotonic() - began}
            if run is not None:
                training._log(run, {"step": step, **told})
            if tell:
                tell(step, told)
        return self.model

    def judged(self, prompts: Sequence[Prompt], samples: int = 4, seed: int = 1) -> dict[str, float]:
        """What the model's free lines are worth on the whole, and what its words cost under the trained model."""
        written = self.write(prompts, samples, seed)
        parts = [self.measured(prompt, lines.texts) for prompt, (_, lines) in zip(prompts, written, strict=True)]
        found = {name: float(np.concatenate([part[name] for part in parts]).mean()) for name in parts[0]}
        cost = np.concatenate([lines.surprise.ravel()[lines.kinds.ravel() >= 0] for _, lines in written])
        words = [word for _, lines in written for text in lines.texts for word in text]
        return found | {"nats a word": float(cost.mean()), "different words": len(set(words)) / len(words)}

    def _batch(
        self, prompts: Sequence[Prompt], written: Sequence[tuple[Before, Written]], plan: Plan, rows: int
    ) -> tuple[Batch, np.ndarray]:
        """Every line as a sequence with the lines before it; only the line itself is asked."""
        deep = {"tags": (len(NEIGHBOURS),)}
        fields = [np.zeros((rows, vocabulary.REACH, *deep.get(name, ())), np.int32) for name in Slots._fields]
        kind, owner, row = np.full((rows, vocabulary.REACH), -1, np.int32), [], 0
        network = Network.of(storage.weights(self._trained, np.float32))
        for place, (prompt, (before, lines)) in enumerate(zip(prompts, written, strict=True)):
            tags = tuple(self.lexis.tag_number[tag] for tag in prompt.shape.tags)
            sheet = Sheet(tags, prompt.shape.syllables, before.context, network)
            start, n = before.slots.word.shape[1], len(tags)
            for kinds in lines.kinds[:, :n]:
                order = kinds[sheet.order]
                counts = self.lexis.sounds.usual[order].astype(np.int64)
                slots = sheet.slots(self.lexis.kind_word[order][None], counts[None], before.last)
                for field, old, new in zip(fields, before.slots, slots, strict=True):
                    field[row, :start], field[row, start : start + n] = old[0], new[0]
                kind[row, start : start + n] = order
                owner.append(place)
                row += 1
        return Batch(Slots(*fields), *plan.sort(kind.ravel(), self.lexis)), np.array(owner)


def _against_others(worth: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """How much more each line earns than the others of its prompt; nothing for a line that is alone."""
    count, total = np.bincount(owner), np.bincount(owner, worth)
    others = count[owner] - 1
    return np.where(others > 0, worth - (total[owner] - worth) / np.maximum(others, 1), 0.0).astype(np.float32)


def prompts_of(lines: Lines, rows: np.ndarray, lexis: Lexis, count: int, seed: int = 0) -> list[Prompt]:
    """Prompts from verse: a line, and the shape of the true next one.

    Args:
        lines: a source of verse.
        rows: lines that may be next ones.
        lexis: shapes with other tags are left out.
        count: how many.
        seed: of the choice.
    """
    follows = rows[(rows > 0) & ~lines.gap[rows]]
    follows = follows[lines.lengths[follows - 1] <= 11]
    chosen = np.random.default_rng(seed).permutation(follows)
    found = []
    for row in chosen.tolist():
        if len(found) == count:
            break
        if lines.document[row] == lines.document[row - 1] and all(tag in lexis.tag_number for _, tag in lines.of(row)):
            words, tags = zip(*lines.of(row - 1), strict=True)
            found.append(Prompt((Line(words, tags, str(lines.close[row - 1])),), shape_of(lines, row)))
    return found


def train_tuned(ground: Ground, steps: int, tell: Callable[[Report], None] | None = None) -> None:
    """Tune the base voice's vocabulary model, and write it to `RUNS/tuned/model.npz`, the curve beside it.

    Held-out prompts are written for before and after, in the same way; both stand in `RUNS/tuned/verdict.json`.
    """
    from .models.transformer import size

    lexis, run = ground.lexis, ground.runs / "tuned"
    model, _ = training.trained(ground.runs / "vocabulary", VocabularyModel(lexis, size("base"), jax.random.key(0)))
    tuner = Tuner(model, lexis, vocabulary.VERSE)
    held = prompts_of(ground.verse, ground.verse_rows(Part.VALID), lexis, 100)
    before = tuner.judged(held)
    course = Course(steps)
    tuner.tune(
        prompts_of(ground.verse, ground.verse_rows(), lexis, 4000), course, run,
        lambda step, told: tell and tell(Report(step + 1, steps, told.pop("seconds") * (steps - step), told)),
    )  # fmt: skip
    after = tuner.judged(held)
    storage.write(run / "model.npz", storage.weights(tuner.model))
    verdict = {"course": asdict(course), "reward": asdict(tuner.reward), "before": before, "after": after}
    (run / "verdict.json").write_text(json.dumps(verdict, indent=1) + "\n", encoding="utf-8")
