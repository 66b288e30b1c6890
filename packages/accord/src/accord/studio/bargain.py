"""The report's sentences on the contract: its price, what each price is worth, who signs, and who would rather cheat.

Like `story.py`: each function takes the result and gives one paragraph, or an empty string where numbers are missing.
"""

from __future__ import annotations

from . import words
from .words import Result, amount, called, finite, goods, intervals, kind, listed, price, say, sentence


def deal(result: Result) -> str:
    """The contract in plain words."""
    theta, part = words.found(result), result.get("contract") or {}
    if not part:
        return ""
    if not theta:
        return "No contract was found that everybody signs."
    text = f"The price is {price(result, theta.mid)}"
    if theta.high - theta.low > 1e-9:
        text += f" (between {words.exact(theta.low)} and {words.exact(theta.high)})"
    signed = [bool(value) for value in part.get("signed") or ()]
    if signed:
        text += f"; it was signed in {sum(signed)} of {len(signed)} {'seed' if len(signed) == 1 else 'seeds'}"
    text += "."
    high = finite(((result.get("space") or {}).get("high") or [None])[0])
    if high is not None and theta.mid >= high - 1e-3 * abs(high):
        text += " That is the highest price allowed: perhaps the range stopped it there, and not the game."
    learned = part.get("learned") or {}
    offers = words.known(
        [offer[0] if isinstance(offer, list) and offer else offer for offer in learned.get("theta") or ()]
    )
    if offers:
        middle = sorted(value.mid for value in offers)[len(offers) // 2]
        text += f" Learned by offering and voting, the price came to {say(middle)}"
        if votes := words.known(learned.get("acceptance")):
            text += f", accepted with probability {words.exact(round(sum(v.mid for v in votes) / len(votes), 2))}"
        text += "."
    return text


# --------------------------------------------------------------------------------------------------------------- prices


CRITERIA = {
    "proposer": "the price that is best for the proposer among those that all accept",
    "welfare": "the price with the highest sum among those that all accept",
}
"""What the search for a contract looks for, in words."""


def better_from(result: Result) -> tuple[list[float], list[float]]:
    """Prices at which every agent is better off than without a contract, and all prices that were looked at."""
    part = result.get("landscape") or {}
    rows = [words.known(row) for row in part.get("realised") or ()]
    null = words.known((part.get("null") or {}).get("realised"))
    theta = [x for x in map(finite, part.get("theta") or ()) if x is not None]
    if not rows or len(null) != len(rows) or any(len(row) != len(theta) for row in rows):
        return [], []
    return [
        x for k, x in enumerate(theta) if all(row[k].mid > base.mid for row, base in zip(rows, null, strict=True))
    ], theta


def value(result: Result) -> str:
    """What the landscape shows."""
    good, theta = better_from(result)
    null = words.known(((result.get("landscape") or {}).get("null") or {}).get("realised"))
    if not theta:
        return ""
    text = "Without a contract " + listed(f"{called(result, i)} earns {say(v.mid)}" for i, v in enumerate(null)) + "."
    every = "both" if len(null) == 2 else "all of them"
    if not good:
        text += f" At no price are {every} better off."
    elif len(good) == len(theta):
        text += f" At every price that was looked at, {every} are better off."
    else:
        text += f" {sentence(_where(good, theta, result))}, {every} are better off."
    error = _surprise(result)
    if error is not None:
        scale = ", which counts later apples less," if (result.get("landscape") or {}).get("discounted") else ""
        text += f" What they expect (dotted){scale.replace('apples', goods(result))} is off by "
        text += f"{amount(error, goods(result))} on average."
    return text


def _where(some: list[float], every: list[float], result: Result) -> str:
    """In words, which of all prices are meant."""
    if not some:
        return "at no price"
    if len(some) == len(every):
        return "at any price"
    if some == every[-len(some) :]:
        return f"from {price(result, some[0])} on"
    if some == every[: len(some)]:
        return f"up to {price(result, some[-1])}"
    return f"at {len(some)} of {len(every)} prices, the lowest {say(some[0])} and the highest {say(some[-1])}"


def _surprise(result: Result) -> float | None:
    """Mean distance between what the critics predict and what was played, discounted alike where that is known."""
    part = result.get("landscape") or {}
    played = part.get("discounted") or part.get("realised") or ()
    gaps = [
        abs(p.mid - r.mid)
        for predicted, realised in zip(part.get("predicted") or (), played, strict=False)
        for p, r in zip(intervals(predicted), intervals(realised), strict=False)
        if p and r
    ]
    return sum(gaps) / len(gaps) if gaps else None


def signing(result: Result) -> str:
    """Who would sign at which price."""
    part = result.get("acceptance") or {}
    theta = [x for x in map(finite, part.get("theta") or ()) if x is not None]
    parts = []
    for way, verb in (("search", "would sign"), ("learned", "has learned to say yes")):
        for agent, values in enumerate(part.get(way) or ()):
            votes = words.known(values)
            if votes and len(votes) == len(theta):
                yes = [x for x, vote in zip(theta, votes, strict=True) if vote.mid >= 0.5]
                parts.append(f"{called(result, agent)} {verb} {_where(yes, theta, result)}")
    return f"{sentence('; '.join(parts))}." if parts else ""


def cheating(result: Result) -> str:
    """From which price on nobody gains by deviating, and whether the price found is one of them."""
    part = result.get("best_response") or {}
    theta = [x for x in map(finite, part.get("theta") or ()) if x is not None]
    gains = [words.known(row) for row in part.get("gain") or ()]
    who = list(part.get("agents") or range(len(gains)))
    if not theta or not gains or any(len(row) != len(theta) for row in gains):
        return ""
    start, slack, unit = finite(part.get("equilibrium_from")), finite(part.get("tolerance")) or 0.0, goods(result)
    most, i, k = max((row[k].mid, i, k) for i, row in enumerate(gains) for k in range(len(theta)))
    text = f"At each price one {kind(result)} at a time learned anew against the others, who stayed as they were."
    if most > 0:
        text += (
            f" The most that anybody gains by it is {amount(most, unit)}: {called(result, who[i])}, at {say(theta[k])}."
        )
    if start is None:
        return (
            f"{text} At none of these prices do all gain less than {say(slack)}: the learned play is a habit, not an "
            "equilibrium."
        )
    where = "At all of these prices" if start <= theta[0] else f"From {price(result, start)} on"
    text += f" {where} nobody gains more than {say(slack)}: there the learned play is an equilibrium, to that tolerance"
    text += "." if start <= theta[0] else "; below, it is a habit."
    theta_found = words.found(result)
    if theta_found and theta_found.mid < start - 1e-9:
        return (
            f"{text} The price found, {say(theta_found.mid)}, lies below: the contract as found is not an equilibrium."
        )
    return text + (f" The price found is {say(theta_found.mid)}." if theta_found else "")


def flips(result: Result) -> str:
    """Learned thresholds against the closed form."""
    known = [
        (str(part.get("game", "")), finite(part.get("exact")), finite(part.get("observed")))
        for part in result.get("thresholds") or ()
    ]
    parts = [
        f"{name}: {words.exact(seen)} learned, {words.exact(form)} exact"
        for name, form, seen in known
        if form is not None and seen is not None
    ]
    lost = [name for name, _, seen in known if seen is None]
    if not parts and not lost:
        return ""
    text = "In games small enough for paper and pencil, the price at which cooperation takes over is known."
    return text + (f" {'; '.join(parts)}." if parts else "") + (f" No flip was seen in {listed(lost)}." if lost else "")
