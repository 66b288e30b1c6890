"""Three solutions as the command gives them: closed forms for the two small games, invented numbers for the brook."""

import dataclasses
from fractions import Fraction

from accord.solve.proof.certificate import Deviation
from accord.solve.proof.certify import certify
from accord.solve.result import (
    Cheapest,
    Equilibria,
    Equilibrium,
    Game,
    Matrix,
    Negotiation,
    Offer,
    Piece,
    Route,
    Solution,
    Space,
)
from accord.solve.tables.normal import NormalForm

F = Fraction
PLAYERS = ("player A", "player B", "player C")
MADE = {
    "accord": "0.3.0",
    "created": "2026-02-11T09:30:00",
    "commit": "5074838",
    "machine": "2 cores, Linux",
    "settings": {"exact": True, "limit": 50_000, "negotiation": {"acceptance": "sequential", "disagreement": "same"}},
}


def values(*numbers):
    return tuple(F(number) for number in numbers)


def cells(table):
    return tuple(tuple(values(*cell) for cell in row) for row in table)


def dilemma():
    """The prisoner's dilemma under a fine of 2, signed for a lump sum of 1."""
    game = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]], (("cooperate", "defect"),) * 2)
    under = game.plus([[[0, 2], [-2, 0]], [[0, -2], [2, 0]]])
    proof = certify(under, (0, 0), without=game, signing=(1, -1), outside=(1, 1), expected=(0, 0), agents=PLAYERS[:2])
    return Solution(
        title="A fine ends the prisoner's dilemma",
        game=Game(
            "prisoners-dilemma",
            2,
            1,
            1,
            4,
            version=1,
            source="Rapoport and Chammah 1965",
            action_names=("cooperate", "defect"),
            kind="prisoner's dilemma",
        ),
        optimum=F(4),
        optimum_play="cooperate, cooperate",
        before=Equilibria(
            F(2),
            F(2),
            "complete",
            "all, pure and mixed, by enumeration of supports in rationals",
            (Equilibrium(values(1, 1), "defect, defect"),),
        ),
        reach=(values(2, 2), values(0, 3), values(3, 0), values(1, 1)),
        space=Space("defection-fine", values(0), values(3), "points for a defection", signing=True),
        matrix=Matrix(
            ("cooperate", "defect"),
            ("cooperate", "defect"),
            cells((((2, 2), (0, 3)), ((3, 0), (1, 1)))),
            ((1, 1),),
            cells((((2, 2), (2, 1)), ((1, 2), (1, 1)))),
            ((0, 0),),
        ),
        prices=(
            Piece(F(0), F(1), True, False, values(2), ("defect, defect",)),
            Piece(F(1), F(1), True, True, values(2, 3, 4), ("defect, defect", "one defects", "cooperate, cooperate")),
            Piece(F(1), F(3), False, True, values(4), ("cooperate, cooperate",)),
        ),
        cheapest=Cheapest(
            "cooperation",
            "dominant",
            True,
            values(1),
            attained=False,
            binding="to defect while the other one cooperates",
            largest=F(1),
            paid=F(0),
        ),
        negotiation=Negotiation(
            "Player A proposes, player B answers",
            0,
            values(1, 1),
            (Offer(values(2), values(1, -1), True, values(3, 1), "cooperate, cooperate"),),
            values(4),
            True,
            shares=values(1, 0),
        ),
        routes=(
            Route("threat alone", F(2), F(4), "the game repeated, with a discount of at least 1/2"),
            Route("mediator", F(2), F(2), "somebody who recommends, and nobody who pays"),
            Route("commitment of one", F(2), F(2), "player A moves first, for all to see"),
            Route("formal contract", F(4), F(4), "a court that collects a fine of more than 1"),
        ),
        certificate=proof,
        notes=("The negotiation knows fines in steps of 1/8 and lump sums in steps of 1/16.",),
        seconds={"table": 0.41, "equilibria": 0.002, "contract": 0.004, "negotiation": 0.03, "certificate": 0.001},
        command="accord solve prisoners-dilemma --contract defection-fine",
        **MADE,
    )


