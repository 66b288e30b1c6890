"""The certificate: it finds the best deviation, and no lie about a contract gets past it."""

import ast
import dataclasses
import itertools
import json
from fractions import Fraction

import numpy as np
import pytest

from accord.core.errors import BadCheckpoint, BadGame, BadSetting
from accord.games.brook import Brook
from accord.solve.proof import certify as module
from accord.solve.proof import played
from accord.solve.proof.certificate import Certificate
from accord.solve.proof.certify import certify, exploitability
from accord.solve.tables.normal import NormalForm
from accord.solve.tables.planner import evaluate, optimal
from accord.solve.tables.tabular import Tabular
from accord.solve.tables.tabulate import tabulate

HALF = Fraction(1, 2)
DILEMMA = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]], (("cooperate", "defect"),) * 2)
PENNIES = NormalForm.of([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])


def fine(theta):
    """Whoever defects pays the other."""
    amount = Fraction(theta)
    return NormalForm.of([[[0, amount], [-amount, 0]], [[0, -amount], [amount, 0]]])


def random_game(seed, *, agents=2, actions=2, states=2, horizon=2):
    """A small game with chances in fourths and rewards in halves; some rows end it."""
    rng = np.random.default_rng(seed)
    shape = (states, *(actions,) * agents)
    chances = np.array([np.bincount(rng.integers(0, states, 4), minlength=states) for _ in range(int(np.prod(shape)))])
    rewards = rng.integers(-4, 5, (*shape, agents))
    game = Tabular.of_arrays(rewards, (chances / 4).reshape(*shape, states), horizon=horizon)
    return dataclasses.replace(game, units=rng.integers(-4, 5, game.units.shape), scale=2)


class Brute:
    """The same questions answered by recursion over everything that may happen, one `Fraction` at a time."""

    def __init__(self, game):
        self.game, self.joint = game, list(itertools.product(range(game.num_actions), repeat=game.num_agents))

    def row(self, state, profile):
        row = state * len(self.joint) + self.joint.index(tuple(profile))
        game = self.game
        rewards = [Fraction(int(x), game.scale) for x in game.units[row]]
        follows = [(Fraction(int(game.weight[e]), game.denominator), int(game.after[e]))
                   for e in range(game.first[row], game.first[row + 1])]
        return rewards, follows

    def value(self, policy, agent, time, state):
        """`policy(time, state)` gives each agent's probabilities."""
        if time == self.game.horizon:
            return Fraction(0)
        total = Fraction(0)
        mixes = policy(time, state)
        for profile in self.joint:
            chance = Fraction(1)
            for mix, action in zip(mixes, profile, strict=True):
                chance *= mix[action]
            if chance:
                rewards, follows = self.row(state, profile)
                later = sum((p * self.value(policy, agent, time + 1, s) for p, s in follows), Fraction(0))
                total += chance * (rewards[agent] + later)
        return total

    def places(self):
        found = {(0, int(s)) for s in np.flatnonzero(self.game.start)}
        for time in range(1, self.game.horizon):
            found |= {(time, s) for (t, state) in set(found) if t == time - 1
                      for profile in self.joint for _, s in self.row(state, profile)[1]}
        return sorted(found)

    def changed(self, policy, agent, plan):
        """The policy with one agent following `plan[(time, state)]` where there is one."""

        def new(time, state):
            mixes = list(policy(time, state))
            if (time, state) in plan:
                mixes[agent] = [Fraction(int(a == plan[time, state])) for a in range(self.game.num_actions)]
            return mixes

        return new

    def best_once(self, policy):
        """Gains of every deviation at one place."""
        return {
            (agent, time, state, action): self.value(self.changed(policy, agent, {(time, state): action}), agent, time,
                                                     state) - self.value(policy, agent, time, state)
            for time, state in self.places() for agent in range(self.game.num_agents)
            for action in range(self.game.num_actions)
        }

    def best_plan(self, policy, agent, time, state):
        """The most that an agent gains from a place on by any plan: all plans are tried."""
        later = [place for place in self.places() if place[0] >= time]
        plans = itertools.product(range(self.game.num_actions), repeat=len(later))
        values = (self.value(self.changed(policy, agent, dict(zip(later, plan, strict=True))), agent, time, state)
                  for plan in plans)
        return max(values) - self.value(policy, agent, time, state)


