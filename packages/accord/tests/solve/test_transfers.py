"""The cheapest contract: closed forms, brute force written apart from the solver, and proofs that are checked."""

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
import scipy.optimize

from accord.contracts.library.brook import BrookWage
from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.core.errors import BadGame, BadSetting
from accord.games.brook import Brook
from accord.games.matrix import prisoners_dilemma
from accord.games.public_goods import PublicGoods
from accord.solve.tables.normal import NormalForm
from accord.solve.tables.planner import optimal
from accord.solve.tables.tabular import Tabular
from accord.solve.tables.tabulate import tabulate
from accord.solve.terms.features import Features, free, indicators, leaving, nothing
from accord.solve.terms.incentives import incentives
from accord.solve.terms.selection import select, tied
from accord.solve.terms.transfers import cheapest, enriched, least_fines, next_best

PD = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]], (("cooperate", "defect"),) * 2)
FINE = Features.of([[[[0, 1], [-1, 0]], [[0, -1], [1, 0]]]], low=[0], high=[3])
TINY = F(1, 1000)


# ------------------------------------------------------------------------------------------------------- brute force


def gains(game: Tabular, policy, features: Features, theta, mode="nash"):
    """Every deviation's gain by plain recursion over dictionaries of fractions: (time, state, agent) -> list."""
    n, joint = game.num_agents, game.num_joint
    fixed = features.at(tuple(theta))
    moved = lambda t, row, i: F(int(game.units[row, i]), game.scale) + F(
        int(fixed.constant[min(t, len(fixed.constant) - 1), row, i]), fixed.scale
    )
    after = {(game.horizon, s, i): F(0) for s in range(game.num_states) for i in range(n)}
    here, visited = {int(s) for s in np.flatnonzero(game.start)}, {}
    for t in range(game.horizon):
        visited[t] = here
        here = {int(game.after[e]) for s in here for e in range(game.first[s * joint], game.first[(s + 1) * joint])}
    out = {}
    for t in range(game.horizon - 1, -1, -1):
        def worth(s, a, i, t=t):
            row = s * joint + a
            entries = range(game.first[row], game.first[row + 1])
            later = sum(F(int(game.weight[e]), game.denominator) * after[t + 1, int(game.after[e]), i] for e in entries)
            return moved(t, row, i) + later

        for s in range(game.num_states):
            aim = game.profile(int(policy[t][s]))
            for i in range(n):
                after[t, s, i] = worth(s, int(policy[t][s]), i)
                rivals = range(joint) if mode == "dominance" else [int(policy[t][s])]
                stays = [a for a in rivals if game.profile(a)[i] == aim[i]]
                if s in visited[t]:
                    out[t, s, i] = [
                        worth(s, game.joint(tuple(b if j == i else x for j, x in enumerate(game.profile(a)))), i)
                        - worth(s, a, i)
                        for a in stays for b in range(game.num_actions) if b != aim[i]
                    ]
    return out


def random_game(rng, states=3, agents=2, actions=2, horizon=3):
    shape = (states, *(actions,) * agents)
    rewards = rng.integers(-4, 5, (*shape, agents))
    chances = rng.multinomial(4, np.ones(states) / states, shape)
    return Tabular.of_arrays(
        rewards, chances.astype(object) * F(1, 4), horizon=horizon, start=np.array([F(1, states)] * states, object)
    )


# ------------------------------------------------------------------------------------------------------- closed forms


@pytest.mark.parametrize("mode", ["nash", "dominance"])
def test_prisoners_dilemma(mode):
    table = tabulate(prisoners_dilemma())
    space = Features.of_space(table.linear(DefectionFine()))
    contract = cheapest(table.arrays, [[0, 0]], space, mode=mode, margin=TINY, objective="terms")
    assert (contract.theta, contract.infimum) == ((1 + TINY,), 1)
    assert contract.certified and contract.regret == -TINY
    assert "not attained" in contract.message
    # on the path nobody pays: cooperation is free in expectation
    assert cheapest(table.arrays, [[0, 0]], space, mode=mode).cost == 0
    # what binds is defecting, against whoever the mode lets the other be
    assert {t.action for t in contract.binding} == {"defect"} and {t.before for t in contract.binding} == {1}
    assert len(contract.binding) == (2 if mode == "nash" else 4)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_public_goods(n):
    """theta > 1 - m / n; the library's rule, through the game as people write it."""
    table = tabulate(PublicGoods(n, 1.2, levels=2))
    space = Features.of_space(table.linear(WithholdingFine()))
    target = np.full((1, table.arrays.num_states), table.arrays.num_joint - 1)
    contract = cheapest(table.arrays, target, space, mode="dominance", objective="terms", margin=TINY)
    assert contract.infimum == 1 - F(6, 5) / n and contract.certified


