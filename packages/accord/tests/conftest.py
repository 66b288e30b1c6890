"""A stricter world than a user's: checked shapes, no silent casts, no silent broadcasts, warnings are errors."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[3]
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(ROOT / ".cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.3")

import jax
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Shapes and types are checked at run time in the layers that compute; the type checker sees to the others.
COMPUTING = ["accord.core", "accord.games", "accord.contracts", "accord.learn", "accord.testing"]
install_import_hook(COMPUTING, "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

settings.register_profile("accord", deadline=None, derandomize=True)
settings.load_profile("accord")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT
