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
        "withholding-fine",
        "accord.contracts.library.public_goods:WithholdingFine",
        "Each agent pays theta for the share that it keeps, shared equally by the others",
    ),
)
