"""How to learn: the settings of PPO. Plain values; reading them loads no array library."""

from dataclasses import dataclass
from typing import Literal

from ..core.settings import bounded


@dataclass(frozen=True)
class PPOSettings:
    """How to learn. Defaults suit two CPU cores."""

    num_envs: int = bounded(256, 1, 1 << 20, "environments side by side; also the rows of one gradient block")
    num_steps: int = bounded(64, 1, 1 << 20, "steps of each environment per update")
    epochs: int = bounded(4, 1, 100, "passes over each batch")
    minibatches: int = bounded(4, 1, 10_000, "gradient steps per pass; divides num_steps")
    learning_rate: float = bounded(3e-3, 0.0, 1.0, "Adam step size at the start")
    final_learning_rate: float = bounded(1e-4, 0.0, 1.0, "Adam step size at the end; linear in between")
    gamma: float = bounded(0.99, 0.0, 1.0, "discount per step")
    lambda_: float = bounded(0.98, 0.0, 1.0, "trace decay of the advantage estimate")
    clip: float = bounded(0.2, 0.0, 10.0, "clip range of the probability ratio")
    value_weight: float = bounded(0.5, 0.0, 100.0, "weight of the value loss")
    entropy_weight: float = bounded(0.05, 0.0, 10.0, "weight of the entropy bonus at the start")
    final_entropy_weight: float = bounded(0.0, 0.0, 10.0, "weight of the entropy bonus at the end; linear in between")
    max_grad_norm: float = bounded(0.5, 0.0, 1e9, "gradient norm per agent beyond which it is scaled down")
    value_rate: float = bounded(0.05, 0.0, 1.0, "rate at which the value scale follows the returns")
    hidden: tuple[int, ...] = (64, 64)
    shared_trunk: bool = False
    encoder: Literal["dense", "conv"] = "dense"
    """What meets an image first: dense layers, or the released net's six 3x3 filters. Features need neither."""

    critic: Literal["whole", "parts"] = "whole"
    """What the critic foresees: an agent's return as a whole, or the rest of it and each of the game's cumulants."""

    box_head: Literal["beta", "gaussian"] = "beta"
    phases: int = bounded(8, 1, 1 << 20, "groups of environments whose episodes begin at different times")