def pure(game, policy):
    profiles = list(itertools.product(range(game.num_actions), repeat=game.num_agents))
    return lambda time, state: [
        [Fraction(int(a == own)) for a in range(game.num_actions)] for own in profiles[policy[time, state]]
    ]


# --------------------------------------------------------------------------------------------------- the best deviation


def test_prisoners_dilemma_by_hand():
    good = certify(DILEMMA, (1, 1))
    assert good.equilibrium and good.unique and good.holds and good.regret == 0 and good.values == (1, 1)
    assert (good.once.agent, good.once.action, good.once.instead_of, good.once.gain) == (0, "cooperate", "defect", -1)
    bad = certify(DILEMMA, (0, 0))
    assert not bad.equilibrium and not bad.holds and bad.regret == 1 and bad.gains == (1, 1)
    assert bad.plan.action == "defect" and bad.plan.gain == 1
    assert bad.message.startswith("Not an equilibrium: the best deviation gains 1: agent 0, defect instead of")


@pytest.mark.parametrize("seed", range(12))
def test_the_named_deviations_are_the_best_ones_there_are(seed):
    agents, states, horizon = [(2, 2, 2), (2, 2, 3), (3, 2, 2)][seed % 3]
    game = random_game(seed, agents=agents, states=states, horizon=horizon)
    policy = np.random.default_rng(100 + seed).integers(0, game.num_joint, (horizon, states))
    found, brute, played_ = certify(game, policy), Brute(game), pure(game, policy)
    gains = brute.best_once(played_)
    leaving = {key: gain for key, gain in gains.items() if played_(key[1], key[2])[key[0]][key[3]] == 0}
    assert found.once.gain == max(leaving.values())
    assert leaving[found.once.agent, found.once.time, found.once.state, int(found.once.action)] == found.once.gain
    plans = {(agent, place): brute.best_plan(played_, agent, *place)
             for place in brute.places() for agent in range(agents)}
    assert found.regret == max(plans.values())
    assert found.places == len(brute.places())
    if found.plan is not None:
        assert plans[found.plan.agent, (found.plan.time, found.plan.state)] == found.plan.gain
        first = {(found.plan.time, found.plan.state): int(found.plan.action)}
        begun = brute.changed(played_, found.plan.agent, first)
        after = brute.best_plan(begun, found.plan.agent, found.plan.time, found.plan.state)
        moved = brute.value(begun, found.plan.agent, found.plan.time, found.plan.state)
        assert after + moved - brute.value(played_, found.plan.agent, found.plan.time, found.plan.state) == found.regret
    assert found.values == tuple(brute.value(played_, i, 0, 0) for i in range(agents))
    assert found.gains == tuple(plans[i, (0, 0)] for i in range(agents))


@pytest.mark.parametrize("seed", range(6))
def test_mixed_play_in_rationals(seed):
    game = random_game(seed, horizon=2)
    rng = np.random.default_rng(seed)
    policy = np.empty((2, 2, 2, 2), object)
    for place in np.ndindex(2, 2, 2):
        share = Fraction(int(rng.integers(0, 4)), 3)
        policy[place] = [share, 1 - share]
    found, brute = certify(game, policy), Brute(game)
    play = lambda time, state: [list(policy[time, state, i]) for i in range(2)]
    assert found.once.gain == max(brute.best_once(play).values())
    assert found.regret == max(brute.best_plan(play, i, *place) for place in brute.places() for i in range(2))
    assert found.values == tuple(brute.value(play, i, 0, 0) for i in range(2))
    assert found.unique is None
    near = certify(game, policy.astype(float), exact=False)
    assert not near.exact and near.regret == pytest.approx(float(found.regret), abs=1e-9)


