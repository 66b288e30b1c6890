"""The pole and the pendulum against motion derived again: forces solved as linear systems, in double precision."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.core.rollout import returns
from accord.games.classic import Acrobot, AcrobotState, CartPole, CartPoleState

KEY = jax.random.key(0)


def cart_pole(state: np.ndarray, action: int) -> np.ndarray:
    """One Euler step; accelerations from the two equations of force of cart and pole, solved together."""
    x, v, angle, spin = state
    cart, pole, half, gravity = 1.0, 0.1, 0.5, 9.8
    push = 10.0 if action == 1 else -10.0
    # (M + m) x'' + m l cos(a) a'' = F + m l sin(a) a'^2;  cos(a) x'' + 4/3 l a'' = g sin(a)
    left = [[cart + pole, pole * half * np.cos(angle)], [np.cos(angle), 4.0 / 3.0 * half]]
    moving, turning = np.linalg.solve(left, [push + pole * half * np.sin(angle) * spin**2, gravity * np.sin(angle)])
    return state + 0.02 * np.array([v, moving, spin, turning])


def lagrangian(angles: np.ndarray, spins: np.ndarray) -> float:
    """Kinetic less potential energy of two links of length, mass and inertia 1, from the places of their centres."""
    first, second = angles[0], angles[0] + angles[1]
    speed = np.array([np.cos(first), np.sin(first)]) * spins[0]
    lower = speed + 0.5 * np.array([np.cos(second), np.sin(second)]) * (spins[0] + spins[1])
    kinetic = 0.5 * (0.25 * speed @ speed + lower @ lower + spins[0] ** 2 + (spins[0] + spins[1]) ** 2)
    heights = -0.5 * np.cos(first), -np.cos(first) - 0.5 * np.cos(second)
    return float(kinetic - 9.8 * sum(heights))


def acrobot_slope(state: np.ndarray, torque: float) -> np.ndarray:
    """Euler and Lagrange's equations with numerical derivatives: no formula of the game is used."""
    angles, spins, h = state[:2], state[2:], 1e-3
    unit = np.eye(2)
    L = lagrangian
    force = np.array([(L(angles + h * e, spins) - L(angles - h * e, spins)) / (2 * h) for e in unit])
    momentum = lambda q, w: np.array([(L(q, w + h * e) - L(q, w - h * e)) / (2 * h) for e in unit])
    mass = np.array([(momentum(angles, spins + h * e) - momentum(angles, spins - h * e)) / (2 * h) for e in unit]).T
    drift = (momentum(angles + h * spins, spins) - momentum(angles - h * spins, spins)) / (2 * h)
    return np.concatenate([spins, np.linalg.solve(mass, force - drift + [0.0, torque])])


def acrobot(state: np.ndarray, action: int) -> np.ndarray:
    torque, tick = action - 1.0, 0.2
    a = acrobot_slope(state, torque)
    b = acrobot_slope(state + tick / 2 * a, torque)
    c = acrobot_slope(state + tick / 2 * b, torque)
    d = acrobot_slope(state + tick * c, torque)
    moved = state + tick / 6 * (a + 2 * b + 2 * c + d)
    moved[:2] = (moved[:2] + np.pi) % (2 * np.pi) - np.pi
    return np.clip(moved, [-np.inf, -np.inf, -4 * np.pi, -9 * np.pi], [np.inf, np.inf, 4 * np.pi, 9 * np.pi])


@pytest.mark.parametrize(
    ("game", "kind", "twin", "spread"),
    [(CartPole(), CartPoleState, cart_pole, 0.2), (Acrobot(), AcrobotState, acrobot, 2.0)],
    ids=["cart-pole", "acrobot"],
)
def test_the_motion_is_that_of_the_equations_of_force(game, kind, twin, spread):
    step, rng = jax.jit(game.step), np.random.default_rng(0)
    for _ in range(3):
        state = rng.uniform(-spread, spread, 4)
        for _ in range(40):
            action = int(rng.integers(game.actions.n))
            after, _ = step(kind(*jnp.asarray(state, jnp.float32)), jnp.asarray([action], jnp.int32), KEY)
            state = twin(state, action)
            gap = np.asarray(after) - state
            gap[:2] -= 2 * np.pi * np.round(gap[:2] / (2 * np.pi)) * isinstance(game, Acrobot)  # either side of pi
            np.testing.assert_allclose(gap, 0.0, atol=2e-4 * (1 + np.abs(state).max()))
            if np.abs(state).max() > 1e3:
                break


