"""The shipped contract spaces by name. Plain text only: listing them loads no array library."""

from ...core.registry import Entry

ENTRIES = (
    Entry(
        "brook-wage",
        "accord.contracts.library.brook:BrookWage",
        "Each unit of dirt taken out earns its cleaner theta apples, financed equally by the others",
    ),
    Entry(
        "cleaning-wage",
        "accord.contracts.library.cleanup:CleaningWage",
        "Each cleaned cell earns its cleaner theta apples, financed equally by the others",
    ),
    Entry(
        "defection-fine",
        "accord.contracts.library.matrix:DefectionFine",
        "Whoever plays the second action pays theta, shared equally by the others",
    ),
    Entry(
        "delay-fee",
        "accord.contracts.library.payments:DelayFee",
        "A late bank pays theta per unit and period to the bank that it owes",
    ),
    Entry(
        "leader-follower-pact",
        "accord.contracts.library.payments:LeaderFollowerPact",
        "One bank pays first: the other one rewards what it settles in time, and it pays for what it does not",
    ),
    Entry(
        "liquidity-sharing",
        "accord.contracts.library.payments:LiquiditySharing",
        "Whoever pays with others' liquidity pays theta per unit for it",
    ),
    Entry(
        "throughput-rule",
        "accord.contracts.library.payments:ThroughputRule",
        "A bank behind the guideline pays theta per unit that is missing, shared by the banks that are not",
    ),
    Entry(
        "withholding-fine",
        "accord.contracts.library.public_goods:WithholdingFine",
        "Each agent pays theta for the share that it keeps, shared equally by the others",
    ),
)
