"""The whole question at once, against closed forms: what is found, who signs, what is certified, what is refused."""

import dataclasses
from fractions import Fraction as F

import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.brook import BrookWage
from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.contracts.signing import WithSigning
from accord.contracts.space import AbstractContractSpace, to_others
from accord.core.errors import BadGame, BadSetting
from accord.games.brook import Brook
from accord.games.cleanup import Cleanup
from accord.games.matrix import MatrixGame, chicken, harmony, prisoners_dilemma, stag_hunt
from accord.games.public_goods import PublicGoods
from accord.solve.answer import solve_game
from accord.solve.question import Question
from accord.solve.result import Solution
from accord.solve.tables.planner import evaluate, optimal
from accord.solve.tables.tabulate import tabulate
from accord.solve.tables.unrolled import unrolled

NAIVE = Question(signing=False, acceptance="simultaneous")


def test_the_prisoners_dilemma_is_solved():
    found = solve_game(prisoners_dilemma(), DefectionFine(), name="prisoners-dilemma")
    assert found.game.kind == "prisoner's dilemma" and found.optimum == 4
    assert [e.payoffs for e in found.before.found] == [(1, 1)] and found.before.extent == "complete"
    assert [(p.low, p.high, p.low_closed, p.high_closed, p.welfare) for p in found.prices] == [
        (0, 1, True, False, (2,)), (1, 1, True, True, (2, 3, 4)), (1, 3, False, True, (4,)),
    ]  # fmt: skip
    assert found.cheapest.theta == (1,) and not found.cheapest.attained and found.cheapest.mode == "dominant"
    first = found.negotiation.offers[0]
    assert found.negotiation.efficient and first.signed and first.payoffs == (3, 1) and sum(first.lump) == 0
    assert found.negotiation.outside == (1, 1) and found.negotiation.shares == (1, 0)
    proof = found.certificate
    assert proof.holds and proof.unique and proof.exact and proof.values == (3, 1) and proof.surplus == (2, 0)


def test_price_alone_and_simultaneous_votes_leave_bad_equilibria():
    found = solve_game(prisoners_dilemma(), DefectionFine(), NAIVE)
    assert not found.negotiation.efficient and 4 in found.negotiation.welfare and 3 in found.negotiation.welfare
    three = solve_game(PublicGoods(num_agents=3, levels=2, multiplier=1.5), WithholdingFine(), NAIVE)
    assert three.negotiation.welfare[0] == 0 and three.negotiation.welfare[-1] == F(3, 2)


@pytest.mark.parametrize("agents", [2, 3, 4, 5])
def test_public_goods_need_the_private_loss_of_investing(agents):
    game = PublicGoods(num_agents=agents, levels=2)
    found = solve_game(game, WithholdingFine(), Question(terms=7))
    assert found.optimum == F(agents, 5) and (found.before.low, found.before.high) == (0, 0)
    assert found.cheapest.theta == (1 - F(6, 5) / agents,) and not found.cheapest.attained
    assert found.negotiation.efficient and found.negotiation.offers[0].payoffs[0] == found.optimum
    assert found.certificate.holds and found.certificate.unique


def test_the_other_two_by_two_games():
    hunt = solve_game(stag_hunt(), DefectionFine())
    assert hunt.game.kind == "stag hunt" and hunt.cheapest.theta == (2,) and hunt.negotiation.welfare == (8,)
    assert {e.payoffs for e in hunt.before.found} == {(4, 4), (2, 2), (F(8, 3), F(8, 3))}
    road = solve_game(chicken(), DefectionFine())
    assert road.game.kind == "chicken" and road.cheapest.theta == (1,) and road.negotiation.efficient
    easy = solve_game(harmony(), DefectionFine())
    assert easy.cheapest.theta == (0,) and easy.cheapest.attained and easy.negotiation.welfare == (6,)


def test_play_that_remembers_which_offer_was_refused_breaks_the_theorem():
    free = solve_game(chicken(), DefectionFine(), Question(disagreement="free"))
    assert not free.negotiation.efficient and min(free.negotiation.welfare) < 6


def test_another_target_can_be_asked_for():
    found = solve_game(harmony(), DefectionFine(), Question(target=(1, 1)))
    assert not found.cheapest.feasible and "still gains" in found.cheapest.nearest and found.cheapest.proof
    assert found.cheapest.nearest.endswith("the best that it can bring about is cooperate, cooperate (6 together)")
    with pytest.raises(BadSetting, match="many steps"):
        solve_game(Brook(cells=3, trees=1, most=2, horizon=3), None, Question(target=(0, 1)))


