"""Generated days of payments: who pays whom, how much, and when, from a few numbers and a seed."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np

from ..core.errors import BadSetting
from ..core.settings import bounded, checked
from .clock import HOUR, MINUTE, NO_TIME
from .day import LARGEST, Accounts, Day
from .metrics import bounds
from .netting import summed
from .rules import NORMAL, URGENT


@dataclasses.dataclass(frozen=True)
class DayLaw:
    """How a day is drawn. The default is a system of the size of LVTS: 15 banks, hourly from 06:00 to 18:00.

    The order of drawing: the network and the banks' sizes (from `network_seed`, so that days of one system share
    them); then, from the seed of the day, each link's value (log-normal around the product of its banks' sizes), each
    bank's hours (Dirichlet around a Beta density; large banks peak earlier), counts (Poisson per link and hour) and
    sizes (log-normal, scaled so that each link's value is met to the cent).

    Source: this project's own proposal to match the stylised facts of the LVTS extract of Castro et al. (log-normal
    daily totals, hourly shapes, one bank with the earlier peak) and of Fedwire's network (Soramaki et al. 2007: core
    and periphery, reciprocity, degree tail). `acceptance` holds a day against the published figures.
    """

    banks: int = bounded(15, 2, 100_000, "number of banks")
    payments: int = bounded(41_000, 1, 50_000_000, "payments expected in a day")
    counts: Literal["poisson", "fixed"] = "poisson"
    """Whether the day's number of payments varies as a Poisson count or is met exactly."""

    mean_amount: int = bounded(200_000_000, 1, 2**50, "mean payment in cents")
    sigma: float = bounded(1.8, 0.0, 5.0, "spread of log sizes of one link's payments; mean far above median")
    daily_sigma: float = bounded(0.35, 0.0, 3.0, "spread of a link's log daily value around its expectation")
    balance: float = bounded(0.8, 0.0, 1.0, "correlation of that spread between the two directions of a pair")
    surge: float = bounded(1.0, 0.01, 100.0, "factor on all values and counts (month end, after a holiday)")

    core: int = bounded(5, 1, 1000, "banks of the core, in which everybody is linked with everybody")
    attachments: int = bounded(3, 1, 50, "a bank outside the core is linked with one to so many core banks")
    mean_degree: float | None = bounded(
        10.0, 0.0, 1000.0, "links per bank that a day may use, filled up by fitness; none for the attachments alone"
    )
    reciprocity: float = bounded(0.95, 0.0, 1.0, "share of links whose opposite is a link, aimed at")
    tail: float = bounded(2.1, 1.5, 5.0, "exponent of the power law of fitness, and so of degrees")
    temper: float = bounded(0.5, 0.5, 100.0, "ranks of fitness begin here; higher makes the largest banks more alike")
    size_power: float = bounded(0.5, 0.0, 3.0, "a link's expected value goes with this power of both banks' fitness")
    network_seed: int = bounded(0, 0, 2**31, "seed of network and sizes")

    concentration: float = bounded(25.0, 0.1, 1e6, "kappa of the Dirichlet law of hours; higher is smoother")
    early: tuple[float, float] = (2.0, 3.0)
    """Beta parameters of the hours of large banks (an earlier peak)."""

    late: tuple[float, float] = (3.0, 2.5)
    """Beta parameters of the hours of the other banks."""

    opens: int = bounded(6 * HOUR, 0, 24 * HOUR, "opening, milliseconds since midnight")
    closes: int = bounded(18 * HOUR, 0, 24 * HOUR, "close, milliseconds since midnight")
    urgent: float = bounded(0.1, 0.0, 1.0, "share of payments that are urgent")
    timed: float = bounded(0.02, 0.0, 1.0, "share of payments with a deadline, half an hour to two hours later")
    liquidity: float = bounded(
        0.3, 0.0, 10.0, "opening balances, between the lower bound of liquidity (0) and the upper one (1)"
    )


FEDWIRE = DayLaw(
    banks=5086, payments=436_000, mean_amount=300_000_000, sigma=2.2, core=25, attachments=2, mean_degree=27.0,
    reciprocity=0.25, tail=2.1, temper=2.5, size_power=1.7, opens=0, closes=18 * HOUR, urgent=0.0, timed=0.0,
)  # fmt: skip
"""A day of the size of Fedwire in 2004 (some seconds to draw). Half of the links that it allows are used in a day, the
large ones; what that matches and what not: `acceptance`. Hours and spread of sizes are not published facts."""


