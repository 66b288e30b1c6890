"""The shipped voice, loaded once."""

import pytest

from quatrain.suggest import Writer


@pytest.fixture(scope="session")
def writer():
    """The base voice, warmed up."""
    one = Writer("base")
    one.warm()
    return one
