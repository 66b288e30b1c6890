"""Schemes: how agents come to learn. Each says only what differs from the one learner on the plain game."""

from collections.abc import Callable
from dataclasses import dataclass

from ...contracts.joint import Joint
from ...contracts.negotiate import Contracted, RandomTerms
from ...contracts.space import AbstractContractSpace
from ...core.game import AbstractGame


@dataclass(frozen=True)
class Scheme:
    """A name, a label for people, and the institution under which PPO learns."""

    name: str
    label: str
    game: Callable[[AbstractGame, AbstractContractSpace | None, RandomTerms], AbstractGame]


SEPARATE = Scheme("separate", "Each for itself", lambda game, space, terms: game)
JOINT = Scheme("joint", "One controller", lambda game, space, terms: Joint(game))
MOCA = Scheme("moca", "Free to sign", lambda game, space, terms: Contracted(game, _needed(space), terms))
SCHEMES = {scheme.name: scheme for scheme in (SEPARATE, JOINT, MOCA)}


def _needed(space: AbstractContractSpace | None) -> AbstractContractSpace:
    if space is None:
        from ...core.errors import BadSetting

        raise BadSetting("The scheme 'moca' needs a contract space. Name one, such as space=cleaning-wage.")
    return space
