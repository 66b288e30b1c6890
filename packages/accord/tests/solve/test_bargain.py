"""Propose, accept, play: against hand-computed tables and an enumeration of all strategies, written independently."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

from accord.core.errors import BadGame, BadSetting
from accord.solve.bargaining.bargain import alternate, negotiate
from accord.solve.bargaining.claims import claims
from accord.solve.bargaining.offers import fine, fine_enough, forcing, play_payoffs, rich, signing
from accord.solve.bargaining.protocols import PROTOCOLS, bargain, dilemmas, public_goods, table, under_each
from accord.solve.equilibria.stage import dominant
from accord.solve.tables.normal import NormalForm

CHICKEN = NormalForm.of([[[3, 1], [4, 0]], [[3, 4], [1, 0]]])

# ------------------------------------------------------------------------------------------------ the table of dilemmas

HALVES = (F(0), F(1, 2), F(1), F(3, 2))
TABLE = {  # price only: simultaneous, sequential; with lump sums: simultaneous, sequential
    "prisoner's dilemma": [(4, 6), (4, 6), (6,), (6,)],
    "public goods, 3 agents": [HALVES, HALVES[2:], HALVES, HALVES[3:]],
    "public goods, 5 agents": [(0, 5), (5,), (0, 5), (5,)],
}


@pytest.mark.parametrize("name", TABLE)
def test_welfare_of_all_equilibria_under_each_protocol(name):
    found = under_each(dilemmas()[name])
    assert [found[protocol].welfare for protocol in PROTOCOLS] == TABLE[name]
    assert [found[protocol].efficient for protocol in PROTOCOLS] == [len(row) == 1 for row in TABLE[name]]


def test_the_table_in_text_has_a_row_per_game_and_a_column_per_protocol():
    lines = table().splitlines()
    assert len(lines) == 2 + len(TABLE) and all(line.count("|") == 8 for line in lines)
    assert "| public goods, 3 agents | 1.5 | 0 | {0, 0.5, 1, 1.5} | {1, 1.5} | {0, 0.5, 1, 1.5} | {1.5} |" in lines


def test_the_proposer_takes_the_surplus_but_for_one_tick():
    found = under_each(dilemmas()["prisoner's dilemma"])[True, "sequential"]
    assert found.payoffs == ((F(79, 16), F(17, 16)), (F(5), F(1)))  # 5 against 1; a second equilibrium, a tick less
    assert found.gains == ((F(63, 16), F(4)), (F(0), F(1, 16)))
    assert set(found.contracts) == {8, 9, 10, 11, 12}  # a fine of 1, where defecting is no better, and more
    assert "best welfare, 6" in found.sentence()
    path = found.path(0)
    assert path.signed and path.answers == ("proposes", "accepts") and sum(path.lump) == 0 and path.disagreement == 0


def test_the_knife_edge_in_the_prisoners_dilemma():
    """At a fine of exactly 1 one may as well defect: with price only, the proposer gets 3 there too."""
    game = dilemmas()["prisoner's dilemma"]
    found = bargain(game, [fine(game, F(k, 8)) for k in range(13)])
    low = found.units.sum(axis=1) == 4 * found.scale
    assert set(found.contract[low]) == {8} and found.signed[low].all()
    assert {found.path(int(i)).payoffs for i in np.flatnonzero(low)} == {(F(3), F(1))}
    assert bargain(game, [fine(game, F(k, 8)) for k in range(13) if k != 8]).efficient


def test_dropping_weakly_dominated_votes_does_what_answers_in_turn_do():
    for name, game in dilemmas().items():
        contracts = [fine(game, F(k, 8)) for k in range(13)]
        for lumps in (None, signing(game.num_agents, [F(k, 16) for k in range(-16, 17)], alike=True)):
            first, second = (bargain(game, contracts, lumps=lumps, acceptance=rule)
                             for rule in ("undominated", "sequential"))
            assert first.payoffs == second.payoffs and first.contracts == second.contracts
            if name != "prisoner's dilemma":
                together = bargain(game, contracts, lumps=lumps, acceptance="simultaneous")
                assert 0 in together.welfare and 0 not in first.welfare


# ----------------------------------------------------------------------------------- against all strategies, one by one


def subgame(points, without, asked, rule):
    """Outcomes after an offer: every combination of strategies of the responders, and of equilibria of play."""
    found = set()
    votes = list(itertools.product((True, False), repeat=len(asked)))
    for x in points:
        if rule == "sequential":  # a refusal by the k-th ends it, with an equilibrium of its own
            for ends in itertools.product(without, repeat=len(asked)):
                for vote in votes:
                    value, stable = x, True
                    for k in reversed(range(len(asked))):
                        yes, no = value[asked[k]], ends[k][asked[k]]
                        stable &= yes >= no if vote[k] else no >= yes
                        value = value if vote[k] else ends[k]
                    if stable:
                        found.add(value)
            continue
        losing = votes[1:]
        for ends in itertools.product(without, repeat=len(losing)):
            after = {votes[0]: x, **dict(zip(losing, ends, strict=True))}
            for vote in votes:
                others = [tuple(not v if j == k else v for j, v in enumerate(vote)) for k in range(len(asked))]
                if all(after[vote][a] >= after[other][a] for a, other in zip(asked, others, strict=True)):
                    found.add(after[vote])
    return found


def outcomes(play, without, lumps, proposer, rule):
    asked = [i for i in range(len(without[0])) if i != proposer]
    offers = [set(without)]
    for points in play:
        for lump in lumps:
            moved = [tuple(a + b for a, b in zip(x, lump, strict=True)) for x in points]
            offers.append(subgame(moved, without, asked, rule))
    found = set()
    for chosen in itertools.product(*offers):  # what follows each offer
        top = max(x[proposer] for x in chosen)
        found |= {x for x in chosen if x[proposer] == top}
    return found


@pytest.mark.parametrize("rule", ["sequential", "simultaneous"])
@pytest.mark.parametrize("agents", [2, 3])
@pytest.mark.parametrize("disagreement", ["same", "free"])
def test_every_equilibrium_and_no_other_one(rule, agents, disagreement):
    draw = np.random.default_rng(7 * agents + len(rule) + len(disagreement))
    lumps = [(0,) * agents, (-1, *(0,) * (agents - 2), 1)]
    inefficient = 0
    for _ in range(60):
        play = [[tuple(map(int, x)) for x in draw.integers(0, 4, (draw.integers(1, 3), agents))] for _ in range(2)]
        without = [tuple(map(int, x)) for x in draw.integers(0, 4, (draw.integers(1, 3), agents))]
        proposer = int(draw.integers(agents))
        cases = [[d] for d in without] if disagreement == "same" else [without]
        brute = set().union(*(outcomes(play, d, lumps, proposer, rule) for d in cases))
        found = negotiate(play, without, lumps=lumps, proposer=proposer, acceptance=rule, disagreement=disagreement)
        assert set(found.payoffs) == brute
        inefficient += not found.efficient
    assert 0 < inefficient <= 60


def test_with_one_responder_all_ways_of_answering_agree():
    draw = np.random.default_rng(3)
    for _ in range(50):
        play = [draw.integers(0, 5, (draw.integers(1, 4), 2)) for _ in range(3)]
        without = draw.integers(0, 5, (2, 2))
        found = [negotiate(play, without, acceptance=rule) for rule in ("sequential", "simultaneous", "undominated")]
        assert found[0].payoffs == found[1].payoffs == found[2].payoffs


def test_dropping_dominated_votes_equals_answers_in_turn_for_any_play():
    draw = np.random.default_rng(4)
    for _ in range(100):
        play = [draw.integers(0, 4, (draw.integers(1, 4), 4)) for _ in range(3)]
        without = draw.integers(0, 4, (2, 4))
        found = [negotiate(play, without, acceptance=rule, proposer=1) for rule in ("sequential", "undominated")]
        assert found[0].payoffs == found[1].payoffs


# ---------------------------------------------------------------------------------------------------------- lump sums


def test_closed_form_and_a_fine_grid_agree():
    """Welfare of all equilibria is the same; payoffs on the grid lie within those of the closed form."""
    draw = np.random.default_rng(5)
    for _ in range(40):
        agents = int(draw.integers(2, 4))
        play = [draw.integers(0, 4, (draw.integers(1, 3), agents)) for _ in range(3)]
        without = draw.integers(0, 4, (1, agents))
        lumps = fine_enough(play, without)
        sums = sorted({int(x.sum()) for part in (*play, without) for x in part})
        for rule in ("sequential", "simultaneous"):
            (claim,) = claims(play, without, acceptance=rule)
            found = negotiate(play, without, lumps=lumps, acceptance=rule)
            # a grid secures nearly as much, so it may add equilibria less than a gap below, and loses none
            assert set(claim.welfare) <= set(found.welfare)
            assert all(value > claim.reserved - 1 for value in found.welfare)
            if claim.reserved == sums[-1]:
                assert found.welfare == claim.welfare == (sums[-1],)


def test_the_residual_claimant_takes_everything():
    game = public_goods(4, 2)
    (claim,) = claims([play_payoffs(game.plus(forcing(game, (0, 0, 0, 0))))], play_payoffs(game))
    assert claim.efficient and claim.reserved == 4
    assert claim.payoffs == ((4, 4), (0, 0), (0, 0), (0, 0))
    (claim,) = claims([play_payoffs(game.plus(forcing(game, (0, 0, 0, 0))))], play_payoffs(game),
                      acceptance="simultaneous")
    assert not claim.efficient and claim.welfare == (0, 4) and claim.payoffs[1] == (0, 4)


def test_a_contract_with_two_equilibria_secures_less():
    """Play worth (2, 2) or (0, 0): a signature secures nothing, so staying without a contract at (1, 0) is possible."""
    (claim,) = claims([[(2, 2), (0, 0)]], [(1, 0)])
    assert claim.reserved == 1 and claim.welfare == (1, 4) and not claim.efficient
    assert claim.payoffs == ((1, 4), (0, 3))


def test_forcing_contracts_make_the_target_dominant_and_pay_nothing():
    draw = np.random.default_rng(6)
    for shape in ((2, 2), (2, 3), (2, 2, 2), (3, 1, 2)):
        game = NormalForm.of(draw.integers(-3, 4, (len(shape), *shape)))
        for target in itertools.product(*map(range, shape)):
            pays = forcing(game, target)
            assert dominant(game.plus(pays)) == target
            assert all(part[target] == 0 for part in pays)


# ------------------------------------------------------------------------------------------------- disagreement, rounds


def test_chicken_has_an_inefficient_equilibrium_if_refusals_leave_traces():
    """After an offer the responder's favourite is played, without one the proposer's: nothing gains her more."""
    play = [play_payoffs(CHICKEN.plus(pays)) for pays in rich(CHICKEN)]
    outside = play_payoffs(CHICKEN)
    lumps = fine_enough(play, outside)
    same = negotiate(play, outside, lumps=lumps, best=6)
    free = negotiate(play, outside, lumps=lumps, best=6, disagreement="free")
    assert same.efficient and len(outside) == 3  # (4, 1), (1, 4), and mixed (2, 2)
    assert {F(4), F(5), F(6)} <= set(free.welfare) and free.welfare[0] == 4
    paths = [free.path(i) for i in range(len(free))]
    null = {path.payoffs for path in paths if path.contract is None}
    assert null == {(F(4), F(1)), (F(2), F(2))} and all(path.disagreement is None for path in paths)


def test_a_majority_may_take_from_the_rest():
    play, without = [[(2, 2, -5)]], [(0, 0, 0)]
    assert negotiate(play, without, acceptance="majority").payoffs == ((2, 2, -5),)
    assert negotiate(play, without).payoffs == ((0, 0, 0),)
    assert negotiate([[(1, 0, 0, 0)]], [(0, 0, 0, 0)], acceptance="majority").payoffs == ((0, 0, 0, 0),)
    assert negotiate([[(1, 1, 0, 0)]], [(0, 0, 0, 0)], acceptance="majority").payoffs == ((1, 1, 0, 0),)


def test_alternating_offers_stay_efficient_and_the_last_proposer_takes_the_surplus():
    game = dilemmas()["prisoner's dilemma"]
    play, outside = [play_payoffs(game.plus(forcing(game, (0, 0))))], play_payoffs(game)
    lumps = signing(2, [F(k, 8) for k in range(-40, 41)])
    for proposers, winner in (((0,), 0), ((0, 1), 1), ((0, 1, 0), 0), ((0, 1, 0, 1), 1)):
        lumps = signing(2, [F(k, 8) for k in range(-40, 41)], proposer=0)  # between two, both can pay either way
        found = alternate(play, outside, proposers, lumps=lumps, best=6)
        assert found.efficient
        assert min(x[winner] for x in found.payoffs) >= 5 - F(len(proposers), 8)


# ------------------------------------------------------------------------------------------------------------ bad input


def test_complaints_say_what_and_what_to_do():
    with pytest.raises(BadGame, match="contract 1 have shape"):
        negotiate([[(1, 1)], np.zeros((0, 2))], [(0, 0)])
    with pytest.raises(BadGame, match="no pure equilibrium"):
        negotiate([[(1, 1)]], np.zeros((0, 2)))
    with pytest.raises(BadGame, match="add up to 0"):
        negotiate([[(1, 1)]], [(0, 0)], lumps=[(1, 0)])
    with pytest.raises(BadSetting, match="proposer=2"):
        negotiate([[(1, 1)]], [(0, 0)], proposer=2)
    with pytest.raises(BadSetting, match="acceptance='fast'"):
        negotiate([[(1, 1)]], [(0, 0)], acceptance="fast")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BadSetting, match="disagreement='same'"):
        negotiate([[(1, 1)]], [(0, 0)], acceptance="undominated", disagreement="free")
    with pytest.raises(BadSetting, match="proposers is empty"):
        alternate([[(1, 1)]], [(0, 0)], [])
    with pytest.raises(BadSetting, match="want a grid"):
        claims([[(1, 1)]], [(0, 0)], acceptance="majority")
    with pytest.raises(BadGame, match="add up to"):
        bargain(CHICKEN, [np.ones((2, 2, 2), int)])
