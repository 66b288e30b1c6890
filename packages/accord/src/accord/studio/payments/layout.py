"""Where banks stand in a picture of their network, and the rings of payments that wait for each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...clearing.day import Day
from ...clearing.netting import summed
from ...clearing.settled import Settled

MOST_BANKS = 40
MOST_LINKS = 160
MOST_RINGS = 10
CORE = 0.5
"""The inner circle: the fewest banks with so much of all that is sent and received."""


class Place(NamedTuple):
    """A bank in the picture: within the unit circle, and whether it belongs to the core."""

    bank: int
    x: float
    y: float
    core: bool


def strength(day: Day) -> np.ndarray:
    """Cents that each bank sends and receives, `int64[banks]`."""
    banks = len(day.accounts)
    return summed(day.sender, day.amount, banks) + summed(day.receiver, day.amount, banks)


def links(day: Day, chosen: np.ndarray | None = None) -> dict[tuple[int, int], int]:
    """Cents from one bank to another, over some payments (a mask) or all."""
    banks = len(day.accounts)
    chosen = np.ones(len(day), bool) if chosen is None else chosen
    code = day.sender[chosen] * banks + day.receiver[chosen]
    distinct, which = np.unique(code, return_inverse=True)
    value = summed(which, day.amount[chosen], distinct.size)
    return {(int(c) // banks, int(c) % banks): int(v) for c, v in zip(distinct, value, strict=True)}


def places(day: Day) -> list[Place]:
    """Core and periphery on two circles: who trades most stands inside, the others near the core banks they pay.

    The core stands in an order in which the heaviest pairs are neighbours; each other bank is drawn towards the middle
    of its links, and then all are spread evenly.
    """
    size = strength(day)
    shown = [int(b) for b in np.argsort(-size, kind="stable")[:MOST_BANKS] if size[b]]
    running = np.cumsum(size[shown])
    wanted = int(np.searchsorted(running, CORE * size.sum())) + 1
    core = shown[: min(max(wanted, 1), len(shown))]
    if len(shown) <= 6:
        core = shown
    flow = links(day)
    pull = lambda a, b: flow.get((a, b), 0) + flow.get((b, a), 0)
    ring = _ring(core, pull)
    outside = [bank for bank in shown if bank not in set(core)]
    inner = (1.0 if not outside else 0.5) if len(core) > 1 else 0.0
    found = [_at(bank, k / len(ring), inner, True) for k, bank in enumerate(ring)]
    angles = {place.bank: (place.x, place.y) for place in found}
    towards = {}
    for bank in outside:
        x = sum(pull(bank, b) * px for b, (px, _) in angles.items())
        y = sum(pull(bank, b) * py for b, (_, py) in angles.items())
        towards[bank] = math.atan2(y, x) % (2 * math.pi)
    ordered = sorted(outside, key=lambda bank: (towards[bank], bank))
    if not ordered:
        return found
    # Turn the evenly spread circle so that banks stand as near as they can to where they are drawn.
    turns = [towards[bank] - 2 * math.pi * k / len(ordered) for k, bank in enumerate(ordered)]
    turn = math.atan2(sum(map(math.sin, turns)), sum(map(math.cos, turns))) / (2 * math.pi)
    start = _at(0, 0, 1, False)
    shift = math.atan2(start.y, start.x) / (2 * math.pi)
    return found + [_at(bank, k / len(ordered) + turn - shift, 1.0, False) for k, bank in enumerate(ordered)]


def _at(bank: int, part: float, radius: float, core: bool) -> Place:
    angle = 2 * math.pi * part - math.pi / 2
    return Place(bank, round(radius * math.cos(angle), 4), round(radius * math.sin(angle), 4), core)


def _ring(banks: list[int], pull: Callable[[int, int], int]) -> list[int]:
    """An order around a circle: begin with the largest, go on with whoever trades most with the last one."""
    left, order = banks[1:], banks[:1]
    while left:
        order.append(max(left, key=lambda bank: (pull(order[-1], bank), -bank)))
        left.remove(order[-1])
    return order


class Standstill(NamedTuple):
    """The queue at one moment: cents queued by (sender, receiver), and the rings in it."""

    time: int
    gridlock: bool
    queued: dict[tuple[int, int], int]
    rings: list[tuple[list[int], int]]
    """Rings of banks, each with the smallest queued value along it, the widest first."""

    @property
    def lit(self) -> set[tuple[int, int]]:
        """Every link of these rings."""
        return {link for ring, _ in self.rings for link in zip(ring, ring[1:] + ring[:1], strict=True)}


def standstill(settled: Settled) -> Standstill | None:
    """The queue at its largest during the longest gridlock; without a gridlock, at its largest during the day."""
    times, _, value = settled.queue_path()
    if not times.size:
        return None
    spells = sorted((s for s in settled.spells if s.kind == "gridlock"), key=lambda s: -s.length)
    for spell in spells[:3]:
        inside = np.flatnonzero((times >= spell.start) & (times < spell.end))
        order = inside[np.argsort(-value[inside], kind="stable")]
        for moment in [int(times[k]) for k in order[:1]] + [spell.end - 1]:
            found = _picture(settled, moment, True)
            if found.rings:
                return found
    return _picture(settled, int(times[int(value.argmax())]), False)


def _picture(settled: Settled, moment: int, gridlock: bool) -> Standstill:
    day = settled.day
    waiting = (day.time <= moment) & (~settled.done | (settled.time > moment))
    queued = links(day, waiting)
    return Standstill(moment, gridlock, queued, rings(queued, on_rings(queued, len(day.accounts))))


def on_rings(queued: dict[tuple[int, int], int], banks: int) -> set[tuple[int, int]]:
    """Links inside a strongly connected component: those that lie on some ring."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not queued:
        return set()
    ends = np.array(list(queued))
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(banks, banks)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    return {(i, j) for i, j in queued if label[i] == label[j]}


