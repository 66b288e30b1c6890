"""Every public name, once. `accord` gives them lazily; here they are imported.

Modules not named here (`accord.testing`, `accord.games.grid`, …) are public too where their names have no underscore.
"""

from .contracts.joint import Joint
from .contracts.library.brook import BrookWage
from .contracts.library.cleanup import CleaningWage
from .contracts.library.matrix import DefectionFine
from .contracts.library.payments import DelayFee, LeaderFollowerPact, LiquiditySharing, ThroughputRule
from .contracts.library.public_goods import WithholdingFine
from .contracts.negotiate import AbstractTerms, Contracted, Deal, FixedTerms, Negotiated, NoTerms, RandomTerms
from .contracts.signing import WithSigning
from .contracts.space import AbstractContractSpace, from_others, settle, to_others
from .core.errors import (
    AccordError,
    BadCheckpoint,
    BadGame,
    BadPayments,
    BadSetting,
    BadTerms,
    Diverged,
    StorageError,
    UnknownName,
)
from .core.finite import AbstractFiniteGame
from .core.game import AbstractGame, AbstractInstitution, Box, Discrete, Transition
from .core.registry import GAMES, SPACES, Entry
from .core.rollout import Progress, Trajectory, random_policy, returns, rollout, start
from .core.settings import from_toml, override, to_toml
from .games.brook import Brook
from .games.classic import Acrobot, CartPole
from .games.cleanup import Cleanup
from .games.clocked import Clocked
from .games.grid.maps import GridMap
from .games.matrix import MatrixGame, chicken, harmony, prisoners_dilemma, stag_hunt
from .games.payments.game import Payments
from .games.public_goods import PublicGoods
from .learn.loop import train
from .learn.ppo import PPO, policy_of
from .learn.reinforce import Reinforce, ReinforceSettings
from .learn.settings import PPOSettings
from .solve.answer import solve_game
from .solve.proof.certify import certify
from .solve.question import Question
from .solve.result import Solution
from .solve.tables.normal import NormalForm
from .solve.tables.tabular import Tabular
from .solve.tables.tabulate import TooLarge, tabulate

__all__ = [
    "GAMES",
    "PPO",
    "SPACES",
    "AbstractContractSpace",
    "AbstractFiniteGame",
    "AbstractGame",
    "AbstractInstitution",
    "AbstractTerms",
    "AccordError",
    "Acrobot",
    "BadCheckpoint",
    "BadGame",
    "BadPayments",
    "BadSetting",
    "BadTerms",
    "Box",
    "Brook",
    "BrookWage",
    "CartPole",
    "CleaningWage",
    "Cleanup",
    "Clocked",
    "Contracted",
    "Deal",
    "DefectionFine",
    "DelayFee",
    "Discrete",
    "Diverged",
    "Entry",
    "FixedTerms",
    "GridMap",
    "Joint",
    "LeaderFollowerPact",
    "LiquiditySharing",
    "MatrixGame",
    "Negotiated",
    "NoTerms",
    "NormalForm",
    "PPOSettings",
    "Payments",
    "Progress",
    "PublicGoods",
    "Question",
    "RandomTerms",
    "Reinforce",
    "ReinforceSettings",
    "Solution",
    "StorageError",
    "Tabular",
    "ThroughputRule",
    "TooLarge",
    "Trajectory",
    "Transition",
    "UnknownName",
    "WithSigning",
    "WithholdingFine",
    "certify",
    "chicken",
    "from_others",
    "from_toml",
    "harmony",
    "override",
    "policy_of",
    "prisoners_dilemma",
    "random_policy",
    "returns",
    "rollout",
    "settle",
    "solve_game",
    "stag_hunt",
    "start",
    "tabulate",
    "to_others",
    "to_toml",
    "train",
]
