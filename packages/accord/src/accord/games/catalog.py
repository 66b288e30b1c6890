"""The shipped games by name. Plain text only: listing them loads no array library."""

from ..core.registry import Entry

ENTRIES = (
    Entry(
        "brook",
        "accord.games.brook:Brook",
        "Cleanup on a line, with a few hundred states: small enough to be solved exactly",
        spaces=("brook-wage",),
    ),
    Entry(
        "brook-clocked",
        "accord.games.clocked:clocked_brook",
        "The brook with its time limit as a rule that players see, for learning beside the exact answer",
        spaces=("brook-wage",),
    ),
    Entry(
        "cleanup-small",
        "accord.games.cleanup:Cleanup",
        "Cleanup on the small map of the story: one has to clean so that the other can eat",
        spaces=("cleaning-wage",),
    ),
    Entry(
        "cleanup",
        "accord.games.cleanup:paper_cleanup",
        "Cleanup on the paper's map, with the rules as released: 1 to 8 agents, features or pixels",
        spaces=("cleaning-wage",),
    ),
    Entry(
        "prisoners-dilemma",
        "accord.games.matrix:prisoners_dilemma",
        "Two agents, one move: defecting is dominant, and both lose by it",
        spaces=("defection-fine",),
    ),
    Entry(
        "stag-hunt",
        "accord.games.matrix:stag_hunt",
        "Two agents, one move: a safe equilibrium and a better one that needs trust",
        spaces=("defection-fine",),
    ),
    Entry(
        "chicken",
        "accord.games.matrix:chicken",
        "Two agents, one move: each wants the other to give way",
        spaces=("defection-fine",),
    ),
    Entry(
        "harmony",
        "accord.games.matrix:harmony",
        "Two agents, one move: cooperating is dominant; the control without a dilemma",
        spaces=("defection-fine",),
    ),
    Entry(
        "public-goods",
        "accord.games.public_goods:PublicGoods",
        "n agents invest once in a good that all share",
        spaces=("withholding-fine",),
    ),
    Entry(
        "payments",
        "accord.games.payments.game:Payments",
        "Banks post liquidity and pay each other over the day: liquidity costs, delay costs, borrowing costs most",
        spaces=("delay-fee", "leader-follower-pact", "liquidity-sharing", "throughput-rule"),
    ),
    Entry(
        "cartpole",
        "accord.games.classic:CartPole",
        "One agent keeps a pole upright on a cart: the usual first test of a learner",
    ),
    Entry(
        "acrobot",
        "accord.games.classic:Acrobot",
        "One agent swings a double pendulum above a line, driving its elbow alone",
    ),
)
