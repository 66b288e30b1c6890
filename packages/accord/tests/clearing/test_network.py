"""Networks small enough to count."""

import numpy as np
import pytest

from accord.clearing import Accounts, Day, network
from accord.clearing.network import by_bank, hops, tail, weights


def day(links: dict[tuple[str, str], int]) -> Day:
    banks = sorted({name for pair in links for name in pair}) + ["idle"]
    senders, receivers = zip(*links, strict=True)
    return Day.of(Accounts.of(banks), [0] * len(links), senders, receivers, list(links.values()))


# A, B, C all pay each other, except that C does not pay B; D only receives from A.
LINKS = {("A", "B"): 60, ("B", "A"): 10, ("A", "C"): 20, ("C", "A"): 5, ("B", "C"): 4, ("A", "D"): 1}


def test_statistics_by_hand():
    found = network(day(LINKS))
    assert (found.banks, found.links, found.mean_degree) == (4, 6, 1.5)
    assert found.connectivity == 6 / 12
    assert found.reciprocity == 4 / 6
    assert (found.largest_out, found.largest_in) == (3, 2)
    # A pays B, C, D: of six ordered pairs one is a link (B to C). B pays A, C: both A to C and C to A are. C pays one.
    assert found.clustering == pytest.approx((1 / 6 + 2 / 2) / 2)
    assert found.giant == 3 / 4
    # Among A, B, C only C to B takes two steps.
    assert found.path_length == pytest.approx(7 / 6) and found.diameter == 2
    # 60 + 20 of 100 are the first to reach 75 per cent.
    assert (found.core_links, found.core_banks) == (2, 3)
    assert found.top_link_share == 0.6
    assert found.value_hhi == pytest.approx(0.81**2 + 0.14**2 + 0.05**2)
    assert found.tail_out is None
    assert found.table()["metric"].to_pylist()[0] == "banks"


def test_banks_by_hand():
    table = by_bank(day(LINKS)).to_pydict()
    assert table["degree_out"] == [3, 2, 1, 0, 0] and table["degree_in"] == [2, 1, 2, 1, 0]
    assert table["strength_out"] == [81, 14, 5, 0, 0] and table["strength_in"] == [15, 60, 24, 1, 0]
    assert table["sinkrank"][3:] == [None, None]
    assert table["clustering"][2:] == [None, None, None]
    assert sum(table["pagerank"]) == pytest.approx(1.0)


def test_sinkrank_of_a_ring_and_of_a_pair():
    ring = day({("A", "B"): 5, ("B", "C"): 5, ("C", "A"): 5})
    value = weights(ring)[:3][:, :3]
    assert hops(value, 0).tolist() == [2.0, 1.0]  # from B two hops, from C one
    assert by_bank(ring).to_pydict()["sinkrank"][:3] == pytest.approx([1 / 1.5] * 3)
    # From B a unit goes to A with chance 1/4, else to C, which sends it back: E = 1 + 3/4 (1 + E), so 7.
    back = day({("A", "B"): 9, ("B", "A"): 1, ("B", "C"): 3, ("C", "B"): 3})
    assert hops(weights(back)[:3][:, :3], 0) == pytest.approx([7.0, 8.0])


def test_pagerank_solves_its_equation():
    table = by_bank(day(LINKS)).to_pydict()
    value = weights(day(LINKS)).toarray()
    walk = np.where(value.sum(1, keepdims=True) > 0, value / np.maximum(value.sum(1, keepdims=True), 1), 1 / 5)
    rank = np.array(table["pagerank"])
    assert rank == pytest.approx(0.85 * walk.T @ rank + 0.15 / 5, abs=1e-9)


@pytest.mark.parametrize("exponent", [2.1, 2.5, 3.0])
def test_tail_finds_the_exponent_of_a_power_law(exponent: float):
    rng = np.random.default_rng(7)
    drawn = np.floor(0.5 + 4.5 * (1 - rng.random(20_000)) ** (-1 / (exponent - 1))).astype(int)
    found = tail(drawn)
    assert found is not None and abs(found - exponent) < 0.08


def test_an_empty_network():
    found = network(Day.of(Accounts.of(["A", "B"]), [], [], [], []))
    assert found.banks == 0 and found.links == 0 and found.reciprocity is None and found.core_links == 0
