"""Pure subgame-perfect equilibria: hand-computed games, all strategies by brute force, another library's trees."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from markov_games import chances, drawn, repeated, reward

from accord.core.errors import BadSetting
from accord.games.brook import Brook
from accord.games.matrix import chicken, prisoners_dilemma
from accord.solve.equilibria.backward import BOX, MIXED, POINTS, subgame_perfect
from accord.solve.equilibria.sets import distinct, minkowski, summands
from accord.solve.equilibria.strategy import Strategy, strategy
from accord.solve.tables.planner import evaluate
from accord.solve.tables.tabular import Tabular
from accord.solve.tables.tabulate import tabulate

TWO_EQUILIBRIA = [  # (L, L) and (R, R) are equilibria of one move, (M, M) is not
    [(1, 1), (5, 0), (0, 0)],
    [(0, 5), (4, 4), (0, 0)],
    [(0, 0), (0, 0), (3, 3)],
]


def whole(points) -> set[tuple[Fraction, ...]]:
    return {tuple(Fraction(v) for v in point) for point in points}


def test_promises_and_threats_support_what_no_single_move_does():
    # By hand. The second move pays (1, 1) or (3, 3): a threat is worth 2. A joint action of payoffs r is supported if
    # r_i + 3 >= best_i + 1 (or r_i + w >= best_i + w for equilibria of the move): (L, L) -> 2 or 4, (R, R) -> 4 or 6,
    # (M, M): 4 + 3 >= 5 + 1; (M, L): 0 + 3 >= 1 + 1 and 5 + 3 >= 5 + 1; not (R, L): 0 + 3 < 3 + 1.
    solution = subgame_perfect(repeated(TWO_EQUILIBRIA, 2))
    assert solution.method == "sets" and solution.policy is None
    assert whole(solution.payoffs) == whole([(2, 2), (4, 4), (6, 6), (7, 7), (3, 8), (8, 3)])
    assert solution.welfare == (4, 14)
    greedy = {(w + e, w + e) for w in (1, 3) for e in (1, 3)}  # one equilibrium per time and state: (7, 7) is not there
    assert (7, 7) not in greedy and whole(greedy) < whole(solution.payoffs)


def test_one_equilibrium_of_one_move_leaves_nothing_to_threaten_with():
    game = repeated([[(2, 2), (0, 3)], [(3, 0), (1, 1)]], 5)
    solution = subgame_perfect(game)
    assert solution.method == "dominance"
    assert whole(solution.payoffs) == whole([(5, 5)])
    assert np.all(solution.policy == 3)


def test_one_move_gives_the_pure_equilibria():
    assert whole(subgame_perfect(tabulate(chicken()).arrays).payoffs) == whole([(4, 1), (1, 4)])
    assert whole(subgame_perfect(tabulate(prisoners_dilemma()).arrays).payoffs) == whole([(1, 1)])


def brute_force(game: Tabular) -> set[tuple[Fraction, ...]]:
    """Payoffs of all pure equilibria of two moves from state 0: every history-dependent profile is looked at.

    A profile names a joint action now, and one per history (joint action now, next state).
    """
    joint = game.num_joint
    histories = [(a, s) for a in range(joint) for s, _ in chances(game, a)]
    assert joint * joint ** len(histories) <= 300_000
    later = np.array(list(itertools.product(range(joint), repeat=len(histories))))
    pay = game.units.reshape(game.num_states, joint, game.num_agents)
    total = np.tile(pay[0] * game.denominator, (len(later), 1, 1))  # [plans for later, joint actions now, agents]
    good = np.ones(len(later), bool)
    for column, (a, s) in enumerate(histories):
        plan = later[:, column]
        total[:, a] += pay[s][plan] * int(dict(chances(game, a))[s] * game.denominator)
        good &= np.array([no_gain(game, pay[s], b) for b in range(joint)])[plan]
    scale = game.scale * game.denominator
    return {
        tuple(Fraction(int(v), scale) for v in worth[a])
        for worth in np.unique(total[good], axis=0) for a in range(joint) if no_gain(game, worth, a)
    }


def no_gain(game: Tabular, pay: np.ndarray, joint: int) -> bool:
    """Whether a joint action is an equilibrium of one move with payoffs `[joint, agents]`."""
    return all(
        pay[joint, i] >= pay[game.deviations[joint, i, x], i]
        for i in range(game.num_agents) for x in range(game.num_actions)
    )


def test_every_history_dependent_profile_of_small_games():
    several = none = 0
    for seed in range(30):
        game = drawn(seed)
        expected = brute_force(game)
        solution = subgame_perfect(game)
        if solution.start_kind == POINTS:
            assert whole(solution.payoffs) == expected, seed
            several += len(expected) > 2
        else:
            assert solution.start_kind == MIXED and expected == set(), seed
            none += 1
    assert several >= 5 and none >= 5


def certify(game: Tabular, plan: Strategy) -> None:
    """Every promise is kept and no one-shot deviation gains, at every node (the whole profile, off the path too)."""

    def worth(node: int, joint: int, agent: int) -> Fraction:
        row = int(plan.state[node]) * game.num_joint + joint
        total = reward(game, row, agent)
        if plan.time[node] + 1 < game.horizon:
            following = chances(game, row)
            assert len(following) == len(plan.after[node][joint])
            for (state, share), after in zip(following, plan.after[node][joint], strict=True):
                assert plan.state[after] == state and plan.time[after] == plan.time[node] + 1
                total += share * plan.values[after][agent]
        return total

    for node, joint in enumerate(plan.joint):
        for agent in range(game.num_agents):
            assert worth(node, int(joint), agent) == plan.values[node][agent]
            for action in range(game.num_actions):
                assert worth(node, int(game.deviations[joint, agent, action]), agent) <= plan.values[node][agent]


@pytest.mark.parametrize("seed", range(12))
def test_strategies_keep_their_promises(seed):
    game = drawn(seed, states=3, horizon=3, start=2)
    solution = subgame_perfect(game)
    for point in (solution.payoffs or ())[:3]:
        plan = strategy(solution, point)
        certify(game, plan)
        total = sum(int(w) for w in game.start)
        for agent in range(2):
            begin = sum(int(game.start[s]) * plan.values[node][agent] for s, node in plan.start.items())
            assert Fraction(begin, total) == point[agent] == plan.payoffs[agent]


def test_three_agents():
    seen = 0
    for seed in range(8):
        game = drawn(seed, agents=3, horizon=3)
        solution = subgame_perfect(game)
        if solution.payoffs:
            certify(game, strategy(solution))
            seen += 1
    assert seen >= 3


def tree(game: Tabular) -> str:
    """The first two moves from state 0 as an extensive game in the .efg format: agents one after the other, unseen."""
    lines = [f'EFG 2 R "two moves" {{ {" ".join(chr(34) + str(i) + chr(34) for i in range(game.num_agents))} }}']
    names = " ".join(f'"{a}"' for a in range(game.num_actions))
    infosets, outcomes = [0] * game.num_agents, [0]
    chance = [0]

    def move(state: int, depth: int, so_far: tuple, chosen: tuple[int, ...], numbers: tuple[int, ...]) -> None:
        agent = len(chosen)
        if agent == game.num_agents:
            joint = game.joint(chosen)
            row = state * game.num_joint + joint
            pay = tuple(p + reward(game, row, i) for i, p in enumerate(so_far))
            if depth == 1:
                outcomes[0] += 1
                lines.append(f't "" {outcomes[0]} "" {{ {", ".join(map(str, pay))} }}')
                return
            following = chances(game, row)
            chance[0] += 1
            lines.append(f'c "" {chance[0]} "" {{ {" ".join(f"{chr(34)}{s}{chr(34)} {p}" for s, p in following)} }} 0')
            for after, _ in following:
                move(after, depth + 1, pay, (), ())
            return
        if agent == 0:
            infosets[:] = [k + 1 for k in infosets]
            numbers = tuple(infosets)
        lines.append(f'p "" {agent + 1} {numbers[agent]} "" {{ {names} }} 0')
        for action in range(game.num_actions):
            move(state, depth, so_far, (*chosen, action), numbers)

    move(0, 0, (Fraction(0),) * game.num_agents, (), ())
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_openspiel_finds_no_better_reply(seed, tmp_path):
    pyspiel = pytest.importorskip("pyspiel")
    policy = pytest.importorskip("open_spiel.python.policy")
    exploitability = pytest.importorskip("open_spiel.python.algorithms.exploitability")
    game = drawn(seed)
    solution = subgame_perfect(game)
    assert solution.payoffs
    (tmp_path / "tree.efg").write_text(tree(game))
    other = pyspiel.load_game(f"efg_game(filename={tmp_path}/tree.efg)")
    for point in solution.payoffs:
        table = {}
        written_down(game, strategy(solution, point), other.new_initial_state(), table)
        choose = lambda state, table=table: [
            (action, float(action == table[state.information_state_string()])) for action in state.legal_actions()
        ]
        played = policy.tabular_policy_from_callable(other, choose)
        assert exploitability.nash_conv(other, played) == pytest.approx(0, abs=1e-9)


def written_down(game: Tabular, plan: Strategy, state, table: dict, node: int = -1, chosen: tuple = ()) -> None:
    """A strategy as a table over the information states of the other library's tree."""
    node = plan.start[0] if node < 0 else node
    if state.is_terminal():
        return
    if state.is_chance_node():
        for entry, (action, _) in enumerate(state.chance_outcomes()):
            written_down(game, plan, state.child(action), table, plan.after[node][game.joint(chosen)][entry])
        return
    agent = state.current_player()
    for action in state.legal_actions():
        own = int(state.action_to_string(agent, action))
        if own == game.profile(int(plan.joint[node]))[agent]:
            table[state.information_state_string()] = action
        written_down(game, plan, state.child(action), table, node, (*chosen, own) if agent else (own,))


