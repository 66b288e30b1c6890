"""Contracts on payments, payment by payment; and the game as the rest of the library sees it."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.payments import DelayFee, LeaderFollowerPact, LiquiditySharing, ThroughputRule
from accord.contracts.negotiate import Contracted, FixedTerms, Negotiated
from accord.contracts.space import settle
from accord.core.errors import BadSetting
from accord.core.rollout import random_policy, returns
from accord.games.payments.day import Day
from accord.games.payments.days import Days
from accord.games.payments.demand import PAPER_THREE, Ring, Steady, TwoBanks
from accord.games.payments.game import Payments
from accord.games.payments.ledger import Signals
from accord.testing import check_contract, check_game

ROUND = Payments(
    Ring(3, 0.2, periods=2),
    pay="counterparty", rounds=2, netting="partial", credit="priced", credit_limit=0.1, r_i=0.05,
    deadline=0, r_l=0.3, queue="bypass", bilateral_limit=0.3, multilateral_limit=0.5,
    view=("time", "new", "queue", "liquidity", "forecast", "pairs", "received", "due"),
)  # fmt: skip


def seen(n: int = 2, periods: int = 2, period: int = 1, **parts) -> Signals:
    """Signals that are zero but for some parts."""
    pairs, banks = jnp.zeros((n, n), jnp.float32), jnp.zeros(n, jnp.float32)
    empty = Signals(
        jnp.int32(period), banks, pairs, pairs, pairs, pairs, pairs, banks, pairs, jnp.zeros((n, periods), jnp.float32)
    )
    return empty._replace(**{name: jnp.asarray(part, jnp.float32) for name, part in parts.items()})


def theta(*terms: float):
    return jnp.asarray(terms, jnp.float32)


def near(payments, expected):
    np.testing.assert_allclose(payments, expected, atol=1e-7)


def test_a_late_bank_pays_the_one_that_it_owes():
    signals = seen(unsettled=[[0, 0.3], [0.1, 0]], queued=[[0, 0.3], [0, 0]], withheld=[[0, 0], [0.1, 0]])
    near(DelayFee().pays(theta(0.5), signals), [[0, 0.15], [0.05, 0]])
    near(settle(DelayFee().pays(theta(0.5), signals)), [-0.1, 0.1])
    willing = DelayFee(signal="submission").pays(theta(0.5), signals)
    near(willing, [[0, 0], [0.05, 0]])  # the first bank submitted all and had no liquidity: it is not fined
    with pytest.raises(BadSetting, match="settlement or submission"):
        DelayFee(signal="payment")


def test_the_signal_tells_the_unwilling_from_the_poor():
    """Two banks without liquidity: one submits all and the other one nothing."""
    game = Payments(TwoBanks((0.2, 0.0), (0.2, 0.0)), decisions="intraday", liquidity=0.0)
    key, actions = jax.random.key(0), jnp.asarray([20, 0], jnp.int32)
    before = game.init(key)
    signals = jax.jit(lambda a: game.signals(before, a, game.step(before, a, key)[0]))(actions)
    near(signals.unsettled, [[0, 0.2], [0.2, 0]])
    near(signals.queued, [[0, 0.2], [0, 0]])
    near(signals.withheld, [[0, 0], [0.2, 0]])
    assert int(signals.period) == 1


def test_the_pact_pays_at_its_hour_only():
    pact, flows = LeaderFollowerPact(), {"flow": [[0, 0.4], [0.9, 0]], "unsettled": [[0, 0.1], [0.7, 0]]}
    near(pact.pays(theta(0.5, 0.2), seen(**flows)), [[0, 0.02], [0.2, 0]])
    near(pact.pays(theta(0.5, 0.2), seen(period=2, **flows)), np.zeros((2, 2)))
    near(LeaderFollowerPact(leader=1, follower=0).pays(theta(0.5, 0.2), seen(**flows)), [[0, 0.45], [0.14, 0]])
    for wrong in ({"leader": 1}, {"by": 0}, {"follower": -1}):
        with pytest.raises(BadSetting, match="two banks and a period"):
            LeaderFollowerPact(**wrong)
    with pytest.raises(BadSetting, match="there are 2 banks"):
        LeaderFollowerPact(follower=2).pays(theta(0.1, 0.1), seen())


def test_what_is_spent_of_others_liquidity_is_paid_for():
    """Bank 0 posted 0.1 and has paid 0.3, of which 0.15 now: 0.15 of the 0.2 that came from others is new."""
    signals = seen(
        3, posted=[0.1, 0.2, 0.3], sent=[[0.15, 0.15], [0.1, 0], [0.3, 0]],
        settled=[[0, 0.15, 0], [0, 0, 0], [0, 0, 0]], flow=[[0, 0.3, 0], [0.1, 0, 0], [0.3, 0, 0]],
    )  # fmt: skip
    near(LiquiditySharing().pays(theta(0.4), signals), [[0, 0.015, 0.045], [0, 0, 0], [0, 0, 0]])
    nothing_posted = signals._replace(posted=jnp.zeros(3, jnp.float32))
    near(LiquiditySharing().pays(theta(0.4), nothing_posted), np.zeros((3, 3)))


def test_who_is_behind_the_guideline_pays_those_who_are_not():
    flow = [[0, 0.4, 0], [0, 0, 0.4], [0.2, 0, 0]]
    signals = seen(3, period=2, flow=flow, sent=[[0.1, 0.3], [0.2, 0], [0.2, 0]])
    near(ThroughputRule().pays(theta(0.5), signals), [[0, 0.025, 0.025], [0, 0, 0], [0, 0, 0]])
    near(ThroughputRule().pays(theta(0.5), signals._replace(period=jnp.int32(1))), np.zeros((3, 3)))
    strict = ThroughputRule(guideline=((1, 0.5), (2, 1.0)))  # the second has borrowed for half of its value
    near(strict.pays(theta(0.5), signals), [[0, 0, 0.05], [0, 0, 0.1], [0, 0, 0]])
    late = signals._replace(sent=jnp.zeros((3, 2), jnp.float32))
    near(ThroughputRule().pays(theta(0.5), late), np.zeros((3, 3)))  # nobody complies
    with pytest.raises(BadSetting, match="periods 1 to 2"):
        ThroughputRule(guideline=((3, 0.5),)).pays(theta(0.5), signals)


def test_a_contract_among_three_banks():
    check_contract(Payments(Steady(3, periods=1), decisions="intraday", liquidity=0.1), LiquiditySharing(), steps=2)


# --------------------------------------------------------------------------------------------------------- the game


def test_every_rule_at_once_batches():
    check_game(ROUND, steps=3)


def test_tickets_batch_too():
    game = Payments(Days(days=3, periods=2, tickets=2), pay="ticket", decisions="intraday", liquidity=0.25)
    assert len(game.actions) == 4 and game.rules.lumps is not None
    check_game(game, steps=2)


def test_negotiation_and_a_day_as_one_move():
    day = Day(Contracted(Payments(PAPER_THREE, decisions="liquidity"), DelayFee(), FixedTerms((0.1,))))
    assert (day.horizon, day.actions.n, day.action_names) == (1, 21, ())
    value, _ = jax.jit(lambda k: returns(day, random_policy(day), 8, k))(jax.random.key(0))
    assert value.shape == (2, 8) and float(value.max()) <= 0.1
    talks = Negotiated(Payments(decisions="liquidity"), DelayFee())
    assert talks.horizon == 5 and talks.actions["play"].n == 21


def test_what_a_bank_sees():
    game, key = Payments(PAPER_THREE), jax.random.key(0)
    near(game.observe(game.init(key)), [[0, 0, 0, 0], [0, 0, 0, 0]])
    actions = {"liquidity": jnp.asarray([3, 4], jnp.int32), "pay": jnp.asarray([20, 10], jnp.int32)}
    step = jax.jit(game.step)
    first, rewards = step(game.init(key), actions, key)
    near(rewards, [-0.015, -0.02])
    near(game.observe(first), [[1 / 3, 0.2, 0.2, 0.15], [1 / 3, 0.2, 0.2, 0.2]])
    second, rewards = step(first, actions, key)
    near(game.observe(second), [[2 / 3, 0.2, 0.25, 0.1], [2 / 3, 0.2, 0.3, 0.25]])
    near(rewards, [-0.2 * 0.05, -0.2 * 0.1])
    alone = dataclasses.replace(game, decisions="liquidity")
    near(alone.observe(alone.init(key)), [[0.2, 0.2, 0.0]] * 2)
    all_parts = ROUND.observe(ROUND.init(key))
    assert all_parts.shape == (3, 5 + 2 + 2 + 1)
    assert "bank 1: balance 300000; owes 360000 to 0; delay cost 0.02" in game.describe(second)
    assert game.describe(first).startswith("period 1")


def test_what_is_measured_adds_up_to_the_reward():
    game, key = Payments(Steady()), jax.random.key(3)
    state = game.init(key)
    actions = {"liquidity": jnp.asarray([1, 2], jnp.int32), "pay": jnp.asarray([10, 20], jnp.int32)}

    @jax.jit
    def step(state):
        after, rewards = game.step(state, actions, key)
        return after, rewards, game.measure(state, actions, after)

    for _ in range(game.horizon):
        state, rewards, metrics = step(state)
        near(rewards, -sum(value for name, value in metrics.items() if name.endswith("_cost")))
    assert game.terminal(state)
    near(metrics["posted"], [0.05, 0.1])
