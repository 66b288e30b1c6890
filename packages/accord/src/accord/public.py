"""Every public name, once. `accord` gives them lazily; here they are imported.

Modules not named here (`accord.testing`, `accord.games.grid`, …) are public too where their names have no underscore.
"""

from .contracts.joint import Joint
from .contracts.library.cleanup import CleaningWage
from .contracts.library.matrix import DefectionFine
from .contracts.library.public_goods import WithholdingFine
from .contracts.negotiate import AbstractTerms, Contracted, Deal, FixedTerms, Negotiated, NoTerms, RandomTerms
from .contracts.signing import WithSigning
from .contracts.space import AbstractContractSpace, from_others, settle, to_others
from .core.errors import (
    AccordError,
    BadCheckpoint,
    BadGame,
    BadSetting,
    BadTerms,
    Diverged,
    StorageError,
    UnknownName,
)
from .core.game import AbstractGame, AbstractInstitution, Box, Discrete, Transition
from .core.registry import GAMES, SPACES, Entry
from .core.rollout import Progress, Trajectory, random_policy, returns, rollout, start
from .core.settings import from_toml, override, to_toml
from .games.cleanup import Cleanup
from .games.grid.maps import GridMap
from .games.matrix import MatrixGame, chicken, harmony, prisoners_dilemma, stag_hunt
from .games.public_goods import PublicGoods
from .learn.loop import train
from .learn.ppo import PPO, policy_of
from .learn.settings import PPOSettings

__all__ = [
    "GAMES",
    "PPO",
    "SPACES",
    "AbstractContractSpace",
    "AbstractGame",
    "AbstractInstitution",
    "AbstractTerms",
    "AccordError",
    "BadCheckpoint",
    "BadGame",
    "BadSetting",
    "BadTerms",
    "Box",
    "CleaningWage",
    "Cleanup",
    "Contracted",
    "Deal",
    "DefectionFine",
    "Discrete",
    "Diverged",
    "Entry",
    "FixedTerms",
    "GridMap",
    "Joint",
    "MatrixGame",
    "Negotiated",
    "NoTerms",
    "PPOSettings",
    "Progress",
    "PublicGoods",
    "RandomTerms",
    "StorageError",
    "Trajectory",
    "Transition",
    "UnknownName",
    "WithSigning",
    "WithholdingFine",
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
    "stag_hunt",
    "start",
    "to_others",
    "to_toml",
    "train",
]