def test_lump_sums_of_the_space_itself_are_the_signing_payments():
    space = WithSigning(DefectionFine(), num_agents=2, limit=3.0)
    assert solve_game(prisoners_dilemma(), space).negotiation.offers[0].payoffs == (3, 1)


def test_a_game_without_a_pure_equilibrium():
    pennies = MatrixGame((((1.0, -1.0), (-1.0, 1.0)), ((-1.0, 1.0), (1.0, -1.0))))
    found = solve_game(pennies, None)
    assert [e.payoffs for e in found.before.found] == [(0, 0)] and found.before.found[0].mixed
    cycle = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    three = MatrixGame(tuple(tuple(map(tuple, part.astype(float).tolist())) for part in (cycle, -cycle)))
    found = solve_game(three, None)
    assert found.before.extent == "bound" and found.before.low == found.before.high == 0 and not found.before.found


def test_a_game_of_many_steps():
    game = Brook(cells=4, trees=1, most=2, horizon=6)
    found = solve_game(game, BrookWage(), Question(depth="quick"), name="brook")
    arrays = tabulate(game).arrays
    best = sum(optimal(arrays)[1].from_start(arrays))
    assert found.optimum == best > found.before.high >= found.before.low and found.before.extent == "bound"
    assert not found.cheapest.feasible and found.fine.amount > 0
    low, high = found.fine.keeps
    assert 0 <= low <= high <= best
    proof = found.certificate
    assert proof.exact and proof.holds and proof.unique and sum(proof.values) == best
    assert found.sweep.terms[0] == 0 and len(found.sweep.low) == len(found.sweep.terms) == 13
    assert all(a <= b <= best for a, b in zip(found.sweep.low, found.sweep.high, strict=True))
    assert Solution.from_dict(found.to_dict()) == found


class Again(MatrixGame):
    """The same move for ever."""

    horizon: int = 3

    def terminal(self, state):
        return jnp.zeros((), bool)


def test_stationary_play_of_a_tiny_game_is_listed():
    """The prisoner's dilemma at any discount d has one stationary equilibrium, worth 2 / (1 - d)."""
    found = solve_game(Again(prisoners_dilemma().payoffs), None, Question(discount=F(1, 2), depth="quick"))
    assert any("1 stationary pure Markov-perfect equilibria at discount 0.5, welfare 4 to 4" in n for n in found.notes)
    large = solve_game(Brook(cells=4, trees=1, most=2, horizon=4), None, Question(discount=F(1, 2), depth="quick"))
    assert any("left out: Brook has 9^96" in note for note in large.notes)


def test_linear_programs_only_narrow_the_bounds():
    game = Brook(cells=3, trees=1, most=2, horizon=5)
    quick, usual = (solve_game(game, None, Question(depth=depth)).before for depth in ("quick", "usual"))
    assert quick.low <= usual.low <= usual.high <= quick.high


def test_unrolled_time_changes_nothing():
    game = tabulate(Brook(cells=3, trees=1, most=2, horizon=4)).arrays
    whole, places = unrolled(game)
    assert whole.num_states == len(places) > game.num_states
    policy, values = optimal(game)
    later, same = optimal(whole)
    assert values.from_start(game) == same.from_start(whole)
    target = policy[places[:, 0].clip(max=game.horizon - 1), places[:, 1]]
    assert evaluate(whole, np.broadcast_to(target, later.shape)).from_start(whole) == values.from_start(game)


class Curved(AbstractContractSpace):
    low: tuple[float, ...] = (0.0,)
    high: tuple[float, ...] = (2.0,)

    def pays(self, theta, signals):
        return to_others(theta[0] ** 2 * (signals.actions == 1).astype(jnp.float32))


def test_what_does_not_fit_is_said():
    with pytest.raises(BadGame, match="is random and lists no outcomes"):
        solve_game(Cleanup(), None)
    with pytest.raises(BadSetting, match="proposer=2, but the agents are 0 to 1"):
        solve_game(prisoners_dilemma(), DefectionFine(), Question(proposer=2))
    curved = solve_game(prisoners_dilemma(), Curved())
    assert curved.cheapest is None and any("not affine" in note for note in curved.notes)


def test_progress_names_every_part():
    told = []
    found = solve_game(prisoners_dilemma(), DefectionFine(), progress=lambda part, done, total: told.append(part))
    assert set(found.seconds) <= set(told) and dataclasses.is_dataclass(found)