def test_one_place_or_a_plan_decide_alike():
    """The one-shot deviation principle: no gain at one place, no gain by any plan."""
    kinds = set()
    for seed in range(40):
        game = random_game(seed, states=1 + seed % 2, horizon=2)
        policy = np.random.default_rng(seed).integers(0, 4, (2, game.num_states))
        for time, state in ((1, 0), (1, game.num_states - 1), (0, 0)):  # towards an equilibrium, where there is one
            options = (np.where((np.arange(2)[:, None] == time) & (np.arange(game.num_states) == state), a, policy)
                       for a in range(4))
            policy = min(options, key=lambda one: certify(game, one).regret)
        found = certify(game, policy)
        kinds.add(found.equilibrium)
        assert found.equilibrium == (found.plan is None) == (found.once.gain <= 0) == (max(found.gains) == 0
                                                                                     and found.regret == 0)
    assert kinds == {True, False}


def test_a_hair_from_a_mixed_equilibrium_is_none():
    assert certify(PENNIES, [[HALF, HALF], [0.5, 0.5]]).equilibrium
    off = HALF + Fraction(1, 10**9)
    found = certify(PENNIES, [[off, 1 - off], [HALF, HALF]])
    assert not found.equilibrium and found.regret == Fraction(2, 10**9) and found.plan.agent == 1
    assert certify(PENNIES, [[off, 1 - off], [HALF, HALF]], regret=Fraction(1, 10**8)).equilibrium
    thirds = NormalForm.of([[[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]])
    assert certify(thirds, [[Fraction(1, 3)] * 3] * 2).equilibrium
    with pytest.raises(BadSetting, match="exactly 1. Give fractions, or set exact=False"):
        certify(thirds, [[1 / 3, 1 / 3, 0.3333]] * 2)
    assert certify(thirds, [[1 / 3] * 3] * 2, exact=False).message.endswith("For a proof, set exact=True.")


def test_agents_may_have_different_numbers_of_actions():
    game = NormalForm.of([[[1, 0, 5], [0, 2, 4]], [[1, 0, 0], [0, 2, 3]]])
    found = certify(game, (1, 1))
    assert not found.equilibrium and found.plan.agent == 1 and found.plan.action == "2" and found.plan.gain == 1
    assert certify(game, (0, 0)).equilibrium
    mixed = certify(game, [[HALF, HALF], [0, 0, 1]])
    assert mixed.regret == HALF and mixed.plan.agent == 0 and mixed.plan.instead_of == "0 or 1"


def test_nothing_is_asked_where_no_play_can_come():
    """State 1 is left for good at the start, so what would be played there at later times does not matter."""
    rewards = np.zeros((2, 2, 1))
    rewards[1, 1, 0] = 1
    chances = np.zeros((2, 2, 2))
    chances[:, :, 0] = 1
    game = Tabular.of_arrays(rewards, chances, horizon=3, start=[0, 1])
    policy = np.array([[0, 1], [0, 0], [0, 0]])
    found = certify(game, policy)
    assert found.equilibrium and found.places == 3 and found.values == (1,)
    policy[0, 1] = 0
    found = certify(game, policy)
    assert found.plan.time == 0 and found.plan.state == 1 and found.plan.gain == 1 and found.plan.reached == 1


def test_values_agree_with_the_solvers_on_a_game_of_states():
    game = tabulate(Brook(cells=3, trees=1, most=2, horizon=6)).arrays
    policy, _ = optimal(game)
    found = certify(game, policy)
    assert found.values == evaluate(game, policy).from_start(game)
    assert not found.equilibrium and found.once.where.startswith("~")
    floats = certify(game, policy, exact=False)
    assert floats.values == pytest.approx([float(x) for x in found.values])
    assert floats.regret == pytest.approx(float(found.regret))
    assert (floats.plan.time, floats.plan.agent) == (found.plan.time, found.plan.agent)


# ---------------------------------------------------------------------------------------------------------------- money


def test_a_contract_is_certified_with_everything_that_was_asked():
    game = DILEMMA.plus(fine("3/2"))
    found = certify(game, (0, 0), without=DILEMMA, signing=(1, -1), outside=(1, 1), expected=(0, 0))
    assert found.holds and found.conserved and found.accepted and found.unique and found.expected
    assert found.values == (3, 1) and found.surplus == (2, 0) and found.message == "Certified."
    assert found.once.gain == -HALF and found.rivalry.margin == HALF
    assert [line.split()[0] for line in found.lines()[1:]] == ["yes"] * 5


@pytest.mark.parametrize("seed", range(5))
def test_one_unit_too_much_anywhere_is_found(seed):
    rng = np.random.default_rng(seed)
    game = random_game(seed, agents=3, horizon=3)
    units = rng.integers(-3, 4, game.units.shape)
    units[:, 0] -= units.sum(axis=1)
    honest = game.plus(units, 2)
    policy = rng.integers(0, game.num_joint, (3, 2))
    assert certify(honest, policy, without=game).conserved
    row, agent = int(rng.integers(game.num_rows)), int(rng.integers(3))
    lie = honest.units.copy()
    lie[row, agent] += 1 if seed % 2 else -1
    found = certify(dataclasses.replace(honest, units=lie), policy, without=game)
    assert found.conserved is False and not found.holds
    assert abs(found.leak.amount) == Fraction(1, honest.scale) and (found.leak.amount > 0) == bool(seed % 2)
    profile = tuple(str(a) for a in game.profile(row % game.num_joint))
    assert found.leak.where == f"state {row // game.num_joint}" and found.leak.actions == profile
    if found.equilibrium:
        assert f"{'appears' if seed % 2 else 'disappears'} when they play" in found.message


def test_other_rules_are_no_contract():
    game = random_game(3)
    weight = game.weight.copy()
    changed = np.flatnonzero(np.diff(game.first) == 2)[0]
    weight[game.first[changed]], weight[game.first[changed] + 1] = 3, 1
    if np.array_equal(weight, game.weight):
        weight[game.first[changed]], weight[game.first[changed] + 1] = 1, 3
    other = dataclasses.replace(game, weight=weight)
    policy = np.zeros((2, 2), int)
    assert certify(other, policy, without=game).leak.what == "rules"
    assert certify(dataclasses.replace(game, horizon=2), policy, without=dataclasses.replace(game, horizon=3)
                   ).leak.what == "rules"
    with pytest.raises(BadGame, match="Give the same game"):
        certify(game, policy, without=DILEMMA)


def test_signing_must_add_up_and_everybody_must_gain():
    game = DILEMMA.plus(fine(2))
    found = certify(game, (0, 0), without=DILEMMA, signing=(1, "-1/2"))
    assert found.leak.what == "signing" and found.leak.amount == HALF
    assert found.message == ("Money is not conserved: 0.5 appears at signing. Let another pay what one "
                             "receives.")
    found = certify(game, (0, 0), without=DILEMMA, signing=("3/2", "-3/2"), outside=(1, 1), agents=("A", "B"))
    assert found.conserved and found.accepted is False and found.surplus == (Fraction(5, 2), -HALF)
    assert found.message.startswith("Not accepted: B gains least by signing: -0.5. Pay at least that much more")
    with pytest.raises(BadSetting, match="outside has 1 amounts, but 2 agents play"):
        certify(game, (0, 0), outside=(1,))
    with pytest.raises(BadSetting, match="Name each of them"):
        certify(game, (0, 0), agents=("A",))


# ----------------------------------------------------------------------------------------------------------- uniqueness


def test_a_knife_edge_is_an_equilibrium_but_not_shown_to_be_the_only_one():
    edge = certify(DILEMMA.plus(fine(1)), (0, 0))
    assert edge.equilibrium and edge.once.gain == 0 and edge.unique is False and edge.rivalry.margin == 0
    assert "not shown: defect is as good for agent 0 if the other plays cooperate" in "\n".join(edge.lines())
    beyond = certify(DILEMMA.plus(fine("1001/1000")), (0, 0))
    assert beyond.unique and beyond.rivalry.margin == Fraction(1, 1000)
    assert certify(NormalForm.of([[[4, 0], [3, 2]], [[4, 3], [0, 2]]]), (0, 0)).unique is False  # a stag hunt has two


def test_unique_means_that_no_other_policy_is_an_equilibrium():
    seen = 0
    for seed in range(60):
        game = random_game(seed, states=1 + seed % 2, horizon=2)
        places = Brute(game).places()
        policies = []
        for joint in itertools.product(range(4), repeat=len(places)):
            policy = np.zeros((2, game.num_states), int)
            for place, action in zip(places, joint, strict=True):
                policy[place] = action
            policies.append(certify(game, policy))
        good = [one for one in policies if one.equilibrium]
        if any(one.unique for one in good):
            seen += 1
            assert len(good) == 1
        assert not any(one.unique for one in policies if not one.equilibrium)
    assert seen >= 3


@pytest.mark.parametrize("seed", range(4))
def test_the_margin_of_dominance_is_the_least_there_is(seed):
    game = random_game(seed, agents=3, horizon=2)
    policy = np.random.default_rng(seed).integers(0, 8, (2, 2))
    found, brute, play = certify(game, policy), Brute(game), pure(game, policy)
    profiles = brute.joint
    leads = {}
    for time, state in brute.places():
        def worth(profile, agent, time=time, state=state):
            rewards, follows = brute.row(state, profile)
            return rewards[agent] + sum((p * brute.value(play, agent, time + 1, s) for p, s in follows), Fraction(0))

        for agent in range(3):
            own = profiles[policy[time, state]][agent]
            for profile in profiles:
                if profile[agent] != own:
                    kept = tuple(own if i == agent else a for i, a in enumerate(profile))
                    leads[agent, time, state, profile] = worth(kept, agent) - worth(profile, agent)
    assert found.rivalry.margin == min(leads.values())
    profile = [int(a) for a in found.rivalry.against]
    profile.insert(found.rivalry.agent, int(found.rivalry.action))
    assert leads[found.rivalry.agent, found.rivalry.time, found.rivalry.state, tuple(profile)] == found.rivalry.margin


# -------------------------------------------------------------------------------------------- expected, not only stable


def test_two_tolerances():
    """A coordination game: both equilibria are stable, one of them was promised."""
    game = NormalForm.of([[[2, 0], [0, 1]]] * 2)
    other = certify(game, (1, 1), expected=(0, 0))
    assert other.equilibrium and other.expected is False and other.holds
    assert other.distance.on_path == 1 and other.distance.payoffs == 1
    assert other.message.startswith("An equilibrium, but not the expected one: differs at 100 % of what is played")
    assert certify(game, (1, 1), expected=(0, 0), distance=1).expected
    third = [[Fraction(1, 3), Fraction(2, 3)]] * 2
    near = certify(game, [[Fraction(1, 3), Fraction(2, 3)], [Fraction(1, 3), Fraction(2, 3)]], expected=third)
    assert near.equilibrium and near.expected and near.distance.everywhere == 0
    shifted = certify(game, [[HALF, HALF], [HALF, HALF]], expected=[[HALF, HALF], [1, 0]], regret=1)
    assert shifted.equilibrium and not shifted.expected and shifted.distance.on_path == HALF


def test_distance_is_weighted_by_what_is_played():
    """State 1 is entered with probability 1/4; the plays differ there, and in state 2, where only other play leads."""
    chances = np.zeros((3, 2, 3))
    chances[0, 0], chances[0, 1] = [0.75, 0.25, 0], [0, 0, 1]
    chances[1, :, 1] = chances[2, :, 2] = 1
    game = Tabular.of_arrays(np.arange(6).reshape(3, 2, 1), chances, horizon=2)
    policy, promised = np.zeros((2, 3), int), np.array([[0, 0, 0], [0, 1, 1]])
    found = certify(game, policy, expected=promised)
    assert found.places == 4
    assert found.distance.everywhere == HALF
    assert found.distance.on_path == Fraction(1, 8)
    assert found.distance.payoffs == Fraction(1, 4)
    promised[1, 1] = 0
    off = certify(game, policy, expected=promised)
    assert off.expected and off.distance.on_path == 0 and off.distance.everywhere == Fraction(1, 4)


# ----------------------------------------------------------------------------------------------------- learned policies


@pytest.mark.parametrize("seed", range(3))
def test_exploitability_of_stationary_mixed_play(seed):
    game = random_game(seed, horizon=3)
    policy = np.random.default_rng(seed).dirichlet(np.ones(2), (2, 2)).astype(np.float32)
    found, brute = exploitability(game, policy), Brute(game)
    rational = [[[Fraction(float(p)) for p in policy[s, i]] for i in range(2)] for s in range(2)]
    play = lambda time, state: rational[state]
    values = [float(brute.value(play, i, 0, 0)) for i in range(2)]
    gains = [float(brute.best_plan(play, i, 0, 0)) for i in range(2)]
    assert found.values == pytest.approx(values, abs=1e-5)
    assert found.gains == pytest.approx(gains, abs=1e-5)
    assert found.total == pytest.approx(sum(gains), abs=1e-5)


def test_exploitability_by_hand():
    assert exploitability(PENNIES, [[0.5, 0.5], [0.5, 0.5]]).total == 0
    found = exploitability(PENNIES, [[1.0, 0.0], [0.5, 0.5]])
    assert found.gains == (0, 1) and found.best == (0, 1)
    assert exploitability(DILEMMA, (0, 0)).gains == (1, 1)


# ----------------------------------------------------------------------------------------------------------- the record


def test_certificates_survive_their_file():
    found = certify(DILEMMA.plus(fine("4/3")), (0, 0), without=DILEMMA, signing=(0, 0), outside=(1, 1), expected=(0, 0))
    text = json.dumps(found.to_dict())
    assert Certificate.from_dict(json.loads(text)) == found
    assert found.to_dict()["once"]["gain"] == {"exact": "-1/3", "about": pytest.approx(-1 / 3)}
    floats = certify(DILEMMA, (0, 0), exact=False)
    assert Certificate.from_dict(json.loads(json.dumps(floats.to_dict()))) == floats
    with pytest.raises(BadCheckpoint, match="no Certificate"):
        Certificate.from_dict({"method": "x", "colour": 3})


@pytest.mark.parametrize("source", [module, played])
def test_nothing_is_shared_with_the_solvers(source):
    with open(source.__file__) as file:
        tree = ast.parse(file.read())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level}
    assert names <= {"core.errors", "certificate", "tables.normal", "tables.tabular", "played"}
    read = {node.attr for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "game"}
    fields = {field.name for kind in (Tabular, NormalForm) for field in dataclasses.fields(kind)}
    assert read <= fields, "a game's data are read; whatever it computes is computed again"


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (np.zeros((3, 2), int), r"shape \(3, 2\).*expected joint actions \(2, 2\)"),
        (np.full((2, 2), 4), "joint actions 4 to 4, but there are 4"),
        (np.zeros((2, 2)), "holds float64"),
        (np.full((2, 2, 2, 2), 0.75), "add up to 1.5"),
        (np.full((2, 2, 2, 3), 0.5), "expected joint actions"),
        (np.tile([2, -1], (2, 2, 2, 1)), "negative"),
    ],
)
def test_policies_that_do_not_fit_are_refused(policy, says):
    with pytest.raises(BadSetting, match=says):
        certify(random_game(0), policy)
