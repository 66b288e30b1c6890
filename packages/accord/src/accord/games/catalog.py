"""The shipped games by name. Plain text only: listing them loads no array library."""

from ..core.registry import Entry

ENTRIES = (
    Entry(
        "cleanup-small",
        "accord.games.cleanup:Cleanup",
        "Cleanup on the small map of the story: one has to clean so that the other can eat",
        spaces=("cleaning-wage",),
    ),
)