@pytest.mark.parametrize(
    ("payoffs", "target", "fine"),
    [
        ([[[3, 1], [4, 0]], [[3, 4], [1, 0]]], (0, 0), 1),  # chicken
        ([[[4, 0], [3, 2]], [[4, 3], [0, 2]]], (0, 0), 2),  # stag hunt
        ([[[3, 0], [4, 1]], [[3, 4], [0, 1]]], (0, 0), 1),
    ],
)
def test_least_uniform_fine_that_makes_cooperation_dominant(payoffs, target, fine):
    assert cheapest(NormalForm.of(payoffs), target, FINE, mode="dominance", objective="terms").cost == fine


@pytest.mark.parametrize(("n", "multiplier", "fine"), [(3, F(3, 2), F(1, 2)), (5, 2, F(3, 5)), (8, 2, F(3, 4))])
def test_least_uniform_fine_of_public_goods(n, multiplier, fine):
    """The dominance column of the stage games of the solver study: 1 - m / n."""
    payoffs = np.empty((n, *(2,) * n), object)
    for a in np.ndindex(*(2,) * n):
        for i in range(n):
            payoffs[(i, *a)] = F(multiplier) / n * sum(a) - a[i]
    game, target = NormalForm.of(payoffs), (1,) * n
    contract = cheapest(game, target, leaving(game, target), mode="dominance", objective="terms")
    assert contract.cost == fine and contract.certified


def costs(a, b, c, d):
    return NormalForm.of([[[-a, -b], [-c, -d]], [[-a, -c], [-b, -d]]], (("early", "delay"),) * 2)


RC, RD, RB = F(1, 5), F(1, 10), F(2, 5)
REGIMES = {
    "collateral": (RC, 2 * RC, RD, RD + RC),
    "priced": (F(0), RC, RD, RD),
    "chicken": (RC, RC, RD, RD + RB),
    "offset": (RC, RC, RD, RD),
    "harmony": (RD, RD, RC, RC + RB),
}


@pytest.mark.parametrize("regime", REGIMES)
def test_delay_fee(regime):
    """theta* = max(a - c, b - d, 0): worked in the facts for .2, .1, .4."""
    a, b, c, d = REGIMES[regime]
    contract = cheapest(costs(a, b, c, d), (0, 0), FINE, mode="dominance", objective="terms")
    assert contract.cost == max(a - c, b - d, 0)
    assert regime == "harmony" or contract.cost == F(1, 10)


def test_leader_follower_pact():
    """In chicken s + t > r_c - r_d makes (early, delay) the only survivor: the leader first, then the follower."""
    game = costs(*REGIMES["chicken"])
    pact = Features.of(  # s: the follower pays the leader who pays early; t: the leader pays for delay
        [[[[1, 1], [0, 0]], [[-1, -1], [0, 0]]], [[[0, 0], [-1, -1]], [[0, 0], [1, 1]]]], low=[0, 0],
        names=("s", "t"),
    )
    settings = dict(mode="iterated", order=(0, 1), objective="terms")
    contract = cheapest(game, (0, 1), pact, margin=TINY, **settings)
    assert contract.infimum == RC - RD and sum(contract.theta) == RC - RD + TINY
    # whom the follower's reply depends on: with the others free, delay is never dominant
    assert not cheapest(game, (0, 1), pact, mode="dominance").feasible
    # both better off by r_c / 4 than in the mixed equilibrium (r_c each): the equal split
    fair = cheapest(game, (0, 1), pact, margin=TINY, outside=(-RC + F(1, 20), -RC + F(1, 20)), **settings)
    assert fair.theta == (F(1, 20), F(1, 20) + TINY) and fair.values == (F(-3, 20), F(-3, 20))


