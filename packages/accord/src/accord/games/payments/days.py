"""Synthetic days: log-normal totals, hourly profiles, and banks in a core and a periphery."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...core.errors import BadSetting
from .demand import AbstractDemand, Orders


@dataclasses.dataclass(frozen=True)
class Days(AbstractDemand):
    """A table of days of two banks, twelve hours each as a rule.

    The total of a day is log-normal around a mean; a Dirichlet draw splits it over the hours, around a Beta density on
    the day. With `tickets` an hour's amount falls into so many indivisible orders of log-normal size.

    Source: stands in for the LVTS extract of Castro et al. 2025 (380 days, 12 hours, one pair of banks), which is not
    public. The forms, and all numbers below, are ours: of the data only that B pays more, more unevenly and earlier.
    """

    days: int = 380
    periods: int = 12
    means: tuple[float, float] = (0.30, 0.45)
    sigmas: tuple[float, float] = (0.30, 0.40)
    concentration: float = 25.0
    shapes: tuple[tuple[float, float], tuple[float, float]] = ((3.0, 2.5), (2.0, 3.0))
    """Of the Beta densities; the second bank peaks earlier."""

    tickets: int = 0
    """Indivisible orders per hour and bank; 0 for one divisible amount."""

    seed: int = 1

    def orders(self, unit: int) -> Orders:
        """`days` days."""
        if self.days < 1 or self.periods < 1 or self.tickets < 0 or self.concentration <= 0:
            raise BadSetting(
                f"days={self.days}, periods={self.periods}, tickets={self.tickets}, concentration="
                f"{self.concentration}: expected at least one day and period, tickets from 0 on, more than 0."
            )
        random, slots = np.random.default_rng(self.seed), max(self.tickets, 1)
        cents = np.zeros((self.days, 2, 2, self.periods, slots), np.int64)
        for bank in range(2):
            totals = log_normal(random, self.means[bank], self.sigmas[bank], self.days)
            weights = random.dirichlet(self.concentration * profile(self.periods, self.shapes[bank]), self.days)
            hours = apportioned(weights, np.rint(totals * unit).astype(np.int64))
            cents[:, bank, 1 - bank] = _ticketed(random, hours, slots)
        return Orders.of(cents, np.full(cents.shape[1:], self.tickets > 0))


@dataclasses.dataclass(frozen=True)
class CorePeriphery(AbstractDemand):
    """A table of days of many banks: a core in which all pay all, and a periphery that pays into it.

    A bank's fitness is Pareto; the fittest are the core, fully linked. Each other bank pays one to three core banks,
    drawn with chances proportional to fitness; each of those links is answered with probability `reciprocity`. The mean
    value of a link is proportional to the product of both ends' fitness, its value of a day log-normal, and a Dirichlet
    draw splits it over the hours.

    Source: the compact, tightly connected core of Soramäki et al. 2007 (staff report 243, abstract); the construction
    and its numbers are ours.
    """

    num_agents: int = 15
    days: int = 1
    periods: int = 12
    mean: float = 0.4
    """What a bank pays in a day on average, over banks and days."""

    core: float = 0.15
    """Share of banks in the core; two at least."""

    reciprocity: float = 0.5
    tail: float = 2.1
    """Exponent of the density of fitness."""

    sigma: float = 0.35
    concentration: float = 25.0
    shape: tuple[float, float] = (2.0, 3.0)
    seed: int = 1

    def orders(self, unit: int) -> Orders:
        """`days` days of one network."""
        if self.num_agents < 2 or self.days < 1 or self.periods < 1 or self.tail <= 1:
            raise BadSetting(
                f"num_agents={self.num_agents}, days={self.days}, periods={self.periods}, tail={self.tail}: expected "
                "two banks, one day, one period, and a tail above 1."
            )
        random, n = np.random.default_rng(self.seed), self.num_agents
        fitness = np.sort(1.0 + random.pareto(self.tail - 1.0, n))[::-1]
        links = self._links(random, fitness)
        means = np.where(links, fitness[:, None] * fitness[None], 0.0)
        means *= self.mean * n / means.sum()
        payers, payees = np.nonzero(links)
        cents = np.zeros((self.days, n, n, self.periods, 1), np.int64)
        for payer, payee in zip(payers, payees, strict=True):
            totals = log_normal(random, means[payer, payee], self.sigma, self.days)
            weights = random.dirichlet(self.concentration * profile(self.periods, self.shape), self.days)
            cents[:, payer, payee, :, 0] = apportioned(weights, np.rint(totals * unit).astype(np.int64))
        return Orders.of(cents)

    def _links(self, random: np.random.Generator, fitness: np.ndarray) -> np.ndarray:
        """Who pays whom, `[payer, payee]`."""
        n = len(fitness)
        core = min(n, max(2, round(self.core * n)))
        links = np.zeros((n, n), bool)
        links[:core, :core] = ~np.eye(core, dtype=bool)
        chances = fitness[:core] / fitness[:core].sum()
        for bank in range(core, n):
            hosts = random.choice(core, size=min(core, int(random.integers(1, 4))), replace=False, p=chances)
            links[bank, hosts] = True
            links[hosts, bank] = random.random(len(hosts)) < self.reciprocity
        return links


def log_normal(random: np.random.Generator, mean: float, sigma: float, size: int) -> np.ndarray:
    """Log-normal draws with a given mean."""
    return mean * np.exp(sigma * random.standard_normal(size) - sigma**2 / 2)


def profile(periods: int, shape: tuple[float, float]) -> np.ndarray:
    """Shares of the hours of a day that follow a Beta density, taken at the middle of each; they add up to 1."""
    middle = (np.arange(periods) + 0.5) / periods
    density = middle ** (shape[0] - 1) * (1 - middle) ** (shape[1] - 1)
    return density / density.sum()


def apportioned(weights: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Whole numbers in the proportions of `weights` (last axis) that add up to `totals`: largest remainders."""
    shares = weights / weights.sum(axis=-1, keepdims=True) * totals[..., None]
    floors = np.floor(shares).astype(np.int64)
    missing = totals[..., None] - floors.sum(axis=-1, keepdims=True)
    order = np.argsort(floors - shares, axis=-1, kind="stable")
    ranks = np.argsort(order, axis=-1, kind="stable")
    return floors + (ranks < missing)


def _ticketed(random: np.random.Generator, hours: np.ndarray, slots: int) -> np.ndarray:
    """Amounts `[days, periods]` cut into orders of log-normal size, `[days, periods, slots]`."""
    if slots == 1:
        return hours[..., None]
    return apportioned(np.exp(random.standard_normal((*hours.shape, slots))), hours)
