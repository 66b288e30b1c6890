"""Two learned cases, invented but for their costs: a stag hunt with a fee, and a dilemma of liquidity on 21 levels."""

import math

from accord.experiments.payments.record import (
    Case,
    Cell,
    Certificate,
    Check,
    Comparison,
    Curve,
    Exact,
    Institution,
    Mixed,
    Outcome,
    Selection,
    Stat,
)

BANKS = ("bank A", "bank B")


def stat(mean, half=0.0):
    return Stat(mean, mean - half, mean + half)


def curve(begin, end, updates, half=0.01):
    mean = tuple(end + (begin - end) * math.exp(-k / (updates / 8)) for k in range(updates))
    low, high = (tuple(m + side * half for m in mean) for side in (-1, 1))
    first, last = (tuple(m + side * 3 * half for m in mean) for side in (-1, 1))
    return Curve(tuple(range(1, updates + 1)), mean, low, high, first, last)


def cells(costs, profiles, choices):
    return tuple(
        Cell((i, j), (choices[i], choices[j]), (costs[0][i][j], costs[1][i][j]), costs[0][i][j] + costs[1][i][j])
        for i, j in profiles
    )


def equilibria(costs):
    size = range(len(costs[0]))
    best = lambda value, among: value <= min(among) + 1e-9
    return [
        (i, j) for i in size for j in size
        if best(costs[0][i][j], [costs[0][k][j] for k in size]) and best(costs[1][i][j], costs[1][i])
    ]


def exact(costs, choices, kind, mixed=None):
    size = range(len(choices))
    found = cells(costs, equilibria(costs), choices)
    plan = min(((i, j) for i in size for j in size), key=lambda p: costs[0][p[0]][p[1]] + costs[1][p[0]][p[1]])
    planner = cells(costs, [plan], choices)[0]
    totals = [cell.total for cell in found]
    return Exact(
        kind, found, len(found), (), planner, max(totals), min(totals),
        max(totals) / planner.total if planner.total else None, None, mixed, costs, "all joint choices", True,
    )


def outcome(costs, end, shares, updates, *, posted=(), certified=1.0, gridlock=None, learner="REINFORCE, batch 10"):
    own = [costs[k][end[0]][end[1]] for k in range(2)]
    begin = [value + 0.1 for value in own]
    return Outcome(
        learner, 50, updates, tuple(curve(b, e, updates) for b, e in zip(begin, own, strict=True)),
        curve(sum(begin), sum(own), updates, 0.02), tuple(curve(0.5, level, updates) for level in posted),
        tuple(stat(value + 0.004, 0.002) for value in own), stat(sum(own) + 0.008, 0.004), tuple(map(stat, own)),
        stat(sum(own)), tuple(map(stat, posted)), shares, gridlock, certified, 0.0 if certified == 1.0 else 1.4,
        tuple(stat(0.004, 0.001) for _ in range(2)), 3.2,
    )


def stag_hunt(fee=0.21):
    choices = ("pay early", "delay")
    table = lambda b, c: (((0.0, b), (c, 0.1)), ((0.0, c), (b, 0.1)))
    bare, after = table(0.3, 0.1), table(0.3 - fee, 0.1 + fee)
    early, late = "pay early, pay early", "delay, delay"
    target, mixed = cells(after, [(0, 0)], choices)[0], Mixed((2 / 3, 2 / 3), (0.1, 0.1), 1 / 9)
    proof = Certificate(
        target,
        (
            Check("one outcome survives", "only the target", "pay early, pay early", True),
            Check("no worse in all", "at most 0.2", "0", True),
        ),
        (
            Selection("worst", (0.1, 0.1), (0.1, 0.1), True),
            Selection("best", (0.0, 0.0), (0.0, 0.0), False),
        ),
        0.0, fee, 0.2, "gain", "Paying early is strictly dominant above 0.2; 0.21 is certified in whole numbers.",
    )
    return Comparison(
        Case("stag-hunt", "Priced credit: both learn to wait, and a fee ends it", BANKS, 1, choices,
             {"fee on a debit": 0.3, "r_d": 0.1}, {"updates": 400}, "Two banks that owe each other one unit."),
        (
            Institution("no contract", "", (), exact(bare, choices, "stag hunt", mixed), None,
                        outcome(bare, (1, 1), {late: 0.98, early: 0.02}, 400, gridlock=stat(0.97, 0.02))),
            Institution("fee 0.21", "whoever delays pays the other one 0.21", (fee,), exact(after, choices, "harmony"),
                        proof, outcome(after, (0, 0), {early: 1.0}, 400, gridlock=stat(0.001, 0.001))),
        ),
        (outcome(bare, (1, 1), {late: 1.0}, 400, learner="PPO, batch 256"),),
        (Check("waiting is learned", "at least 95 % of seeds", "98 %", True),),
        ("Delay is taken to be seen by both banks.",),
        "With a fee of 0.21 both pay early: 0 instead of 0.2 in all.",
        6.4,
        "accord payments learn stag-hunt",
    )  # fmt: skip


def liquidity(own, other, fee=0.0):
    """Cost of a bank (units of 0.05) that owes 0.2 in each of two periods, then nothing; all send what they can."""
    have, due, cost = [own, other], [0, 0], 0.0
    for arrives in (4, 4, 0):
        due = [d + arrives for d in due]
        paid = [min(h, d) for h, d in zip(have, due, strict=True)]
        due = [d - p for d, p in zip(due, paid, strict=True)]
        have = [h - p + q for h, p, q in zip(have, paid, paid[::-1], strict=True)]
        cost += 0.04 * due[0] * (arrives > 0) + fee * (due[0] - due[1]) * (arrives > 0)
    return round((0.1 * own + cost + 0.4 * due[0]) * 0.05, 6)


def under_provision(fee=0.022):
    choices = tuple(f"post {5 * k} %" for k in range(21))
    table = lambda f: tuple(
        tuple(tuple(liquidity(*((i, j) if bank == 0 else (j, i)), f) for j in range(21)) for i in range(21))
        for bank in range(2)
    )
    bare, after = table(0.0), table(fee)
    target = cells(after, [(4, 4)], choices)[0]
    proof = Certificate(
        target, (Check("one outcome survives", "only the target", "0.2, 0.2", True),),
        (Selection("worst", (0.021, 0.021), (0.001, 0.001), True),), 0.0, 0.03, 0.02, "gain",
        "Full cover is the only equilibrium above 0.02.",
    )
    low = equilibria(bare)[0]
    return Comparison(
        Case("under-provision", "Two busy periods: both post too little", BANKS, 3, choices,
             {"r_c": 0.1, "r_d": 0.04, "r_b": 0.4}, {"updates": 300}, "Both owe 0.2 in each of two periods."),
        (
            Institution("no contract", "", (), exact(bare, choices, ""), None,
                        outcome(bare, low, {", ".join(choices[k] for k in low): 0.62, "other": 0.38}, 300,
                                posted=[k / 20 for k in low], certified=0.62)),
            Institution("fee 0.022", "a late bank pays 0.022 per unit and period to the one that it owes", (fee,),
                        exact(after, choices, ""), proof,
                        outcome(after, (4, 4), {"post 20 %, post 20 %": 1.0}, 300, posted=(0.2, 0.2))),
        ),
        (), (), ("The grid has steps of 0.05.",), "The fee brings both to full cover.", 12.0,
        "accord payments learn under-provision",
    )  # fmt: skip


ALL = {"stag-hunt": stag_hunt, "under-provision": under_provision}
