"""A stricter world than a user's: fixed examples, no deadlines (warnings are errors by the repository's settings)."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("quatrain", deadline=None, derandomize=True)
settings.load_profile("quatrain")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Hand-made lists of the text layer."""
    return Path(__file__).parent / "text" / "fixtures"
