"""One invented run for all tests of the studio."""

import invented
import pytest


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    return invented.write_run(tmp_path_factory.mktemp("run"))
