"""What an exact solution says, in sentences made of its numbers.

Each function takes the dictionary of a solution (`accord.solve.result.Solution.to_dict`) and gives one paragraph, or an
empty string where the numbers are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..solve.proof.certificate import Certificate
from . import words
from .words import called, listed, sentence

Solution = dict[str, Any]


# ---------------------------------------------------------------------------------------------------------- small words


def about(value: Any) -> float:
    """A value as a float, for drawing."""
    return float(value["about"] if isinstance(value, dict) else value)


def number(value: Any, beside: Any = None) -> str:
    """A value for people: short decimals and small fractions as they are, everything else rounded.

    Rounding never makes nothing of something, nor the value that stands `beside` it of one that is not the same.
    """
    if isinstance(value, dict):
        exact = Fraction(value["exact"])
        if (exact * 1000).denominator != 1 and exact.denominator <= 24 and abs(exact.numerator) < 1000:
            return str(exact).replace("-", "−")
    text = words.exact(about(value))
    lost = text == "0" and about(value) != 0
    if lost or (beside is not None and not same(value, beside) and text == number(beside)):
        return f"{about(value):.3g}".replace("-", "−") if lost else f"{about(value):.7g}"
    return text


def same(first: Any, second: Any) -> bool:
    """Whether two values are the same one."""
    exact = lambda value: Fraction(value["exact"]) if isinstance(value, dict) else float(value)
    return exact(first) == exact(second)


def numbers(values: Sequence[Any], last: str = "and") -> str:
    """Values, listed."""
    return listed((number(value) for value in values), last)


def agents(solution: Solution) -> int:
    """How many play."""
    return int(solution["game"]["num_agents"])


def names(solution: Solution) -> list[str]:
    """What the players are called."""
    return [called(solution, agent) for agent in range(agents(solution))]


def span(values: Sequence[Any]) -> str:
    """Several welfares, as in "2", "2 or 4", "2 to 5"."""
    if not values:
        return "none"
    return numbers(values, "or") if len(values) <= 3 else f"{number(values[0])} to {number(values[-1])}"


def played(text: str, count: int) -> str:
    """A joint action as a clause: "both defect", "all invest 0", "they play stag, hare"."""
    actions = text.split(", ")
    if len(actions) == count and len(set(actions)) == 1:
        return f"{'both' if count == 2 else 'all'} {actions[0]}" if count > 1 else f"it plays {actions[0]}"
    return f"they play {text}" if text else "they play"


# ------------------------------------------------------------------------------------------------------------ the story


def lead(solution: Solution) -> str:
    """The whole story, for somebody who knows nothing."""
    parts = (alone(solution), terms(solution), fine(solution), signing(solution), verdict(solution))
    return " ".join(part for part in parts if part)


def alone(solution: Solution) -> str:
    """What happens without a contract."""
    before, best = solution["before"], solution["optimum"]
    low, high, found = before["low"], before["high"], before.get("found") or []
    possible = f"of the {number(best)} possible"
    if same(low, best) and before["extent"] != "some":
        return f"Alone, they already have all {number(best)} that are possible: nothing is left for a contract to mend."
    if same(low, high):
        doing = played(found[0].get("play", ""), agents(solution)) if len(found) == 1 else ""
        doing = f"{doing} and have" if doing and doing != "they play" else "they have"
        return f"Alone, {doing} {number(low, best)} together {possible}."
    if before["extent"] == "bound":
        least, most = number(low), number(high, best)
        return f"Alone, no equilibrium gives them less than {least} or more than {most} together, {possible}."
    if any(entry.get("upto") for entry in found):
        found = []
    totals = sorted({number(entry): about(entry) for entry in map(_total, found)}.items(), key=lambda pair: pair[1])
    several = listed((text for text, _ in totals), "or") if 1 < len(totals) <= 3 else f"{number(low)} to {number(high)}"
    if before["extent"] == "some":
        return f"Alone, the equilibria that were found give them {several} together, {possible}; there may be others."
    return f"Alone, they may end with {several} together, {possible}: it depends on which equilibrium they play."


def _total(entry: dict[str, Any]) -> Any:
    """The welfare of an equilibrium, exact where its payoffs are."""
    parts = entry["payoffs"]
    if all(isinstance(part, dict) for part in parts):
        total = sum(Fraction(part["exact"]) for part in parts)
        return {"exact": str(total), "about": float(total)}
    return sum(map(about, parts))


def price(solution: Solution, theta: Any, attained: bool = True) -> str:
    """Terms of one number, as in "a fine of more than 1 point for a defection"."""
    unit = str((solution.get("space") or {}).get("unit") or "")
    kind = "fine" if " for " in unit else "wage" if " per " in unit else "price"
    value, (goods, space, rest) = number(theta), unit.partition(" ")
    goods = goods.removesuffix("s") if value == "1" else goods
    return f"a {kind} of {'' if attained else 'more than '}{value} {goods}{space}{rest}".strip()


def terms(solution: Solution) -> str:
    """The cheapest contract."""
    part = solution.get("cheapest")
    if not part:
        return ""
    target = part["target"]
    as_what = "dominant" if part["mode"] == "dominant" else "an equilibrium"
    space = (solution.get("space") or {}).get("name") or "the space"
    if not part["feasible"]:
        instead = f" {sentence(part['nearest'])}." if part.get("nearest") else ""
        return f"No contract of {space} makes {target} {as_what}.{instead}"
    theta = part.get("theta") or []
    if len(theta) == 1:
        return f"{sentence(price(solution, theta[0], part['attained']))} makes {target} {as_what}."
    most = part.get("largest")
    amount = f" that move no more than {number(most)} in a step" if most is not None else ""
    return f"Payments{amount} make {target} {as_what}."


def fine(solution: Solution) -> str:
    """What any transfers could do."""
    part = solution.get("fine")
    if not part:
        return ""
    amount, best = number(part["amount"]), number(solution["optimum"])
    return (
        f"With any transfers, a fine of {amount} for leaving the best joint policy makes it the only equilibrium: they "
        f"have all {best}, and nobody pays while all keep to it."
    )


def keeps(solution: Solution) -> str:
    """How the fine is decided, and who takes the surplus."""
    part = solution["fine"]
    low, high = (number(end) for end in part["keeps"])
    share = low if low == high else f"between {low} and {high}"
    decides = f"What decides the amount: {part['binding']}. " if part.get("binding") else ""
    return (
        f"{decides}Every deviation then loses at least {number(part['margin'])}, at every time and state and whatever "
        f"the others do. With lump sums at signing {names(solution)[int(part['proposer'])]}, who proposes, holds "
        f"everybody else to what they have without a contract and keeps {share} of the {number(solution['optimum'])}."
    )


def sweep(solution: Solution) -> str:
    """What is certain over the prices."""
    part = solution["sweep"]
    best = about(solution["optimum"])
    mended = [about(low) >= best - 1e-9 for low in part["low"]]
    least = max(range(len(part["low"])), key=lambda k: about(part["low"][k]))
    text = "No equilibrium leaves the shaded area, at the prices that are marked; in between nothing is said."
    if any(mended):
        return f"{text} At {number(part['terms'][mended.index(True)])} every equilibrium is the best they can do."
    if all(about(high) < best for high in part["high"]):
        text += " At none of these prices can they have all that is possible."
    return f"{text} Most is sure at {number(part['terms'][least])}: at least {number(part['low'][least])} together."


def learned(solution: Solution) -> str:
    """What training found, beside what is true."""
    part = solution["learned"]
    seeds = words.count(len(part["values"]), "seed")
    inside, total = 0, 0
    for seed in part["values"]:
        for price, values in enumerate(seed):
            low, high = map(about, part["welfare"][price])
            inside += low - 0.02 * abs(low) <= sum(values) <= high + 0.02 * abs(high)
            total += 1
    gains = sorted(gain for seed in part["gains"] for gain in seed)
    prices = [number(value) for value in part["searched"] if value is not None]
    found = f"The search found {listed(prices)}" if prices else "The search found no price that all sign"
    offers = [f"{number(offer)} (signed with probability {number(chance)})" for offer, chance in
              zip(part["offered"], part["signed"], strict=True)]
    told = f"; learned offers: {listed(offers)}" if offers else ""
    return (
        f"Frozen play of {seeds}, valued exactly. Its welfare lies within what equilibria allow (2 % wide) at {inside} "
        f"of {total} prices; the best response gains {number(gains[len(gains) // 2])} in the middle and "
        f"{number(gains[-1])} at most. {found}{told}."
    )


def signs(part: dict[str, Any], price: int) -> str:
    """Who signs at a price by the exact values: sure where the intervals are apart."""
    said = []
    for agent in range(len(part["outside_low"])):
        sure = about(part["low"][price][agent]) > about(part["outside_high"][agent])
        never = about(part["high"][price][agent]) < about(part["outside_low"][agent])
        said.append("yes" if sure else "no" if never else "may")
    return ", ".join(said)


def binding(solution: Solution) -> str:
    """What decides the amount, what it costs, and by how much it holds."""
    part = solution.get("cheapest") or {}
    if not part.get("feasible"):
        return ""
    found = []
    if part.get("binding"):
        found.append(f"What decides the amount: {part['binding']}.")
    if part.get("margin") is not None:
        held = number(part["margin"])
        found.append(
            "At this very amount somebody is indifferent."
            if held == "0"
            else f"Every deviation then loses at least {held}."
        )
    if part.get("paid") is not None:
        paid = number(part["paid"])
        found.append(
            "If all do their part, nobody pays anything."
            if paid == "0"
            else f"If all do their part, {paid} changes hands."
        )
    return " ".join(found)


def signing(solution: Solution) -> str:
    """Who offers what, who signs, and who is left with what."""
    part = solution.get("negotiation")
    if not part:
        return ""
    offers, who = part["offers"], names(solution)
    if not offers or not offers[0]["signed"]:
        return "Free to negotiate, they sign nothing."
    first, proposer = offers[0], int(part["proposer"])
    others = "the other signs" if agents(solution) == 2 else "all others sign"
    ends = listed(number(value) for value in first["payoffs"])
    text = f"Free to negotiate, {who[proposer]} offers a contract, {others}, and they are left with {ends}"
    return f"{text}{_surplus(solution)}. {_efficiency(solution)}"


def _surplus(solution: Solution) -> str:
    shares = solution["negotiation"].get("shares") or []
    who = names(solution)
    whole = [agent for agent, share in enumerate(shares) if abs(about(share) - 1) < 1e-9]
    if whole:
        return f": {who[whole[0]]} takes all that is gained"
    if shares and max(map(about, shares)) - min(map(about, shares)) < 1e-9:
        return ": each gains the same"
    if shares and len(shares) <= 4:
        parts = (f"{words.percent(about(part), 1.0)} go to {name}" for part, name in zip(shares, who, strict=True))
        return f": of what is gained {listed(parts)}"
    return ""


def _efficiency(solution: Solution) -> str:
    part = solution["negotiation"]
    best, values = number(solution["optimum"]), part["welfare"]
    which = "Every equilibrium" if part.get("complete", True) else "Every equilibrium that was found"
    if part["efficient"]:
        return f"{which} of the negotiation gives them all {best}."
    if len(values) == 1:
        return f"{which} of the negotiation gives them {number(values[0], solution['optimum'])} of the {best} possible."
    least = number(values[0], solution["optimum"])
    return f"But not every equilibrium of the negotiation is that good: in one they have {least} together."


def verdict(solution: Solution) -> str:
    """What the certificate says, in a sentence."""
    data = solution.get("certificate")
    if not data:
        return ""
    found = Certificate.from_dict(data)
    if not found.holds:
        return "The certificate fails; see below."
    where = "" if found.places == 1 else f" at any of {found.places:,} times and states"
    how = "Certified in integers" if found.exact else "Checked in floats, which proves nothing"
    only = ", and nothing else is an equilibrium" if found.unique else ""
    return f"{how}: nobody gains by deviating{where}{only}."


# ------------------------------------------------------------------------------------------------------- other pictures


def prices(solution: Solution) -> str:
    """What the map of all terms shows."""
    pieces = solution.get("prices") or []
    if not pieces:
        return ""
    best = [bool(p["welfare"]) and all(same(w, solution["optimum"]) for w in p["welfare"]) for p in pieces]
    every = f"all of the {solution['prices_of']} are" if solution.get("prices_of") else "every equilibrium is"
    parts = [f"{sentence(solution.get('prices_of') or 'all equilibria')} at every price, not at a sample of prices."]
    if best[-1]:
        last = len(best) - next((k for k, good in enumerate(best[::-1]) if not good), len(best))
        start = f"{'from' if pieces[last]['low_closed'] else 'above'} {number(pieces[last]['low'])} on"
        parts.append(f"{sentence(start)} {every} the best that they can do.")
    elif any(best):
        where = listed((interval(piece) for piece, good in zip(pieces, best, strict=True) if good), "or")
        parts.append(f"At a price of {where} {every} the best that they can do.")
    else:
        parts.append("At no price is every equilibrium the best that they can do.")
    for piece in [piece for piece in pieces if same(piece["low"], piece["high"])][:2]:
        parts.append(f"At exactly {number(piece['low'])}, a knife edge, welfare may be {span(piece['welfare'])}.")
    if any(not piece["welfare"] for piece in pieces):
        parts.append("Where nothing is drawn there is no equilibrium of the kind that was looked for.")
    return " ".join(parts)


def interval(piece: dict[str, Any]) -> str:
    """An interval of terms, as in "0, below 1", "exactly 1", "above 1 to 3"."""
    low, high = number(piece["low"]), number(piece["high"])
    if same(piece["low"], piece["high"]):
        return f"exactly {low}"
    start = low if piece["low_closed"] else f"above {low}"
    return f"{start} to {high}" if piece["high_closed"] else f"{start}, below {high}"


def reach(solution: Solution) -> str:
    """What the payoff picture shows."""
    if agents(solution) != 2 or not solution.get("reach"):
        return ""
    text = (
        f"Shaded: what {listed(names(solution))} can reach without paying each other. Payments move them along the "
        "dashed line, on which they have the most together."
    )
    gain = " Up and to the right of the diamond (green) both gain by signing."
    return text + (gain if solution.get("negotiation") else "")


def sharing(solution: Solution) -> str:
    """Who is left with what, and who paid for it."""
    part = solution.get("negotiation")
    if not part or not part["offers"] or not part["offers"][0]["signed"]:
        return ""
    who, first = names(solution), part["offers"][0]
    paid = f"{sentence(lumps(solution) or 'nothing is paid at signing')}. "
    others = len(part["offers"]) - 1
    too = "is an equilibrium too" if others == 1 else "are equilibria too"
    more = f" {sentence(words.count(others, 'other outcome'))} {too}." if others else ""
    gained = [about(a) - about(b) for a, b in zip(first["payoffs"], part["outside"], strict=True)]
    worse = [who[i] for i, gain in enumerate(gained) if gain < 0]
    left = f"{listed(worse)} is worse off than alone." if worse else "Nobody is worse off than alone."
    return f"{sentence(part['protocol'])}. {paid}{left}{more}"


def lumps(solution: Solution) -> str:
    """The lump sums of the first offer, in words."""
    offers = (solution.get("negotiation") or {}).get("offers") or [{"lump": ()}]
    paid = (
        f"{who} {'receives' if about(x) > 0 else 'pays'} {number(_absolute(x))}"
        for who, x in zip(names(solution), offers[0]["lump"], strict=False)
        if about(x) != 0
    )
    text = listed(paid)
    return f"at signing {text}" if text else ""


def _absolute(value: Any) -> Any:
    if isinstance(value, dict):
        return {"exact": value["exact"].removeprefix("-"), "about": abs(value["about"])}
    return abs(value)


def size(solution: Solution) -> str:
    """How large the game is."""
    game = solution["game"]
    parts = [words.count(agents(solution), words.kind(solution))]
    if game["states"] > 1 and game["horizon"] > 1:
        parts += [f"{game['states']:,} states", f"{game['horizon']} steps"]
    parts.append(f"{game['joint_actions']:,} joint actions")
    return ", ".join(parts)