def generate(law: DayLaw | None = None, seed: int = 0) -> Day:
    """A day drawn from a law. The same law and seed give the same day.

    Raises:
        BadSetting: numbers out of their range, or a day that closes less than a minute after it opens.
    """
    law = checked(law or DayLaw())
    if law.closes - law.opens < MINUTE:
        raise BadSetting(f"opens={law.opens} and closes={law.closes} leave no day. Give milliseconds since midnight.")
    sender, receiver, fitness = linked(law)
    rng = np.random.default_rng(np.random.SeedSequence([seed, law.network_seed, 1]))
    weight = (fitness[sender] * fitness[receiver]) ** law.size_power
    value = weight * np.exp(law.daily_sigma * _noise(law, sender, receiver, rng) - law.daily_sigma**2 / 2)
    value *= law.surge * law.payments * law.mean_amount / weight.sum()
    link, time = _arrivals(law, sender, fitness, weight, rng)
    amount = _amounts(law, link, value, rng)
    count = link.size
    urgent = rng.random(count) < law.urgent
    timed = rng.random(count) < law.timed
    deadline = np.minimum(time + rng.integers(30, 121, count) * MINUTE, law.closes)
    names = [f"B{k + 1:0{len(str(law.banks))}}" for k in range(law.banks)]
    day = Day.of(
        Accounts.of(names), time, sender[link], receiver[link], amount,
        priority=np.where(urgent, URGENT, NORMAL), deadline=np.where(timed, deadline, NO_TIME),
        opens=law.opens, closes=law.closes,
    )  # fmt: skip
    day = dataclasses.replace(day, ids=np.array([f"P{k + 1:07}" for k in range(count)], object))
    return endowed(day, law.liquidity)


def endowed(day: Day, share: float) -> Day:
    """The day with opening balances between the bounds of liquidity: lower + share x (upper - lower), rounded up."""
    lower, upper = bounds(day)
    return day.funded(lower + np.ceil((upper - lower) * share).astype(np.int64))


