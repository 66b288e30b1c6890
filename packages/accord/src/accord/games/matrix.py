"""Games of one move: payoffs in a table."""

from typing import Any, ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..core.errors import BadGame
from ..core.game import AbstractGame, Discrete
from ..core.types import Array, Bool, Float, Int, Metrics, PRNGKeyArray, Rewards


class MatrixState(NamedTuple):
    """Whether the one move is made."""

    over: Bool[Array, ""]


class MatrixGame(AbstractGame):
    """A game in normal form, played once: everybody moves at the same time, then it is over.

    `payoffs[i][a_0][a_1]...` is what agent i gets when agent 0 plays a_0, agent 1 plays a_1, and so on: nested tuples,
    one level for the agents and one for each agent's action. All agents have the same number of actions. There is
    nothing to see: the observation is the constant 1.
    """

    payoffs: tuple[Any, ...]
    labels: tuple[str, ...] = ()
    num_agents: int = 2

    version: ClassVar[int] = 1
    horizon: ClassVar[int] = 1

    def __check_init__(self) -> None:
        try:
            shape = np.asarray(self.payoffs, np.float32).shape
        except ValueError as error:
            raise BadGame("Payoffs are ragged: every agent needs a number for every combination of actions.") from error
        n = self.num_agents
        if shape[:1] != (n,) or len(shape) != n + 1 or len(set(shape[1:])) != 1:
            raise BadGame(
                f"Payoffs have shape {shape}, expected (agents, actions, ..., actions) with num_agents={n}, one axis "
                f"of actions per agent and all of one length: {n + 1} axes. Set num_agents, or mend the table."
            )
        if self.labels and len(self.labels) != shape[1]:
            raise BadGame(f"labels={self.labels} name {len(self.labels)} actions, the table has {shape[1]}.")

    @property
    def table(self) -> Float[np.ndarray, "..."]:
        """The payoffs as an array, `[agents, actions, ..., actions]`."""
        return np.asarray(self.payoffs, np.float32)

    @property
    def actions(self) -> Discrete:
        """As many as the table has rows."""
        return Discrete(self.table.shape[1])

    @property
    def action_names(self) -> tuple[str, ...]:
        """`labels`, or numbers."""
        return self.labels or tuple(str(a) for a in range(self.table.shape[1]))

    def init(self, key: PRNGKeyArray) -> MatrixState:
        """Nobody has moved."""
        return MatrixState(jnp.zeros((), bool))

    def step(self, state: MatrixState, actions: Int[Array, "agents"], key: PRNGKeyArray) -> tuple[MatrixState, Rewards]:
        """Pay what the table says."""
        return MatrixState(jnp.ones((), bool)), self.pay(actions)

    def pay(self, actions: Int[Array, "agents"]) -> Rewards:
        """The table's entry, as a sum over entries of which all but one are masked: no look-up by index."""
        n, count = self.num_agents, self.table.shape[1]
        hit = jnp.ones((1,) * n, bool)
        for agent in range(n):
            shape = [1] * n
            shape[agent] = count
            own = actions[agent] == jnp.arange(count, dtype=jnp.int32)
            hit = hit & own.reshape(shape)
        zero = jnp.float32(0.0)
        return jnp.stack([jnp.sum(jnp.where(hit, jnp.asarray(part), zero)) for part in self.table])

    def outcomes(
        self, state: MatrixState, actions: Int[Array, "agents"]
    ) -> tuple[Float[Array, "outcomes"], MatrixState, Float[Array, "outcomes agents"]]:
        """Probabilities, next states and rewards of everything that a joint action can lead to: here, one thing."""
        return jnp.ones(1, jnp.float32), MatrixState(jnp.ones(1, bool)), self.pay(actions)[None]

    def observe(self, state: MatrixState) -> Float[Array, "agents 1"]:
        """Nothing: a constant."""
        return jnp.ones((self.num_agents, 1), jnp.float32)

    def terminal(self, state: MatrixState) -> Bool[Array, ""]:
        """After the one move."""
        return state.over

    def measure(self, before: MatrixState, actions: Int[Array, "agents"], after: MatrixState) -> Metrics:
        """For each action, who played it."""
        return {name: (actions == a).astype(jnp.float32) for a, name in enumerate(self.action_names)}

    def describe(self, state: MatrixState) -> str:
        """The table, while there is something to decide (for two agents: row player, column player)."""
        if state.over:
            return "over"
        if self.num_agents != 2:
            return f"{self.num_agents} agents choose among {', '.join(self.action_names)}"
        first, second = self.table
        cells = [[f"{a:g}, {b:g}" for a, b in zip(*rows, strict=True)] for rows in zip(first, second, strict=True)]
        wide = max(len(text) for text in (*self.action_names, *(cell for row in cells for cell in row)))
        lines = [" ".join([" " * wide, *(name.rjust(wide) for name in self.action_names)])]
        for name, row in zip(self.action_names, cells, strict=True):
            lines.append(" ".join([name.ljust(wide), *(cell.rjust(wide) for cell in row)]))
        return "\n".join(lines)


def symmetric(
    reward: float, sucker: float, temptation: float, punishment: float, *, labels: tuple[str, str]
) -> MatrixGame:
    """A symmetric game of two agents with two actions, the cooperative one first.

    Args:
        reward: for each, if both cooperate.
        sucker: for the one who cooperates alone.
        temptation: for the one who defects alone.
        punishment: for each, if both defect.
        labels: names of the two actions.
    """
    rows = ((reward, sucker), (temptation, punishment))
    columns = ((reward, temptation), (sucker, punishment))
    return MatrixGame((rows, columns), labels)


def prisoners_dilemma() -> MatrixGame:
    """Temptation 3 > reward 2 > punishment 1 > sucker 0: defecting is dominant, and all lose by it.

    Source: Rapoport and Chammah 1965, "Prisoner's Dilemma" (the order T > R > P > S and 2R > T + S). The numbers are
    the plainest in that order; those of Christoffersen et al. 2023 are not in the released code.
    """
    return symmetric(2.0, 0.0, 3.0, 1.0, labels=("cooperate", "defect"))


def stag_hunt() -> MatrixGame:
    """Reward 4 > temptation 3 > punishment 2 > sucker 0: two equilibria, the better one is the riskier one.

    Source: the order R > T >= P > S of Skyrms 2004, "The Stag Hunt and the Evolution of Social Structure". Hare is
    risk-dominant here (2 + 3 > 4 + 0; Harsanyi and Selten 1988), which makes it more than a choice of the obvious.
    """
    return symmetric(4.0, 0.0, 3.0, 2.0, labels=("stag", "hare"))


def chicken() -> MatrixGame:
    """Temptation 4 > reward 3 > sucker 1 > punishment 0: each wants to be the one who does not give way.

    Source: the order T > R > S > P of Rapoport and Chammah 1966, "The game of chicken". The numbers make it best for
    both together that both swerve (2R > T + S).
    """
    return symmetric(3.0, 1.0, 4.0, 0.0, labels=("swerve", "straight"))


def harmony() -> MatrixGame:
    """Reward 3 > temptation 2 > sucker 1 > punishment 0: cooperating is dominant; the control without a dilemma.

    Source: the order R > T > S > P, the fourth corner of the plane of two-by-two dilemmas in Santos, Pacheco and
    Lenaerts 2006 (PNAS 103:3490).
    """
    return symmetric(3.0, 1.0, 2.0, 0.0, labels=("cooperate", "defect"))