def test_a_golden_trajectory_of_the_pole():
    # By hand, from rest and upright, pushed right: x'' = F / (M + m - m 3/4) and a'' = -x'' 3/4 / l.
    game = CartPole()
    after, reward = game.step(CartPoleState(*jnp.zeros(4)), jnp.ones(1, jnp.int32), KEY)
    assert float(after.speed) == pytest.approx(0.02 * 10.0 / 1.025, rel=1e-6)
    assert float(after.spin) == pytest.approx(-0.02 * 1.5 * 10.0 / 1.025, rel=1e-6)
    assert float(after.place) == 0.0 and float(after.angle) == 0.0, "places move with the speeds of before"
    assert reward.tolist() == [1.0]


def test_the_pole_is_over_beyond_12_degrees_or_2_4_metres():
    game, over = CartPole(), lambda *state: bool(CartPole().terminal(CartPoleState(*jnp.asarray(state, jnp.float32))))
    assert over(0, 0, 0.2095, 0) and not over(0, 0, 0.2094, 0) and over(-2.41, 0, 0, 0) and not over(2.39, 9, 0, 9)
    assert game.horizon == 200


def test_the_pendulum_pays_for_every_step_but_the_one_that_gets_there():
    game = Acrobot()
    up = AcrobotState(*jnp.asarray([np.pi - 0.1, 0.0, 0.0, 0.0], jnp.float32))
    down = AcrobotState(*jnp.zeros(4))
    assert float(game.height(up)) == pytest.approx(2 * np.cos(0.1), rel=1e-6) and bool(game.terminal(up))
    assert not bool(game.terminal(down)) and float(game.height(down)) == -2.0
    rest = jnp.ones(1, jnp.int32)
    assert game.step(up, rest, KEY)[1].tolist() == [0.0] and game.step(down, rest, KEY)[1].tolist() == [-1.0]


def test_the_free_pendulum_keeps_its_energy():
    """Without torque nothing is lost but what Runge-Kutta loses: it falls as the fifth power of the step."""

    def drift(tick: float) -> float:
        class Fine(Acrobot):
            TICK = tick

        game, state = Fine(), AcrobotState(*jnp.asarray([0.4, 0.3, 0.0, 0.0], jnp.float32))
        still = lambda s: lagrangian(np.array(s[:2], float), np.zeros(2))  # less potential energy
        energy = lambda s: lagrangian(np.array(s[:2], float), np.array(s[2:], float)) - 2.0 * still(s)
        first = energy(state)
        for _ in range(round(2.0 / tick)):
            state, _ = game.step(state, jnp.ones(1, jnp.int32), KEY)
        return abs(energy(state) - first)

    assert drift(0.05) < 0.1 * drift(0.2) < 0.1


def test_play_by_a_known_rule():
    """Pushing to where the pole leans and turns keeps it up, pushing right does not; driving with the swing gets up."""
    game = CartPole()
    leaning = lambda x, key: ((x[:, 2] + 0.5 * x[:, 3] > 0).astype(jnp.int32), ())
    kept = np.asarray(returns(game, leaning, 8, KEY)[0])
    fallen = np.asarray(returns(game, lambda x, key: (jnp.ones(1, jnp.int32), ()), 8, KEY)[0])
    assert kept.min() > 100 and fallen.max() < 15
    pumping = lambda x, key: (jnp.where(x[:, 5] > 0, 2, 0).astype(jnp.int32), ())
    assert np.asarray(returns(Acrobot(), pumping, 8, KEY)[0]).min() > -500
