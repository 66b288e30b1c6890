"""What each kind of job does. Everything here runs in a worker's process."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ..contracts.joint import Joint, together
from ..contracts.negotiate import RandomTerms
from ..core import record as records
from ..core.game import AbstractGame
from ..core.rollout import Policy
from ..learn import evaluate
from ..learn.ppo import PPO, LearnerState, policy_of
from ..learn.schemes import SCHEMES
from ..learn.settings import PPOSettings
from .jobs import Job
from .spec import Experiment, game_of, ppo_of, space_of, updates_of
from .training import Bench, header_of

LABELS = {"solo": "One robot alone"} | {name: scheme.label for name, scheme in SCHEMES.items()}
"""What people call the schemes."""


def train_scheme(bench: Bench) -> dict[str, Any]:
    """Train one scheme that knows no contract, play it, and keep an episode."""
    scheme = bench.job.kind
    extra = ("num_agents=1",) if scheme == "solo" else ()
    base = game_of(bench.experiment, extra)
    settings = ppo_of(bench.experiment, scheme)
    learner, state = learned(bench, scheme, base, settings, extra)
    policy = policy_of(learner.game, state.net, settings)
    if isinstance(learner.game, Joint):
        policy = Members(learner.game, policy)
    key = key_of(bench.job, "evaluation")
    seen = evaluate.play(base, policy, episodes=bench.experiment.evaluation.episodes, key=key)
    keep_replay(bench, scheme, base, policy, title=LABELS[scheme])
    return {**summary(bench, scheme, LABELS[scheme], learner), **outcome(seen)}


def learned(
    bench: Bench,
    scheme: str,
    base: AbstractGame,
    settings: PPOSettings,
    extra: Sequence[str] = (),
    plan: str | None = None,
) -> tuple[PPO, LearnerState]:
    """The learner of a scheme at the end of its training; trains what is not trained yet."""
    learner = learner_of(bench.experiment, scheme, base, settings, plan)
    header = header_of(bench.experiment, base, scheme, settings, tuple(extra))
    return learner, bench.learn(scheme, learner, learner.init(bench.job.seed), header=header)


def learner_of(
    experiment: Experiment, scheme: str, base: AbstractGame, settings: PPOSettings, plan: str | None = None
) -> PPO:
    """The learner of a scheme on a game."""
    terms = RandomTerms(experiment.moca.null, experiment.moca.power)
    made = SCHEMES["separate" if scheme == "solo" else scheme].game(base, space_of(experiment), terms)
    env_steps = getattr(experiment, plan or scheme).env_steps
    return PPO(made, settings, total_updates=updates_of(env_steps, settings))


class Members(eqx.Module):
    """A controller of all as a policy of the game inside, so that returns and replays have one entry per member."""

    game: Joint
    controller: Policy

    def __call__(self, observations: Any, key: Any) -> tuple[Any, Any]:
        """Each member's part of what the controller does on seeing what all see."""
        actions, extras = self.controller(jax.tree.map(together, observations), key)
        return self.game.apart(actions), extras


def key_of(job: Job, purpose: str) -> Any:
    """Randomness for a purpose, different for every seed and purpose, the same in every run."""
    number = zlib.crc32(f"{job.kind}/{job.detail}/{purpose}".encode())
    return jax.random.fold_in(jax.random.key(job.seed), number)


def summary(bench: Bench, name: str, label: str, learner: PPO) -> dict[str, Any]:
    """What a scheme cost."""
    batch = learner.settings.num_envs * learner.settings.num_steps
    return {
        "name": name,
        "label": label,
        "seed": bench.job.seed,
        "env_steps": learner.total_updates * batch,
        "minutes": bench.seconds / 60.0,
    }


def outcome(seen: evaluate.Episodes) -> dict[str, Any]:
    """What some episodes brought, per agent and together."""
    after = seen.after.mean(axis=1)
    payments = seen.metrics.get("payments")
    equality = evaluate.equality(after)
    return {
        "welfare": seen.welfare,
        "before": seen.before.astype(float).tolist(),
        "after": after.astype(float).tolist(),
        "equality": equality if np.isfinite(equality) else None,
        "transfer_volume": 0.0 if payments is None else float(payments.sum()),
        "metrics": {
            name: np.asarray(value, float).tolist()
            for name, value in seen.metrics.items()
            if name != "transfers" and value.ndim <= 1
        },
    }


def keep_replay(
    bench: Bench, name: str, game: AbstractGame, policy: Policy, *, title: str, caption: str = ""
) -> None:
    """Keep one episode of the first seed, where there is something to draw."""
    if bench.job.seed != 0 or not bench.experiment.evaluation.replays:
        return
    if not jax.eval_shape(lambda key: game.frame(game.init(key)), jax.random.key(0)):
        return
    notes = {"id": name, "title": title, "caption": caption, "seed": bench.job.seed}
    key = key_of(bench.job, "replay")
    played = records.record(game, policy, key, name=bench.experiment.game.name, notes=notes)
    records.save(played, bench.run.path / "replays" / f"{name}.npz")