def linked(law: DayLaw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The network of a law: senders and receivers of its links, and the banks' fitness (the first are the largest).

    Fitness lies on the quantiles of a Pareto law. The first banks are the core, linked both ways with each other. Every
    other bank is linked with a few core banks, drawn by fitness, and if `mean_degree` asks for more, more links are
    drawn with both ends by fitness. Outside the core as many are made mutual as brings the whole to `reciprocity`.
    """
    banks = law.banks
    rng = np.random.default_rng(np.random.SeedSequence([law.network_seed, 0]))
    fitness = ((np.arange(banks) + law.temper) / banks) ** (-1.0 / (law.tail - 1.0))
    core = min(banks, law.core)
    inside = {(i, j) for i in range(core) for j in range(core) if i != j}
    chances = fitness[:core] / fitness[:core].sum()
    outside: set[tuple[int, int]] = set()  # unordered: (smaller, larger)
    for bank in range(core, banks):
        wanted = min(core, int(rng.integers(1, law.attachments + 1)))
        outside |= {(int(hub), bank) for hub in rng.choice(core, wanted, replace=False, p=chances)}
    target = None if law.mean_degree is None else law.mean_degree * banks
    if target is not None:
        wanted = _unordered(len(inside), target, law.reciprocity)
        outside |= _more(rng, fitness, core, outside, min(wanted, banks * (banks - 1) // 2 - len(inside) // 2))
    drawn = np.array(sorted(outside), np.int64).reshape(-1, 2)
    mutual = rng.random(len(drawn)) < _mutual_share(len(inside), len(drawn), law.reciprocity)
    turned = np.where((rng.random(len(drawn)) < 0.5)[:, None], drawn, drawn[:, ::-1])
    every = np.concatenate([np.array(sorted(inside), np.int64).reshape(-1, 2), turned, turned[mutual][:, ::-1]])
    return every[:, 0], every[:, 1], fitness


def _mutual_share(inside: int, outside: int, reciprocity: float) -> float:
    """Which share q of the links outside the core to mirror: (inside + 2 q outside) / (inside + (1 + q) outside)."""
    if not outside or reciprocity >= 1.0:
        return 1.0
    share = (reciprocity * (inside + outside) - inside) / (outside * (2.0 - reciprocity))
    return min(max(share, 0.0), 1.0)


def _unordered(inside: int, links: float, reciprocity: float) -> int:
    """How many pairs outside the core to link so that their links, mirrored ones included, make `links` in all."""
    return max(0, round((links - inside) - max(0.0, reciprocity * links - inside) / 2.0))


def _more(
    rng: np.random.Generator, fitness: np.ndarray, core: int, have: set[tuple[int, int]], wanted: int
) -> set[tuple[int, int]]:
    """More pairs, both ends drawn by fitness, until there are `wanted` (or no new ones turn up)."""
    found, chances, idle = set(have), fitness / fitness.sum(), 0
    while len(found) < wanted and idle < 50:
        before = len(found)
        ends = np.sort(rng.choice(fitness.size, (2 * (wanted - before) + 16, 2), p=chances), axis=1)
        fresh = ends[(ends[:, 0] < ends[:, 1]) & (ends[:, 1] >= core)]
        for pair in map(tuple, fresh.tolist()):
            if len(found) == wanted:
                break
            found.add(pair)
        idle = idle + 1 if len(found) == before else 0
    return found


def _noise(law: DayLaw, sender: np.ndarray, receiver: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Standard normal numbers, one per link, with correlation `balance` between the two directions of a pair."""
    pair = np.minimum(sender, receiver) * law.banks + np.maximum(sender, receiver)
    _, which = np.unique(pair, return_inverse=True)
    common = rng.standard_normal(which.max(initial=0) + 1)[which]
    return np.sqrt(law.balance) * common + np.sqrt(1.0 - law.balance) * rng.standard_normal(pair.size)


def _arrivals(
    law: DayLaw, sender: np.ndarray, fitness: np.ndarray, weight: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Link and time of every payment: counts go with the root of a link's expected value, hours with its sender."""
    edges = np.unique(np.append(np.arange(law.opens, law.closes, HOUR), law.closes))
    middle = ((edges[1:] + edges[:-1]) / 2 - law.opens) / (law.closes - law.opens)
    density = lambda a, b: middle ** (a - 1.0) * (1.0 - middle) ** (b - 1.0) * np.diff(edges)
    large = np.arange(law.banks) < max(1, law.banks // 5)
    shape = np.where(large[:, None], density(*law.early), density(*law.late))
    shape /= shape.sum(axis=1, keepdims=True)
    hours = rng.gamma(np.maximum(law.concentration * shape, 1e-3))
    hours /= hours.sum(axis=1, keepdims=True)
    per_link = np.sqrt(weight) / np.sqrt(weight).sum()
    total = law.payments * law.surge
    count = round(total) if law.counts == "fixed" else int(rng.poisson(total))
    # Given their sum, independent Poisson counts are multinomial: link first, hour by the sender.
    by_link = rng.multinomial(count, per_link)
    by_cell = rng.multinomial(by_link, hours[sender])
    link, hour = np.repeat(np.indices(by_cell.shape).reshape(2, -1), by_cell.ravel(), axis=1)
    time = edges[hour] + np.floor(rng.random(count) * np.diff(edges)[hour]).astype(np.int64)
    order = np.argsort(time, kind="stable")
    return link[order], time[order].astype(np.int64)


def _amounts(law: DayLaw, link: np.ndarray, value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cents of every payment: log-normal, scaled so that each link with payments carries its value, rounded."""
    size = rng.lognormal(0.0, law.sigma, link.size)
    per_link = np.bincount(link, size, value.size)
    target = np.maximum(np.rint(value).astype(np.int64), np.bincount(link, minlength=value.size))
    amount = np.maximum(np.floor(size / per_link[link] * target[link]).astype(np.int64), 1)
    # What rounding left over, or took too much of, goes to the link's largest payment.
    order = np.lexsort((amount, link))
    last = order[np.flatnonzero(np.diff(link[order], append=-1))]
    amount[last] += target[link[last]] - summed(link, amount, value.size)[link[last]]
    return np.clip(amount, 1, LARGEST)
