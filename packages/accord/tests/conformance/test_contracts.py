"""Every contract space keeps its promises on every game that names it, and every institution gives a game."""

import pytest
from commons import AnyPayments, Commons

from accord.contracts.joint import Joint
from accord.contracts.negotiate import Contracted, FixedTerms, Negotiated
from accord.core.registry import GAMES, SPACES
from accord.testing import check_contract, check_institution

PAIRS = [(entry.name, space) for entry in GAMES.entries() for space in entry.spaces]


@pytest.mark.parametrize(("game", "space"), PAIRS)
def test_library_space(game: str, space: str):
    check_contract(GAMES.make(game), SPACES.make(space))


def test_every_space_is_used_by_a_game():
    assert {space for _, space in PAIRS} == set(SPACES.names())


@pytest.mark.parametrize(
    "make", [Joint, lambda game: Negotiated(game, AnyPayments(game.num_agents))], ids=["joint", "negotiated"]
)
def test_institution(make):
    check_institution(make)


@pytest.mark.parametrize(
    "make",
    [
        lambda game: Joint(Contracted(game, AnyPayments(game.num_agents))),
        lambda game: Contracted(Contracted(game, AnyPayments(3)), AnyPayments(3), FixedTerms((0.5,) * 18)),
    ],
    ids=["joint-contracted", "contract-on-contract"],
)
def test_institutions_compose(make):
    check_institution(make, [Commons()])
