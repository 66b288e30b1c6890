"""The two classic problems of control with one agent: a pole on a cart, and a double pendulum to swing up.

They are here so that agents whose results are known elsewhere can be compared in this project's own loop. Both are
deterministic after the first state, and written for one environment, number by number.
"""

from typing import ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..core.game import AbstractGame, Discrete
from ..core.random import uniform
from ..core.types import Array, Bool, Float, Int, Metrics, PRNGKeyArray, Rewards

GRAVITY = 9.8
"""Metres per second squared."""


class CartPoleState(NamedTuple):
    """Metres, metres per second, radians from upright, radians per second."""

    place: Float[Array, ""]
    speed: Float[Array, ""]
    angle: Float[Array, ""]
    spin: Float[Array, ""]


class CartPole(AbstractGame):
    """Push a cart left or right so that the pole on it does not fall: 1 for every step, the last one included.

    Over when the pole leans more than 12 degrees or the cart is more than 2.4 m off. Euler steps of 0.02 s: places move
    with the speeds of before. The first state is uniform in [-0.05, 0.05]^4.

    Source: Barto, Sutton and Anderson 1983, with the constants, the Euler step and the time limit of 200 that Gym's
    CartPole-v0 made usual (recalled; tests derive the motion again from the equations of force).
    """

    horizon: int = 200

    num_agents: ClassVar[int] = 1
    version: ClassVar[int] = 1
    actions: ClassVar[Discrete] = Discrete(2)
    action_names: ClassVar[tuple[str, ...]] = ("left", "right")
    source: ClassVar[str] = "Barto, Sutton and Anderson 1983; constants as in Gym's CartPole-v0"

    CART: ClassVar[float] = 1.0
    POLE: ClassVar[float] = 0.1
    HALF: ClassVar[float] = 0.5
    FORCE: ClassVar[float] = 10.0
    TICK: ClassVar[float] = 0.02
    WIDEST: ClassVar[float] = 2.4
    STEEPEST: ClassVar[float] = float(np.deg2rad(12.0))
    """Masses (kg), half the pole's length (m), push (N), seconds a step, limits of place (m) and angle (rad)."""

    def init(self, key: PRNGKeyArray) -> CartPoleState:
        """Close to upright, close to rest."""
        return CartPoleState(*(0.1 * uniform(key, 4) - 0.05))

    def step(
        self, state: CartPoleState, actions: Int[Array, "agents"], key: PRNGKeyArray
    ) -> tuple[CartPoleState, Rewards]:
        """One Euler step under the push."""
        push = jnp.where(actions[0] == 1, self.FORCE, -self.FORCE)
        cos, sin, whole = jnp.cos(state.angle), jnp.sin(state.angle), self.CART + self.POLE
        pulled = (push + self.POLE * self.HALF * state.spin * state.spin * sin) / whole
        turning = (GRAVITY * sin - cos * pulled) / (self.HALF * (4.0 / 3.0 - self.POLE * cos * cos / whole))
        moving = pulled - self.POLE * self.HALF * turning * cos / whole
        after = CartPoleState(
            state.place + self.TICK * state.speed,
            state.speed + self.TICK * moving,
            state.angle + self.TICK * state.spin,
            state.spin + self.TICK * turning,
        )
        return after, jnp.ones(1, jnp.float32)

    def observe(self, state: CartPoleState) -> Float[Array, "agents 4"]:
        """The four numbers of the state."""
        return jnp.stack(state)[None]

    def terminal(self, state: CartPoleState) -> Bool[Array, ""]:
        """Fallen, or off the track."""
        return (jnp.abs(state.place) > self.WIDEST) | (jnp.abs(state.angle) > self.STEEPEST)

    def measure(self, before: CartPoleState, actions: Int[Array, "agents"], after: CartPoleState) -> Metrics:
        """How far the pole leans, radians."""
        return {"lean": jnp.abs(after.angle)}

    def describe(self, state: CartPoleState) -> str:
        """Where the cart is, and how the pole leans."""
        return f"cart at {float(state.place):+.3f} m, pole leans {np.rad2deg(float(state.angle)):+.2f} degrees"


class AcrobotState(NamedTuple):
    """Radians of the upper link from hanging down, of the lower link from the upper; radians per second of both."""

    upper: Float[Array, ""]
    lower: Float[Array, ""]
    upper_spin: Float[Array, ""]
    lower_spin: Float[Array, ""]


