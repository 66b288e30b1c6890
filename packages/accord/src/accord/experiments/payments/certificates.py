"""The certificate of a contract on a case: exact, small, and without any learner.

A contract is certified when money is conserved in every joint choice, exactly one joint choice survives iterated strict
dominance and it is the target, all together pay no more than without, and nobody who signs pays more. Whether that is
a *gain* is another question: the verdict compares with the planner, and not with delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ...solve.equilibria.mixed import mixed_two_by_two
from ...solve.equilibria.stage import dominance, pure_equilibria
from ...solve.tables.normal import NormalForm
from ...solve.tables.numbers import said
from ...solve.terms.features import Features
from ...solve.terms.regions import price_interval
from .cases import Offer
from .record import Certificate, Check, Selection
from .truth import Table, cell

_NEAR = Fraction(1, 100)
"""How far below and above its threshold a fee is tried."""


def certificate(table: Table, offer: Offer, learned: Sequence[float] | None = None) -> Certificate:
    """Check a contract on the table of a case.

    Args:
        table: of the case without a contract.
        offer: the contract.
        learned: what each bank pays without it in what was learned, if that is known: one more selection of what a bank
            expects that rejects.
    """
    form, target = table.form, offer.target
    transfers = table.transfers(offer.space, offer.theta)
    under = form.plus(transfers)  # refuses transfers that do not add up to zero somewhere
    left = dominance(under, mixed=False)
    costs = tuple(-pay for pay in under.payoff(target))
    total, least = sum(costs, Fraction(0)), Fraction(-int(form.welfare.max()), form.scale)
    selections = tuple(
        _selection(name, outside, costs) for name, outside in outsides(form, offer, learned).items()
    )
    before = {name: sum(outside, Fraction(0)) for name, outside in outsides(form, offer, learned).items()}
    pays = [amount for amount in transfers.payoff(target) if amount > 0]
    largest = Fraction(int(np.abs(transfers.units).max()), transfers.scale)
    worst = max(before.values(), default=total)
    named = [" or ".join(form.labels[i][a] for a in own) for i, own in enumerate(left.left) if len(own) < 4]
    certified = left.solution == tuple(target)
    checks = (
        Check("zero sum", "0 in every joint choice", f"0 in all {form.welfare.size:,}", not np.any(transfers.welfare)),
        Check("one survivor", "1", f"{int(np.prod([len(own) for own in left.left]))}", left.solution is not None),
        Check("it is the target", ", ".join(form.named(target)), ", ".join(named) or "many", certified),
        Check("total no worse than before", f"at most {said(worst)}", said(total), total <= worst),
        Check(
            "somebody signs", "all under some expectation", _signers(selections), any(one.signed for one in selections)
        ),
        *threshold_checks(table, offer),
    )
    verdict, message = _verdict(form, offer, certified, total, least, before)
    return Certificate(
        cell(under, target), checks, selections, float(sum(pays, Fraction(0))), float(largest), offer.threshold,
        verdict, message,
    )


def outsides(form: NormalForm, offer: Offer, learned: Sequence[float] | None) -> dict[str, tuple[Fraction, ...]]:
    """Each bank's cost without the contract, by what is expected to be played then."""
    found: dict[str, tuple[Fraction, ...]] = {}
    cells = [tuple(-pay for pay in form.payoff(profile)) for profile in pure_equilibria(form)]
    if cells:
        found["worst"] = max(cells, key=lambda own: sum(own, Fraction(0)))
        found["best"] = min(cells, key=lambda own: sum(own, Fraction(0)))
    if form.num_actions == (2, 2):
        for one in mixed_two_by_two(form):
            if all(len(part) == 2 for part in one.support):
                found["mixed"] = tuple(-pay for pay in one.payoffs)
        safe = risk_dominant(form)
        if safe is not None:
            found["risk-dominant"] = tuple(-pay for pay in form.payoff(safe))
    if learned is not None:
        found["learned"] = tuple(Fraction(round(value * 10**4), 10**4) for value in learned)
    return found


def risk_dominant(form: NormalForm) -> tuple[int, int] | None:
    """Of two strict equilibria of a two-by-two game the one with the larger product of losses from leaving it.

    Source: Harsanyi and Selten 1988. None where there are not two, or the products are equal.
    """
    found = [(a, b) for a, b in pure_equilibria(form)] if form.num_actions == (2, 2) else []
    if len(found) != 2:
        return None
    first, second = form.units
    product = lambda a, b: int(first[a, b] - first[1 - a, b]) * int(second[a, b] - second[a, 1 - b])
    one, other = (product(*place) for place in found)
    return None if one == other else found[0] if one > other else found[1]


