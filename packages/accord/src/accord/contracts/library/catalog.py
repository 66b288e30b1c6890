"""The shipped contract spaces by name. Plain text only: listing them loads no array library."""

from ...core.registry import Entry

ENTRIES = (
    Entry(
        "cleaning-wage",
        "accord.contracts.library.cleanup:CleaningWage",
        "Each cleaned cell earns its cleaner theta apples, financed equally by the others",
    ),
)