class Acrobot(AbstractGame):
    """Swing a double pendulum, driven at its elbow only, above a line one link over the hinge: -1 a step until then.

    The step that gets there costs nothing. A step is 0.2 s by one fourth-order Runge-Kutta step; spins are cut at 4 pi
    and 9 pi; angles are kept in [-pi, pi). The first state is uniform in [-0.1, 0.1]^4.

    Source: Sutton 1996, "Generalization in reinforcement learning: successful examples using sparse coarse coding",
    with the equations of Sutton and Barto's book and the constants and time limit of Gym's Acrobot-v1 (recalled; tests
    derive the motion again from the mass matrix).
    """

    horizon: int = 500

    num_agents: ClassVar[int] = 1
    version: ClassVar[int] = 1
    actions: ClassVar[Discrete] = Discrete(3)
    action_names: ClassVar[tuple[str, ...]] = ("turn back", "let go", "turn on")
    source: ClassVar[str] = "Sutton 1996; constants as in Gym's Acrobot-v1"

    TICK: ClassVar[float] = 0.2
    FASTEST: ClassVar[tuple[float, float]] = (4.0 * float(np.pi), 9.0 * float(np.pi))
    """Seconds a step; how fast each link may spin. Links have length, mass and inertia 1, their centres halfway."""

    def init(self, key: PRNGKeyArray) -> AcrobotState:
        """Close to hanging, close to rest."""
        return AcrobotState(*(0.2 * uniform(key, 4) - 0.1))

    def accelerations(self, state: AcrobotState, torque: Array) -> tuple[Array, Array]:
        """Of both links under a torque at the elbow, radians per second squared."""
        bend, sway = jnp.cos(state.lower), 0.5 * jnp.sin(state.lower)
        whole, coupled, own = 3.5 + bend, 1.25 + 0.5 * bend, 1.25  # the mass matrix's three entries
        falls = 0.5 * GRAVITY * jnp.sin(state.upper + state.lower)
        pull = 1.5 * GRAVITY * jnp.sin(state.upper) + falls
        pull = pull - sway * (state.lower_spin * state.lower_spin + 2.0 * state.upper_spin * state.lower_spin)
        free = torque + coupled / whole * pull - sway * state.upper_spin * state.upper_spin - falls
        lower = free / (own - coupled * coupled / whole)
        return -(coupled * lower + pull) / whole, lower

    def step(
        self, state: AcrobotState, actions: Int[Array, "agents"], key: PRNGKeyArray
    ) -> tuple[AcrobotState, Rewards]:
        """One Runge-Kutta step under the torque."""
        torque = actions[0].astype(jnp.float32) - 1.0
        slope = lambda at: AcrobotState(at.upper_spin, at.lower_spin, *self.accelerations(at, torque))
        along = lambda by, way: AcrobotState(*(x + by * v for x, v in zip(state, way, strict=True)))
        first = slope(state)
        second = slope(along(0.5 * self.TICK, first))
        third = slope(along(0.5 * self.TICK, second))
        fourth = slope(along(self.TICK, third))
        moved = [
            x + self.TICK / 6.0 * (a + 2.0 * b + 2.0 * c + d)
            for x, a, b, c, d in zip(state, first, second, third, fourth, strict=True)
        ]
        cut = lambda spin, most: jnp.clip(spin, -most, most)
        fast, faster = self.FASTEST
        after = AcrobotState(_turned(moved[0]), _turned(moved[1]), cut(moved[2], fast), cut(moved[3], faster))
        return after, jnp.where(self.terminal(after), 0.0, -1.0)[None]

    def observe(self, state: AcrobotState) -> Float[Array, "agents 6"]:
        """Cosine and sine of both angles, then both spins."""
        angles = (jnp.cos(state.upper), jnp.sin(state.upper), jnp.cos(state.lower), jnp.sin(state.lower))
        return jnp.stack((*angles, state.upper_spin, state.lower_spin))[None]

    def height(self, state: AcrobotState) -> Float[Array, ""]:
        """Of the tip over the hinge, in lengths of a link: from -2 to 2."""
        return -jnp.cos(state.upper) - jnp.cos(state.upper + state.lower)

    def terminal(self, state: AcrobotState) -> Bool[Array, ""]:
        """The tip is above the line."""
        return self.height(state) > 1.0

    def measure(self, before: AcrobotState, actions: Int[Array, "agents"], after: AcrobotState) -> Metrics:
        """How high the tip is."""
        return {"height": self.height(after)}

    def describe(self, state: AcrobotState) -> str:
        """How both links hang, and how high the tip is."""
        upper, lower = np.rad2deg(float(state.upper)), np.rad2deg(float(state.lower))
        return f"upper {upper:+.1f}, lower {lower:+.1f} degrees, tip at {float(self.height(state)):+.2f}"


def _turned(angle: Float[Array, ""]) -> Float[Array, ""]:
    """The same angle in [-pi, pi)."""
    return angle - 2.0 * np.pi * jnp.floor((angle + np.pi) / (2.0 * np.pi))