def _selection(name: str, outside: tuple[Fraction, ...], costs: tuple[Fraction, ...]) -> Selection:
    """The answer of every bank by backward induction: it rejects what costs it more than what it expects then."""
    gains = [before - after for before, after in zip(outside, costs, strict=True)]
    signed = min(gains) >= 0 and max(gains) > 0
    return Selection(name, tuple(map(float, outside)), tuple(map(float, gains)), signed)


def _signers(selections: Sequence[Selection]) -> str:
    yes = [one.name for one in selections if one.signed]
    no = [one.name for one in selections if not one.signed]
    parts = [f"signed against {', '.join(yes)}" if yes else "", f"rejected against {', '.join(no)}" if no else ""]
    return "; ".join(part for part in parts if part)


def threshold_checks(table: Table, offer: Offer) -> tuple[Check, ...]:
    """Whether 1 % below its threshold a fee leaves something else than the target, and 1 % above it nothing."""
    if offer.threshold is None or offer.threshold <= 0:
        return ()
    out = []
    limit = Fraction(str(round(offer.threshold, 9)))
    for factor, wanted in ((1 - _NEAR, False), (1 + _NEAR, True)):
        # A pact keeps its shape: its terms add up to the limit.
        scale = limit * factor / sum((Fraction(str(term)) for term in offer.theta), Fraction(0))
        theta = tuple(scale * Fraction(str(term)) for term in offer.theta)
        under = table.form.plus(table.transfers(offer.space, theta))  # type: ignore[arg-type]
        only = pure_equilibria(under) == [tuple(offer.target)]
        name = f"{float(factor):g} of the threshold"
        out.append(Check(name, "the target alone" if wanted else "something else too", _only(under), only == wanted))
    return tuple(out)


def _only(form: NormalForm) -> str:
    found = pure_equilibria(form)
    named = "; ".join(", ".join(form.named(profile)) for profile in found[:3])
    return f"{len(found)} equilibria: {named}" if len(found) != 1 else named


def least_rate(table: Table, offer: Offer) -> str:
    """Between which rates the target is a strict equilibrium, for a contract of one term on a payments game."""
    slopes = table.slopes(offer.space)
    net = (slopes.sum(axis=1) - slopes.sum(axis=2)).reshape(len(slopes), *table.form.units.shape)
    assert offer.space is not None
    unit = table.base.unit * len(table.days)  # type: ignore[union-attr]
    features = Features.of(
        net.astype(object) * Fraction(1, unit), low=[str(low) for low in offer.space.low],
        high=[str(high) for high in offer.space.high],
    )
    where = price_interval(table.form, offer.target, features, strict=True)
    return "nowhere" if where is None else str(where)


def _verdict(
    form: NormalForm, offer: Offer, certified: bool, total: Fraction, least: Fraction, before: dict[str, Fraction]
) -> tuple[str, str]:
    """Gain or harm, against the planner and against what is played without the contract."""
    words = f"{offer.label[0].upper()}{offer.label[1:]}"
    if not certified:
        return "not certified", f"{words}: other play survives, so nothing is promised."
    played = before.get("learned", before.get("worst", total))
    best = before.get("best", played)
    sums = f"all together pay {said(total)} under it, {said(played)} without it, and {said(least)} under a planner"
    if total > best and total > least:
        return "harm", (
            f"{words} ends delay and does harm: {sums}. The best equilibrium without it costs {said(best)}. "
            "Less delay is not a gain."
        )
    if total > least:
        return "no gain", f"{words} is short of the planner: {sums}."
    if _less(total, played):
        return "gain", f"{words} is a gain: {sums}."
    worst = max(before.values())
    if worst > total:
        name = next(name for name, value in before.items() if value == worst)
        return "no gain", (
            f"{words} lowers no cost that learners pay: {sums}. It buys certainty: who expects the {name} play "
            f"({said(worst)} in all) gains."
        )
    return "no gain", f"{words} is not needed: {sums}."


def _less(total: Fraction, played: Fraction) -> bool:
    """Whether a cost is lower by more than what learners lose by residual exploration: one part in a hundred."""
    return total < played and played - total > Fraction(1, 100) * max(abs(played), Fraction(1, 100))
