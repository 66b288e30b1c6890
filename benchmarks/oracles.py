"""Stage games beside gambit and OpenSpiel: one JSON line per task and size of game.

    python benchmarks/oracles.py                     every row (about a minute)
    python benchmarks/oracles.py pure                rows whose name begins so
    python benchmarks/oracles.py --games 200         more games per row (default 40)

All solvers get the same random games (fixed seed, payoffs -9..9), in their own form: reading a game is not timed. They
take turns game by game, so a busy machine slows all of them; times are medians of CPU milliseconds per game,
ratios medians of per-game ratios (above 1: we are faster). Answers are compared while timing.

    pure      all pure equilibria: ours, gambit enumpure, OpenSpiel's NashConv of every profile
    mixed     all extreme equilibria of 2x2 games: our closed form, gambit enummixed in rationals
    bounds    welfare of all equilibria: our two exact correlated-equilibrium programs; gambit lists the equilibria
              (enummixed in rationals; for three agents enumpoly in floats)
    value     both sides' security strategies of zero-sum games, exactly: ours, gambit lp in rationals
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pygambit
import pyspiel
from throughput import commit, machine

from accord.solve.equilibria.mixed import as_nfg, mixed_two_by_two
from accord.solve.equilibria.stage import pure_equilibria, security, welfare_bounds
from accord.solve.tables.normal import NormalForm

Solvers = dict[str, Callable[[], Any]]
SIZES = {
    "pure": ((2, 2), (3, 3), (4, 4), (10, 10), (30, 30), (2, 2, 2), (4, 4, 4), (2,) * 8),
    "mixed": ((2, 2),),
    "bounds": ((2, 2), (3, 3), (4, 4), (6, 6), (8, 8), (2, 2, 2)),
    "value": ((2, 2), (4, 4), (10, 10), (30, 30)),
}


def gambits(game: NormalForm) -> Any:
    return pygambit.read_nfg(io.BytesIO(as_nfg(game).encode()))


def spiels(game: NormalForm) -> Callable[[], int]:
    """Counts equilibria among all profiles."""
    tables = [part.ravel().tolist() for part in game.floats]
    played = pyspiel.convert_to_turn_based(pyspiel.create_tensor_game(tables, list(game.num_actions)))
    policies, names = [], []
    state = played.new_initial_state()
    for agent in range(game.num_agents):
        names.append(state.information_state_string(agent))
        state.apply_action(0)
    for profile in np.ndindex(*game.num_actions):
        rows = [[(a, float(a == own)) for a in range(game.num_actions[i])] for i, own in enumerate(profile)]
        policies.append(pyspiel.TabularPolicy(dict(zip(names, rows, strict=True))))
    return lambda: sum(pyspiel.nash_conv(played, policy, True) < 1e-9 for policy in policies)


def pure(game: NormalForm) -> Solvers:
    theirs = gambits(game)
    solvers: Solvers = {
        "ours": lambda: len(pure_equilibria(game)),
        "gambit": lambda: len(pygambit.nash.enumpure_solve(theirs).equilibria),
    }
    return solvers | ({"openspiel": spiels(game)} if game.welfare.size <= 100 else {})


def mixed(game: NormalForm) -> Solvers:
    theirs = gambits(game)
    return {
        "ours": lambda: len(mixed_two_by_two(game)),
        "gambit": lambda: len(pygambit.nash.enummixed_solve(theirs, rational=True).equilibria),
    }


def bounds(game: NormalForm) -> Solvers:
    theirs = gambits(game)
    solve = pygambit.nash.enummixed_solve if game.num_agents == 2 else pygambit.nash.enumpoly_solve
    return {"ours": lambda: welfare_bounds(game).exact, "gambit": lambda: bool(solve(theirs).equilibria)}


def worth(game: NormalForm, profile: Any) -> str:
    """What gambit's strategies guarantee the first agent, computed here."""
    first, _ = ([Fraction(profile[str(i + 1)][str(a + 1)]) for a in range(n)] for i, n in enumerate(game.num_actions))
    return str(min(sum(p * int(u) for p, u in zip(first, column, strict=True)) for column in game.units[0].T))


def value(game: NormalForm) -> Solvers:
    zero_sum = NormalForm(np.array([game.units[0], -game.units[0]]), game.scale)
    theirs = gambits(zero_sum)
    return {
        "ours": lambda: str((security(zero_sum, 0).mixed - security(zero_sum, 1).mixed) / 2),
        "gambit": lambda: worth(zero_sum, pygambit.nash.lp_solve(theirs, rational=True).equilibrium),
    }


TASKS = {"pure": pure, "mixed": mixed, "bounds": bounds, "value": value}


def row(task: str, shape: tuple[int, ...], count: int) -> dict:
    rng = np.random.default_rng([3, *shape])
    seen: list[dict[str, float]] = []
    unequal = 0
    for number in range(count + 2):
        solvers = TASKS[task](NormalForm(rng.integers(-9, 10, (len(shape), *shape))))
        times, answers = {}, set()
        for name, solve in solvers.items():
            begin = time.process_time()
            answers.add(solve())
            times[name] = time.process_time() - begin
        unequal += len(answers) > 1
        if number >= 2:  # the first ones load libraries
            seen.append(times)
    medians = {name: round(1e3 * statistics.median(times[name] for times in seen), 4) for name in seen[0]}
    ratios = {
        name: round(statistics.median(times[name] / times["ours"] for times in seen), 2)
        for name in seen[0]
        if name != "ours"
    }
    return {
        "name": f"{task}/{'x'.join(map(str, shape))}", "games": count, "cpu_milliseconds": medians,
        "times_ours": ratios, "answers_that_differ": unequal, "clock": "CPU", "machine": machine(), "commit": commit(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", help="pure, mixed, bounds, value; default all")
    parser.add_argument("--games", type=int, default=40, help="games per row")
    given = parser.parse_args()
    unknown = set(given.tasks) - set(TASKS)
    if unknown:
        raise SystemExit(f"Unknown task {sorted(unknown)[0]!r}, expected one of {', '.join(TASKS)}.")
    for task in given.tasks or TASKS:
        for shape in SIZES[task]:
            print(json.dumps(row(task, shape, given.games)), flush=True)


if __name__ == "__main__":
    main()
