"""Partial netting against every subset; bilateral sets and rings against their definitions."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.clearing.netting import Queued, Side, bilateral_set, find_cycle, largest_set


@st.composite
def queues(draw, most: int = 10) -> Queued:
    """Small queues in order, with reserves and limits now and then."""
    banks = draw(st.integers(2, 4))
    count = draw(st.integers(0, most))
    rows = []
    for _ in range(count):
        sender = draw(st.integers(0, banks - 1))
        receiver = (sender + draw(st.integers(1, banks - 1))) % banks
        rows.append((sender, draw(st.booleans()), receiver, draw(st.integers(1, 9))))
    rows.sort(key=lambda row: row[:2])  # by sender, urgent ones first
    columns = [np.array([row[k] for row in rows], np.int64) for k in range(4)]
    room = np.array(draw(st.lists(st.integers(0, 6), min_size=banks, max_size=banks)), np.int64)
    blocked = np.array(draw(st.lists(st.sampled_from([0, 0, 3, 8]), min_size=banks, max_size=banks)), np.int64)
    pairs = sorted({(i, j) for i, _, j, _ in rows})
    limits = [(*pair, draw(st.integers(-2, 8))) for pair in pairs if draw(st.integers(0, 3)) == 0]
    return Queued(columns[0], columns[2], columns[3], columns[1].astype(bool), room, blocked, limits)


def fits(queue: Queued, chosen: tuple[bool, ...]) -> bool:
    """The definition, payment by payment."""
    room = {bank: int(value) for bank, value in enumerate(queue.room)}
    flow: dict[tuple[int, int], int] = {}
    careful = set()
    for taken, i, j, v, normal in zip(chosen, queue.sender, queue.receiver, queue.amount, queue.normal, strict=True):
        if taken:
            room[int(i)] -= int(v)
            room[int(j)] += int(v)
            flow[int(i), int(j)] = flow.get((int(i), int(j)), 0) + int(v)
            if normal:
                careful |= {int(i), (int(i), int(j))}
    if any(left < (queue.blocked[bank] if bank in careful else 0) for bank, left in room.items()):
        return False
    return all(
        (i, j) not in careful or flow.get((i, j), 0) - flow.get((j, i), 0) <= headroom
        for i, j, headroom in queue.headroom
    )


def in_order(queue: Queued, chosen: tuple[bool, ...]) -> bool:
    """Whether no payment is taken before one of its sender's ahead of it."""
    return all(
        chosen[k - 1] or not chosen[k] for k in range(1, len(chosen)) if queue.sender[k] == queue.sender[k - 1]
    )


@given(queues())
def test_partial_netting_is_the_unique_largest_set(queue: Queued):
    count = queue.amount.size
    feasible = [c for c in itertools.product((False, True), repeat=count) if in_order(queue, c) and fits(queue, c)]
    union = tuple(any(c[k] for c in feasible) for k in range(count))
    found = tuple(largest_set(queue).tolist())
    assert union in feasible  # the sets have one that contains them all
    assert found == union


def test_partial_netting_of_twelve_payments():
    rng = np.random.default_rng(4)
    sizes = set()
    for _ in range(12):
        sender = np.sort(rng.integers(0, 4, 12))
        receiver = (sender + rng.integers(1, 4, 12)) % 4
        normal, zero = np.ones(12, bool), np.zeros(4, np.int64)
        queue = Queued(sender, receiver, rng.integers(1, 30, 12), normal, rng.integers(0, 12, 4), zero)
        parts = [range(int((sender == bank).sum()) + 1) for bank in range(4)]
        best: list[tuple[bool, ...]] = []
        for counts in itertools.product(*parts):
            chosen = tuple(k - int(np.searchsorted(sender, sender[k])) < counts[sender[k]] for k in range(12))
            if fits(queue, chosen):
                best.append(chosen)
        largest = max(best, key=sum)
        assert sum(len(c) == len(largest) and sum(c) == sum(largest) for c in best) == 1
        assert tuple(largest_set(queue).tolist()) == largest
        sizes.add(sum(largest))
    assert len(sizes) > 2  # gridlocks, deadlocks and something between


@given(queues())
def test_fits_is_the_definition(queue: Queued):
    for chosen in itertools.islice(itertools.product((False, True), repeat=queue.amount.size), 0, None, 7):
        assert queue.fits(np.array(chosen, bool)) == fits(queue, chosen)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=5),
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=5),
    st.lists(st.integers(0, 6), min_size=2, max_size=2),
    st.lists(st.integers(0, 4), min_size=2, max_size=2),
    st.lists(st.integers(-1, 9), min_size=2, max_size=2),
)
def test_bilateral_sets_are_the_largest(mine, theirs, rooms, blocked, headrooms):
    sides = []
    for k, payments in enumerate((sorted(mine, key=lambda p: p[1]), sorted(theirs, key=lambda p: p[1]))):
        amount = np.array([v for v, _ in payments], np.int64)
        normal = np.array([n for _, n in payments], bool)
        sides.append(Side(amount, normal, rooms[k], blocked[k], headrooms[k]))

    def bears(side: Side, count: int, net: int) -> bool:
        if count and side.normal[count - 1]:
            return side.room - net >= side.blocked and net <= side.headroom
        return side.room - net >= 0

    feasible = []
    for a, b in itertools.product(range(len(mine) + 1), range(len(theirs) + 1)):
        net = int(sides[0].amount[:a].sum() - sides[1].amount[:b].sum())
        if bears(sides[0], a, net) and bears(sides[1], b, -net):
            feasible.append((a, b))
    both = [(a, b) for a, b in feasible if a and b]
    best = (max(a for a, _ in both), max(b for _, b in both)) if both else (0, 0)
    assert bilateral_set(*sides) == best
    assert not both or best in both


def test_netting_is_exact_above_two_to_the_53():
    # As floats, 2^53 + 1 and 2^53 are one number: the ring would seem to close.
    big = 2**53
    ring = lambda last: Queued(
        np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), np.array([big, 1, big, last]), np.ones(4, bool),
        np.zeros(2, np.int64), np.zeros(2, np.int64),
    )
    assert largest_set(ring(1)).tolist() == [True] * 4
    assert largest_set(ring(2)).tolist() == [True, False, True, False]


@pytest.mark.parametrize(("longest", "found"), [(3, []), (4, [0, 1, 2, 3])])
def test_rings_are_no_longer_than_allowed(longest: int, found: list[int]):
    following = {0: [(1, 0)], 1: [(2, 1)], 2: [(3, 2)], 3: [(0, 3)]}
    assert find_cycle(range(4), following.__getitem__, lambda *_: True, longest) == found


def test_two_banks_are_no_ring():
    assert find_cycle(range(2), {0: [(1, 0)], 1: [(0, 1)]}.__getitem__, lambda *_: True, 5) == []


def test_a_ring_needs_every_bank_to_fund_its_difference():
    following = {0: [(1, 0)], 1: [(2, 1)], 2: [(0, 2)]}
    amount, room = [10, 11, 10], [0, 1, 0]
    funds = lambda bank, incoming, outgoing: room[bank] + amount[incoming] >= amount[outgoing]
    assert find_cycle(range(3), following.__getitem__, funds, 5) == [0, 1, 2]
    room[1] = 0
    assert find_cycle(range(3), following.__getitem__, funds, 5) == []