def test_gambit_lists_every_pure_equilibrium_of_the_tree():
    gambit = pytest.importorskip("pygambit")
    import io

    game = repeated([[(2, 1), (0, 0)], [(0, 0), (1, 2)]], 2)
    listed = gambit.nash.enumpure_solve(gambit.read_efg(io.BytesIO(tree(game).encode())))
    payoffs = {tuple(Fraction(str(profile.payoffs[p])) for p in "01") for profile in listed.equilibria}
    assert whole(subgame_perfect(game).payoffs) <= payoffs


def test_a_set_beyond_the_cap_is_enclosed():
    game = repeated(TWO_EQUILIBRIA, 5)
    exact, capped = subgame_perfect(game, cap=10_000), subgame_perfect(game, cap=4)
    assert exact.start_kind == POINTS and capped.start_kind == BOX and capped.payoffs is None
    assert (capped.kind == POINTS).any()
    low, high = capped.welfare
    assert low <= exact.welfare[0] and exact.welfare[1] <= high <= 40
    for time in range(6):
        points = exact.layers[time].of(0).astype(object) * capped.fence.unit / exact.layers[time].scale
        assert np.all(capped.low[time, 0, :2] <= points) and np.all(points <= capped.high[time, 0, :2])
    assert "cap=4" in capped.message


