"""MOCA on a table of two banks: learn to play under any fee, then look for the fee; beside the exact threshold."""

from __future__ import annotations

import jax
import numpy as np

from ...contracts.library.matrix import DefectionFine
from ...contracts.negotiate import Contracted, RandomTerms
from ...games.payments.two_banks import TwoBankGame
from ...learn.loop import train
from ...learn.schemes import moca
from ...learn.settings import PPOSettings
from .cases import Setup
from .learning import ManyPPO
from .record import Check

PRICES = 51
EPISODES = 64
UPDATES = 150

_SETTINGS = PPOSettings(
    num_envs=256, num_steps=8, epochs=4, minibatches=4, learning_rate=5e-3, final_learning_rate=2e-4, gamma=1.0,
    lambda_=1.0, entropy_weight=0.02, hidden=(32, 32), phases=1,
)


def found_fee(case: Setup, *, seeds: int = 10, seed: int = 0, high: float = 0.5) -> tuple[list[Check], list[str]]:
    """Phase 1 over fees from 0 to `high`, the search among them, and both against the exact threshold.

    A fee on delay is a fine on the second action, paid to the other bank.
    """
    base = case.base
    assert isinstance(base, TwoBankGame)
    game, space = base.game(), DefectionFine(high=(high,))
    threshold = float(base.fee_bound)
    learner = ManyPPO(Contracted(game, space, RandomTerms()), _SETTINGS, total_updates=UPDATES, seeds=seeds)
    state = learner.init(seed)
    for state, _ in train(learner, state, updates=UPDATES):  # noqa: B007, B020 - the last one counts
        pass
    prices = np.linspace(0.0, high, PRICES, dtype=np.float32)[:, None]
    flips, chosen, signed = [], [], 0
    best = -float(min(map(min, base.total)))
    for number in range(seeds):
        net, scale = jax.tree.map(lambda leaf, k=number: leaf[k], (state.inner.net, state.inner.scale))
        play = moca.Play(game, space, net, scale, _SETTINGS)
        seen = moca.landscape(play, prices, episodes=EPISODES, key=jax.random.key(seed + number))
        total = seen.realised[:, :-1].sum(axis=0)
        none = float(seen.realised[:, -1].sum())
        good = total > (none + best) / 2  # past half way from nothing signed to the planner
        steady = np.logical_and.accumulate(good[::-1])[::-1]
        flips.append(float(prices[int(steady.argmax()), 0]) if steady.any() else float("nan"))
        deal = moca.search(seen, criterion="welfare", values="realised")
        signed += deal.theta is not None
        if deal.theta is not None:
            chosen.append(deal.theta[0])
    low, top = float(np.nanmin(flips)), float(np.nanmax(flips))
    above = float(np.mean(np.array(chosen) > threshold)) if chosen else 0.0
    checks = [
        Check(
            "MOCA: fee from which learned play pays early", f"{threshold:g} +- 0.02",
            f"{np.nanmean(flips):.3f} ({low:.2f} to {top:.2f}, {seeds} seeds)",
            bool(np.all(np.abs(np.array(flips) - threshold) <= 0.02 + 1e-6)),
        ),
        Check("MOCA: seeds in which all sign", f"{seeds}", f"{signed}", signed == seeds),
        Check(
            "MOCA: found fees above the exact threshold", f"all above {threshold:g}",
            f"{100 * above:.0f} % of those signed, {min(chosen, default=float('nan')):.2f} to "
            f"{max(chosen, default=float('nan')):.2f}", above == 1.0,
        ),
    ]
    notes = [
        "Above the threshold nothing is paid on the path, so all those fees are worth the same and the search picks "
        "among them by luck: only that it lies above is a finding."
    ]
    return checks, notes


__all__ = ["found_fee"]