def public_goods():
    """Three agents, multiplier 3/2, all or nothing: a fine of more than 1/2 makes investing dominant."""
    total = lambda a: sum(a)

    def table(pay):
        return [[[[pay(i, (a, b, c)) for c in (0, 1)] for b in (0, 1)] for a in (0, 1)] for i in range(3)]

    game = NormalForm.of(table(lambda i, a: F(total(a), 2) - a[i]), (("invest 0", "invest 1"),) * 3)
    fine = table(lambda i, a: F(3, 4) * (F(sum(1 - x for j, x in enumerate(a) if j != i), 2) - (1 - a[i])))
    proof = certify(
        game.plus(fine),
        (1, 1, 1),
        without=game,
        signing=(0, 0, 0),
        outside=(0, 0, 0),
        expected=(1, 1, 1),
        agents=PLAYERS,
    )
    return Solution(
        title="Three investors and a fine",
        game=Game(
            "public-goods",
            3,
            1,
            1,
            8,
            version=1,
            source="Isaac and Walker 1988",
            action_names=("invest 0", "invest 1"),
            settings={"num_agents": 3, "multiplier": 1.5, "levels": 2},
        ),
        optimum=F(3, 2),
        optimum_play="invest 1, invest 1, invest 1",
        before=Equilibria(
            F(0),
            F(0),
            "complete",
            "pure, by enumeration in rationals",
            (Equilibrium(values(0, 0, 0), "invest 0, invest 0, invest 0"),),
        ),
        space=Space("withholding-fine", values(0), (F(6, 5),), "points for withholding all"),
        prices=(
            Piece(F(0), F(1, 2), True, False, values(0), ("invest 0, invest 0, invest 0",)),
            Piece(F(1, 2), F(1, 2), True, True, (F(0), F(1, 2), F(1), F(3, 2)), ("anything",)),
            Piece(F(1, 2), F(6, 5), False, True, (F(3, 2),), ("invest 1, invest 1, invest 1",)),
        ),
        cheapest=Cheapest(
            "investing all",
            "dominant",
            True,
            (F(1, 2),),
            attained=False,
            binding="to keep everything, whatever the others invest",
            largest=F(1, 2),
            paid=F(0),
        ),
        negotiation=Negotiation(
            "Player A proposes, players B and C answer at the same time",
            0,
            values(0, 0, 0),
            (
                Offer((F(3, 4),), values(0, 0, 0), True, (F(1, 2),) * 3, "invest 1, invest 1, invest 1"),
                Offer((F(3, 4),), values(0, 0, 0), False, values(0, 0, 0), "invest 0, invest 0, invest 0"),
            ),
            values("0", "1/2", "1", "3/2"),
            False,
            shares=(F(1, 3),) * 3,
        ),
        certificate=proof,
        notes=(
            "Answers are given at the same time, so nobody is pivotal: if the others refuse, one may as well refuse. "
            "In turn, they would sign.",
        ),
        seconds={"table": 0.38, "equilibria": 0.001, "negotiation": 0.01},
        command="accord solve public-goods num_agents=3 levels=2 multiplier=1.5 --contract withholding-fine",
        **MADE,
    )


def brook():
    """A game of 1,960 states; its numbers are invented, its certificate is one that fails."""
    small = certify(NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]]), (0, 0), agents=PLAYERS[:2])
    slip = Deviation(1, 2, 517, "~AB . . . o o t  dirt 1/4", "right", "work", F(3, 128), F(27, 512))
    proof = dataclasses.replace(
        small,
        horizon=25,
        places=39_208,
        values=(F(1403, 256), F(1381, 256)),
        regret=F(3, 64),
        gains=(F(0), F(1, 512)),
        once=slip,
        plan=dataclasses.replace(slip, gain=F(3, 64)),
        conserved=True,
        accepted=True,
        surplus=(F(11, 10), F(9, 10)),
        unique=False,
        rivalry=dataclasses.replace(
            small.rivalry,
            time=7,
            state=23,
            where="~ . .AB . o o t  dirt 2/4",
            agent=0,
            action="right",
            against=("left",),
            margin=F(-1, 3),
        ),
        message="Not an equilibrium.",
        remedy="Make that cost more than it gains, or choose another play.",
    )
    return Solution(
        title="A brook, and a wage for cleaning it",
        game=Game(
            "brook",
            2,
            25,
            1960,
            9,
            successors=127_400,
            version=1,
            source="Hughes et al. 2018 (Cleanup), brought to a line",
            action_names=("left", "right", "work"),
            settings={"num_agents": 2, "cells": 7, "trees": 3, "most": 4, "horizon": 25},
        ),
        optimum=F(115_078_641, 10_240_000),
        before=Equilibria(
            F(4_310_000, 1_000_000),
            F(77, 10),
            "bound",
            "every subgame-perfect equilibrium, mixed and correlated ones too, by linear programs at all "
            "times and states; bounds rounded outwards",
        ),
        reach=(values(0, 0), (F(0), F(112, 10)), (F(112, 10), F(0)), (F(58, 10), F(54, 10))),
        space=Space("brook-wage", values(0), values(4), "apples per unit of dirt taken out"),
        prices=(),
        cheapest=Cheapest(
            "the best joint policy",
            "equilibrium",
            False,
            nearest="With a wage of 2.3 the worst place tempts by 3/64 only, and they have 10.98 together",
        ),
        negotiation=Negotiation(
            "Player A proposes, player B answers",
            0,
            values("4.31", "3.39"),
            (Offer((F(23, 10),), (), True, (F(1403, 256), F(1381, 256))),),
            (F(2784, 256),),
            False,
            complete=False,
            shares=(F(2, 5), F(3, 5)),
        ),
        certificate=proof,
        notes=(
            "Welfare without a contract is a bound: no equilibrium gives less or more. The equilibria themselves "
            "were not enumerated (9,216,000 payoffs at one state; raise --points to go on).",
            "The negotiation tried 41 wages from 0 to 4.",
        ),
        seconds={"table": 2.9, "optimum": 0.2, "bounds": 48.3, "contract": 3.1, "certificate": 1.4},
        command="accord solve brook cells=7 trees=3 horizon=25 --contract brook-wage",
        **MADE,
    )


ALL = {"dilemma": dilemma, "public_goods": public_goods, "brook": brook}
