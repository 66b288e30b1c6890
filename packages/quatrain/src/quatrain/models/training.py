"""The one training loop: any model, any batches; it may be killed at any moment and goes on from its last checkpoint.

    RUN/checkpoint.eqx   weights, state of the optimizer and step, replaced whole
    RUN/log.jsonl        one line every so often: step, loss, rate, held-out measures

The rate of learning warms up, stays, and decays to nothing over the last part (Hu et al. 2024, arXiv 2404.06395): as
long as it stays, a run may still be given more steps, or ended earlier.

Source of the optimizer: Muon for matrices inside the transformer (Jordan et al. 2024; optax), AdamW (Loshchilov and
Hutter 2019, 1711.05101) for everything else.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from optax.contrib import MuonDimensionNumbers

from ..errors import BadModel, StorageError

CHECKPOINT, LOG = "checkpoint.eqx", "log.jsonl"

Measures = dict[str, float]
M = TypeVar("M", bound=eqx.Module)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        steps: in all.
        warm: steps until the full rate.
        decay: share of the steps, at the end, over which the rate falls to nothing.
        rate: of AdamW.
        matrices: of Muon; 0 leaves the matrices to AdamW too.
        weight_decay: of both.
        every: steps between two log lines.
        keep: seconds between two checkpoints.
    """

    steps: int
    warm: int = 200
    decay: float = 0.25
    rate: float = 3e-3
    matrices: float = 0.02
    weight_decay: float = 0.01
    every: int = 100
    keep: float = 60.0

    def __call__(self, step: Any) -> Any:
        """The share of the full rate at a step."""
        falling = max(self.decay * self.steps, 1.0)
        return jnp.clip(jnp.minimum((step + 1) / self.warm, (self.steps - step) / falling), 0.0, 1.0)


def optimizer(model: eqx.Module, schedule: Schedule) -> optax.GradientTransformation:
    """Muon for the matrices of transformer blocks, AdamW for embeddings, gains and biases; gradients are clipped."""
    adam = lambda step: schedule.rate * schedule(step)
    if not schedule.matrices:
        return optax.chain(
            optax.clip_by_global_norm(1.0), optax.adamw(adam, 0.9, 0.98, weight_decay=schedule.weight_decay)
        )
    # weight decay is a product with the rate, which is larger for matrices
    both = optax.contrib.muon(
        lambda step: schedule.matrices * schedule(step),
        weight_decay=schedule.weight_decay,
        adam_b2=0.98,
        adam_weight_decay=schedule.weight_decay,
        adam_learning_rate=adam,
        muon_weight_dimension_numbers=_is_matrix,
        consistent_rms=None,
    )
    return optax.chain(optax.clip_by_global_norm(1.0), both)


def _is_matrix(weights: Any) -> Any:
    """Which weights are matrices inside a block, by their path."""

    def of(path: tuple, leaf: Any) -> MuonDimensionNumbers | None:
        names = [getattr(part, "name", "") for part in path]
        inside = "blocks" in names and names[-1] in ("qkv", "out", "up", "down")
        return MuonDimensionNumbers(0, 1) if inside else None

    return jax.tree_util.tree_map_with_path(of, weights)


@dataclass
class Report:
    """What a training says while it runs.

    Attributes:
        step: steps done.
        steps: in all.
        seconds_left: at the present speed.
        measures: loss, tokens a second, and held-out measures when there are new ones.
    """

    step: int
    steps: int
    seconds_left: float
    measures: Measures