# ------------------------------------------------------------------------------------------------------ Markov games


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mode", ["nash", "dominance"])
def test_random_games_with_all_transfers(seed, mode):
    """Any target is implementable if transfers may depend on step, state and joint action; terms do what they say."""
    rng = np.random.default_rng(seed)
    game = random_game(rng, horizon=2)
    target = optimal(game)[0] if seed % 2 else rng.integers(0, game.num_joint, (2, game.num_states))
    space = free(game, timed=True)
    contract = cheapest(game, target, space, mode=mode, margin=F(1, 10), objective="largest")
    assert contract.feasible and contract.certified
    most = max(max(row) for row in gains(game, target, space, contract.theta, mode).values())
    assert most == contract.regret == -F(1, 10)


@pytest.mark.parametrize("seed", range(8))
def test_cost_is_the_cost_of_an_independent_program(seed):
    """The same optimum from scipy, on rows that the brute force above writes down."""
    rng = np.random.default_rng(100 + seed)
    game = random_game(rng, horizon=2)
    target, terms = optimal(game)[0], 9
    raw = rng.integers(-3, 4, (terms, game.num_rows))
    space = Features.of(np.stack([raw, -raw], axis=-1))
    base = gains(game, target, space, (F(0),) * terms)
    columns = [gains(game, target, space, tuple(F(int(k == j)) for j in range(terms))) for k in range(terms)]
    rows = [
        [float(column[key][d] - base[key][d]) for column in columns] for key in base for d in range(len(base[key]))
    ]
    right = [-float(base[key][d]) for key in base for d in range(len(base[key]))]
    wide = np.hstack([rows, -np.array(rows)])
    expected = scipy.optimize.linprog(np.ones(2 * terms), A_ub=wide, b_ub=right)
    contract = cheapest(game, target, space, objective="terms")
    assert contract.feasible == (expected.status == 0)
    if contract.feasible:
        assert float(contract.cost) == pytest.approx(expected.fun, abs=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_infeasible_targets_come_with_a_proof(seed):
    rng = np.random.default_rng(200 + seed)
    game = random_game(rng)
    target = rng.integers(0, game.num_joint, (3, game.num_states))
    raw = rng.integers(-3, 4, (1, game.num_rows))
    space = Features.of(np.stack([raw, -raw], axis=-1), low=[-2], high=[5])
    contract = cheapest(game, target, space)
    least = min(  # the nearest terms, over a fine grid: none is better
        max(max(row) for row in gains(game, target, space, (theta,)).values())
        for theta in [contract.theta[0], *(F(k, 8) for k in range(-16, 41, 3))]
    )
    assert contract.certified
    if contract.feasible:
        assert least <= 0
        return
    assert least == contract.regret > 0
    assert sum(part.weight for part in contract.conflict) == 1 and all(part.weight > 0 for part in contract.conflict)
    rows = incentives(game, target, space)
    places = {(t.agent, t.time, t.state, t.action): t for t in (part.temptation for part in contract.conflict)}
    for theta in (-2, 0, F(7, 3), 5):  # whatever the terms, so weighted the deviations gain as much
        total = F(0)
        for step, part in enumerate(rows.steps):
            for row in range(len(part.units)):
                t = rows.temptation(step, row, np.array([F(theta)], object))
                if (t.agent, t.time, t.state, t.action) in places:
                    weight = next(
                        c.weight for c in contract.conflict
                        if (c.agent, c.temptation.time, c.temptation.state, c.temptation.action)
                        == (t.agent, t.time, t.state, t.action)
                    )
                    total += weight * t.gain
        assert total >= contract.regret


def twice(reward=1):
    """One state, two steps; agent 0 is paid for action 0, the target has it play 0, then 1."""
    stage = np.zeros((1, 2, 2, 2), int)
    stage[0, 0, :, 0] = reward
    return Tabular.of_arrays(stage, np.ones((1, 2, 2, 1), int), horizon=2), np.array([[0], [2]])


def test_targets_that_change_with_time_need_transfers_that_do():
    game, target = twice()
    timeless = cheapest(game, target, free(game), margin=1)
    assert not timeless.feasible
    assert {(c.agent, c.temptation.time, c.weight) for c in timeless.conflict} == {(0, 0, F(1, 2)), (0, 1, F(1, 2))}
    assert cheapest(game, target, free(game, timed=True), margin=1).feasible
    # column generation comes to the same two ends
    assert not enriched(game, target, nothing(game), margin=1)[1].feasible
    space, contract = enriched(game, target, nothing(game), margin=1, timed=True)
    assert contract.feasible and contract.certified and all(name.startswith("step") for name in space.names)


@pytest.mark.parametrize("seed", range(6))
def test_column_generation_makes_any_space_rich_enough(seed):
    rng = np.random.default_rng(300 + seed)
    game = random_game(rng, states=4, horizon=3)
    target = optimal(game)[0]
    space, contract = enriched(game, target, nothing(game), timed=True, batch=4)
    assert contract.feasible and contract.certified
    assert max(max(row) for row in gains(game, target, space, contract.theta).values()) <= 0
    assert space.num_terms < free(game, timed=True).num_terms


def test_column_generation_sees_to_participation():
    """Cooperation is fined into being; for agent 0 to have 3 of the 4 it must be paid besides, 1 by the other."""
    space, contract = enriched(PD, (0, 0), FINE, outside=(3, 1))
    assert contract.values == (3, 1) and contract.cost == 1 and space.num_terms > 1
    assert not enriched(PD, (0, 0), FINE, outside=(3, 2))[1].feasible
    with pytest.raises(BadSetting, match="Enrich the space first"):
        enriched(PD, (0, 0), FINE, cap=1)


def test_least_fine_deters_the_best_deviation():
    """Per place: the largest gain, not more; the largest of them is the least uniform fine for leaving."""
    game = random_game(np.random.default_rng(5))
    target = optimal(game)[0]
    fines, raw = least_fines(game, target), gains(game, target, nothing(game), ())
    for (t, s), best in fines.items():
        assert best.gain == best.before == max(max(raw[t, s, i]) for i in range(2))
    uniform = cheapest(game, target, leaving(game, target), objective="terms")
    assert uniform.cost == max(best.gain for best in fines.values())
    assert uniform.values == incentives(game, target).values(())  # nothing is paid on the path


# -------------------------------------------------------------------------------------------- conditions on contracts


def test_cap_participation_and_lump_sums():
    poor = cheapest(PD, (0, 0), FINE, cap=F(1, 2))
    assert not poor.feasible and poor.regret == F(1, 2) and poor.theta == (F(1, 2),)
    assert cheapest(PD, (0, 0), FINE, cap=1).theta == (1,)
    greedy = cheapest(PD, (0, 0), FINE, outside=(3, 1))
    assert not greedy.feasible and greedy.conflict[0].temptation is None and "would not sign" in greedy.message
    paid = cheapest(PD, (0, 0), FINE, outside=(3, 1), signing=True)
    assert paid.values == (3, 1) and paid.signing == (1, -1) and paid.cost == 1
    assert not cheapest(PD, (0, 0), FINE, outside=(3, 2), signing=True).feasible  # more than there is


def test_total_is_the_money_that_moves_on_the_path():
    """Chicken with one agent paid to swerve: the wage is paid on the path, in two steps."""
    once = NormalForm.of([[[3, 1], [4, 0]], [[3, 4], [1, 0]]])
    game = Tabular.of_arrays(np.moveaxis(once.payoffs, 0, -1)[None], np.ones((1, 2, 2, 1), int), horizon=2)
    wage = Features.of([[[1, -1], [1, -1], [0, 0], [0, 0]]], low=[0])  # agent 1 pays agent 0 for swerving
    target = np.full((2, 1), 1)  # agent 0 swerves, agent 1 does not: an equilibrium, in which agent 0 gets 1 a step
    assert cheapest(game, target, wage).cost == 0
    shared = cheapest(game, target, wage, outside=(4, 4))
    assert shared.theta == (1,) and shared.cost == 2 and shared.values == (4, 6)
    # both swerve under the fine, and nobody pays it; with agent 0 paid besides, its wage is what moves
    both = Features.of([[[0, 0], [1, -1], [-1, 1], [0, 0]]], low=[0]).and_also(wage)
    assert cheapest(game, np.zeros((2, 1), int), both).cost == 0
    assert cheapest(game, np.zeros((2, 1), int), both, outside=(8, 0)).cost == 2


def test_what_no_contract_can_break_is_left_out():
    """At the end of time a step to the left and one to the right are the same to everybody."""
    game, _ = twice(reward=0)
    rows = incentives(game, np.zeros((2, 1), int))
    assert rows.num_rows == 0 and rows.alike == 4
    assert cheapest(game, np.zeros((2, 1), int), nothing(game), margin=1).feasible


def test_next_best():
    space = nothing(PD)
    policy, contract = next_best(PD, space)
    assert policy.tolist() == [[3]] and contract.values == (1, 1)
    assert next_best(PD, FINE)[0].tolist() == [[0]]
    with pytest.raises(BadSetting, match="raise the limit"):
        next_best(random_game(np.random.default_rng(0)), nothing(random_game(np.random.default_rng(0))), limit=10)


def test_bad_input():
    with pytest.raises(BadGame, match="add up to 1"):
        Features.of([[[[0, 1], [0, 0]], [[0, 0], [0, 0]]]])
    with pytest.raises(BadSetting, match="one action per agent"):
        cheapest(PD, (0, 2), FINE)
    with pytest.raises(BadSetting, match="expected one of nash"):
        cheapest(PD, (0, 0), FINE, mode="always")
    with pytest.raises(BadSetting, match="margin=-1"):
        cheapest(PD, (0, 0), FINE, margin=-1)
    with pytest.raises(BadSetting, match="expected one of total"):
        cheapest(PD, (0, 0), FINE, objective="cheap")
    with pytest.raises(BadSetting, match="each of the 2 agents once"):
        cheapest(PD, (0, 0), FINE, mode="iterated")


# --------------------------------------------------------------------------------------------- ties among the optimal


@pytest.fixture(scope="module")
def brook():
    table = tabulate(Brook(cells=3, trees=1, most=2, horizon=3))
    return table.arrays, Features.of_space(table.linear(BrookWage()))


def test_brook(brook):
    """The wage alone does not implement the first optimum everywhere, and integers say so; a fine for leaving does."""
    game, wage = brook
    first = np.argmax(tied(game), axis=2)
    poor = cheapest(game, first, wage)
    most = max(max(row) for row in gains(game, first, wage, poor.theta).values())
    assert not poor.feasible and poor.certified and poor.regret == most > 0
    rich = cheapest(game, first, leaving(game, first), objective="terms", margin=TINY)
    assert rich.certified and rich.cost == TINY + cheapest(game, first, nothing(game)).regret


@pytest.mark.parametrize("seed", range(6))
def test_selection_against_enumeration(seed):
    """All tied policies of small games with many ties, one by one."""
    rng = np.random.default_rng(seed)
    welfare = rng.integers(0, 2, (2, 2, 2, 1))
    share = rng.integers(-3, 4, (2, 2, 2, 1))
    chances = np.eye(2, dtype=int)[rng.integers(0, 2, (2, 2, 2))]
    game = Tabular.of_arrays(np.concatenate([share, welfare - share], axis=-1), chances, horizon=2)
    raw = rng.integers(-2, 3, (1, game.num_rows))
    space = Features.of(np.stack([raw, -raw], axis=-1), low=[0], high=[4])
    options = tied(game)
    places = np.argwhere(options.any(axis=2))
    ranks = []
    for choice in itertools.product(*(np.flatnonzero(options[t, s]) for t, s in places)):
        policy = np.zeros((2, 2), int)
        policy[tuple(places.T)] = choice
        found = cheapest(game, policy, space, objective="terms")
        ranks.append((not found.feasible, found.cost if found.feasible else found.regret))
    chosen = select(game, space)
    contract = chosen.contract
    assert (not contract.feasible, contract.cost if contract.feasible else contract.regret) == min(ranks)
    assert len(ranks) == 1 or chosen.method == "program"
    assert [sum(v) for v in [optimal(game)[1].from_start(game)]] == [sum(contract.values)]


def test_selection_on_the_brook(brook):
    """Search and program agree on how much the choice of who works where saves."""
    game, _ = brook
    program = select(game, nothing(game), method="program")
    search = select(game, nothing(game), method="search")
    assert program.method == "program" and search.method == "local search"
    assert program.contract.regret == search.contract.regret < program.first.regret and program.better
    assert float(program.contract.regret) == pytest.approx(program.bound, abs=1e-6)
    fine = leaving(game, program.policy)
    assert cheapest(game, program.policy, fine, objective="terms").cost == program.contract.regret
    with pytest.raises(BadSetting, match="expected 'terms'"):
        select(game, nothing(game), objective="total")


def test_indicators_are_said():
    assert indicators(PD, [(None, 1, 0, 1)]).names == ("row 1: 0 pays 1",)