def rings(queued: dict[tuple[int, int], int], stuck: set[tuple[int, int]]) -> list[tuple[list[int], int]]:
    """The shortest ring through each of the largest stuck links, the widest first: half pairs, half longer ones."""
    following: dict[int, list[int]] = {}
    for i, j in sorted(stuck):
        following.setdefault(i, []).append(j)
    pairs: dict[tuple[int, ...], int] = {}
    longer: dict[tuple[int, ...], int] = {}
    for i, j in sorted(stuck, key=lambda link: (-queued[link], link))[: 4 * MOST_RINGS]:
        for least, found in ((2, pairs), (3, longer)):
            path = _path(following, j, i, least)
            if len(path) < least or (least == 2 and len(path) > 2):
                continue
            first = path.index(min(path))
            ring = path[first:] + path[:first]
            found[tuple(ring)] = min(queued[a, b] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
    widest = lambda found: sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    most = max(MOST_RINGS // 2, MOST_RINGS - len(pairs))
    chosen = dict(widest(longer)[:most])
    chosen |= dict(widest(pairs)[: MOST_RINGS - len(chosen)])
    return [(list(ring), value) for ring, value in widest(chosen)]


def _path(following: dict[int, list[int]], begin: int, end: int, least: int) -> list[int]:
    """The shortest way of `least` banks or more from one bank to another, both included; empty if there is none."""
    came: dict[int, int] = {begin: begin}
    edge = [begin]
    while edge and end not in came:
        later = []
        for bank in edge:
            for other in following.get(bank, ()):
                direct = least > 2 and bank == begin and other == end
                if other not in came and not direct:
                    came[other] = bank
                    later.append(other)
        edge = later
    if end not in came:
        return []
    path = [end]
    while path[-1] != begin:
        path.append(came[path[-1]])
    return path[::-1]