def train(
    model: M,
    loss: Callable[[M, Any], jax.Array],
    batches: Callable[[int], Iterator[Any]],
    schedule: Schedule,
    run: Path | None = None,
    measure: Callable[[M], Measures] | None = None,
    measure_every: int = 1000,
    tokens: int = 0,
    tell: Callable[[Report], None] | None = None,
) -> M:
    """Train a model, or go on with it.

    Args:
        model: where to begin; a checkpoint in `run` wins.
        loss: of a model on a batch, a mean.
        batches: from the number of batches seen before to an iterator without end.
        schedule: how long and how fast.
        run: folder of checkpoint and log; none trains in memory.
        measure: held-out measures of a model.
        measure_every: steps between two of them; there is always one at the end.
        tokens: in a batch, for the speed that is told.
        tell: called with a report at every log line.

    Raises:
        BadModel: the checkpoint is of another model.
        StorageError: the folder cannot be written.
    """
    model = jax.tree.map(lambda leaf: jnp.array(leaf) if eqx.is_array(leaf) else leaf, model)  # buffers are given away
    method = optimizer(model, schedule)
    state = method.init(eqx.filter(model, eqx.is_array))
    step = 0
    if run is not None:
        model, state, step = _resume(run, model, state)

    @eqx.filter_jit(donate="all-except-first")
    def advance(batch: Any, model: M, state: Any) -> tuple[M, Any, jax.Array]:
        value, slope = eqx.filter_value_and_grad(loss)(model, batch)
        change, state = method.update(slope, state, eqx.filter(model, eqx.is_array))
        return eqx.apply_updates(model, change), state, value

    source = batches(step)
    began, first, compiled = time.monotonic(), step, False
    saved, sums, counted = began, 0.0, 0
    while step < schedule.steps:
        model, state, value = advance(next(source), model, state)
        sums, counted, step = sums + value, counted + 1, step + 1
        if step == first + 3 and not compiled:
            jax.block_until_ready(value)
            began, first, compiled = time.monotonic(), step, True
        if step % schedule.every == 0 or step == schedule.steps:
            mean = float(sums) / counted  # waits for the steps before the clock is read
            pace = (time.monotonic() - began) / max(step - first, 1)
            measures = {"loss": mean, "tokens a second": tokens / max(pace, 1e-9)}
            sums, counted = 0.0, 0
            if measure and (step % measure_every == 0 or step == schedule.steps):
                measures |= measure(model)
                began, first = time.monotonic(), step
            if run is not None:
                _log(run, {"step": step, **measures, "at": time.strftime("%Y-%m-%d %H:%M:%S")})
            if tell:
                tell(Report(step, schedule.steps, pace * (schedule.steps - step), measures))
        if run is not None and (time.monotonic() - saved > schedule.keep or step == schedule.steps):
            _save(run, (model, state, jnp.asarray(step)))
            saved = time.monotonic()
    return model


def trained(run: Path, model: M) -> tuple[M, int]:
    """The weights of a run's checkpoint, and its step.

    Raises:
        BadModel: there is none, or it is of another model.
    """
    if not (run / CHECKPOINT).exists():
        raise BadModel(f"There is no checkpoint in '{run}'. Train first.")
    state = optimizer(model, Schedule(1)).init(eqx.filter(model, eqx.is_array))
    model, _, step = _resume(run, model, state)
    return model, step


def _resume(run: Path, model: M, state: Any) -> tuple[M, Any, int]:
    path = run / CHECKPOINT
    if not path.exists():
        return model, state, 0
    try:
        model, state, step = eqx.tree_deserialise_leaves(path, (model, state, jnp.asarray(0)))
    except Exception as error:  # equinox raises many kinds for a file that does not fit
        raise BadModel(f"The checkpoint '{path}' is of another model or damaged. Remove it to begin anew.") from error
    return model, state, int(step)


def _save(run: Path, tree: Any) -> None:
    draft = run / f".{CHECKPOINT}.{os.getpid()}"
    try:
        run.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            eqx.tree_serialise_leaves(file, tree)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, run / CHECKPOINT)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(f"'{run}' cannot be written: {error.strerror or error}. Choose another folder.") from error


def _log(run: Path, entry: dict[str, Any]) -> None:
    try:
        run.mkdir(parents=True, exist_ok=True)
        with (run / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
    except OSError as error:
        raise StorageError(f"'{run}' cannot be written: {error.strerror or error}. Choose another folder.") from error
