"""The shipped contracts, payment by payment."""

import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.library.cleanup import CleaningWage
from accord.contracts.library.matrix import DefectionFine
from accord.contracts.library.public_goods import WithholdingFine
from accord.contracts.space import settle
from accord.core.game import Transition
from accord.games import cleanup, public_goods


def theta(value: float):
    return jnp.asarray([value], jnp.float32)


def played(*actions: int) -> Transition:
    return Transition((), jnp.asarray(actions, jnp.int32), ())


def test_a_defector_pays_the_other():
    space = DefectionFine()
    assert space.pays(theta(1.5), played(1, 0)).tolist() == [[0.0, 1.5], [0.0, 0.0]]
    assert space.pays(theta(1.5), played(0, 1)).tolist() == [[0.0, 0.0], [1.5, 0.0]]
    assert space.pays(theta(1.5), played(0, 0)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert settle(space.pays(theta(1.5), played(1, 1))).tolist() == [0.0, 0.0]  # the fines cancel


def test_a_fine_is_shared_by_the_others():
    paid = DefectionFine().pays(theta(3.0), played(0, 1, 0, 0))
    assert paid.tolist() == [[0, 0, 0, 0], [1, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert DefectionFine(action=0).pays(theta(3.0), played(1, 0)).tolist() == [[0, 0], [3, 0]]


def test_what_is_withheld_is_fined():
    invested = jnp.asarray([1.0, 0.25, 0.0], jnp.float32)
    paid = WithholdingFine().pays(theta(0.8), public_goods.Signals(invested))
    np.testing.assert_allclose(paid, [[0, 0, 0], [0.3, 0, 0.3], [0.4, 0.4, 0]], atol=1e-6)
    np.testing.assert_allclose(settle(paid), [0.7, -0.2, -0.5], atol=1e-6)


def test_a_cleaned_cell_is_paid_for_by_the_others():
    signals = cleanup.Signals(jnp.asarray([2, 0, 1], jnp.int32), jnp.asarray([0, 5, 0], jnp.int32))
    paid = CleaningWage().pays(theta(0.2), signals)
    np.testing.assert_allclose(paid, [[0, 0, 0.1], [0.2, 0, 0.1], [0.2, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(settle(paid), [0.3, -0.3, 0.0], atol=1e-6)


@pytest.mark.parametrize("space", [DefectionFine, WithholdingFine, CleaningWage])
def test_ranges_are_parameters(space):
    wide = space((0.5,), (7.0,))
    assert wide.checked(7.0).tolist() == [7.0]
    assert wide.unscaled(theta(0.5)).tolist() == [3.75]