def test_no_pure_equilibrium_falls_back_on_bounds():
    pennies = repeated([[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]], 3)
    solution = subgame_perfect(pennies)
    assert solution.payoffs == () and solution.start_kind == MIXED and solution.policy is None
    assert solution.welfare == (0, 0)  # boxes know that the game is zero-sum
    assert "no pure" in solution.message
    with pytest.raises(BadSetting, match="no exactly known"):
        strategy(solution)


def test_ties_do_not_multiply_payoffs():
    # nothing depends on the actions of the last two moves: all joint actions are equilibria, with one payoff
    rewards = np.zeros((3, 2, 2, 2))
    rewards[0, 1, 1] = [5, 5]
    after = np.zeros((3, 2, 2, 3))
    after[0, ..., 1] = after[1, ..., 2] = after[2, ..., 2] = 1
    solution = subgame_perfect(Tabular.of_arrays(rewards, after, horizon=3))
    assert whole(solution.payoffs) == whole([(0, 0), (5, 5)])
    solution = subgame_perfect(Tabular.of_arrays(np.maximum(rewards, 0) * 0, after, horizon=3))
    assert whole(solution.payoffs) == whole([(0, 0)])
    assert np.all(solution.policy == 0)


def test_dominant_play_and_sets_agree():
    game = tabulate(Brook(cells=3, trees=1, most=2, horizon=4)).arrays
    rng = np.random.default_rng(1)
    target = rng.integers(game.num_joint, size=game.num_states)
    off = (game.profiles[None] != game.profiles[target][:, None]).reshape(game.num_rows, 2).astype(np.int64)
    fined = game.plus(40 * (off[:, ::-1] - off))
    solution = subgame_perfect(fined)
    assert solution.method == "dominance" and solution.policy is not None
    assert np.array_equal(solution.policy, np.tile(target, (4, 1)))
    assert solution.payoffs == (evaluate(fined, solution.policy).from_start(fined),)
    certify(fined, strategy(solution))


def test_large_numbers_stay_exact():
    # thirds to the power of 60 do not fit into 64 bits; no action matters, so every comparison is a tie
    rewards = np.zeros((2, 2, 2, 2), int)
    rewards[1] = 1
    chance = np.zeros((2, 2, 2, 2), object)
    chance[..., 0], chance[..., 1] = Fraction(1, 3), Fraction(2, 3)
    solution = subgame_perfect(Tabular.of_arrays(rewards, chance, horizon=60))
    assert solution.payoffs == ((Fraction(2, 3) * 59,) * 2,)


def test_settings_are_checked():
    game = drawn(0)
    with pytest.raises(BadSetting, match="cap=0"):
        subgame_perfect(game, cap=0)
    solution = subgame_perfect(repeated(TWO_EQUILIBRIA, 2))
    with pytest.raises(BadSetting, match="No pure equilibrium pays"):
        strategy(solution, (100, 100))


def test_sums_of_sets():
    rng = np.random.default_rng(0)
    parts = [rng.integers(-4, 5, (k, 2)) for k in (3, 4, 2)]
    base = np.array([1, -2])
    expected = {tuple(int(v) for v in base + a + b + c) for a in parts[0] for b in parts[1] for c in parts[2]}
    for kind in (np.int64, object):
        given = [part.astype(kind) for part in parts]
        found = minkowski(base.astype(kind), given, np.array([-100, -100]), 1000)
        assert [tuple(map(int, p)) for p in found] == sorted(expected)
        some = minkowski(base.astype(kind), given, np.array([0, 0]), 1000)
        assert {tuple(map(int, p)) for p in some} == {p for p in expected if min(p) >= 0}
        for total in sorted(expected):
            picks = summands(base.astype(kind), given, np.array(total))
            assert picks is not None
            assert tuple(base + sum(part[k] for part, k in zip(parts, picks, strict=True))) == total
    assert summands(base, parts, np.array([99, 0])) is None
    assert len(distinct(np.array([[1, 2], [1, 2], [0, 5]]))) == 2
