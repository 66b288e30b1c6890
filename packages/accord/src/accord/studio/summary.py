"""The outcome of a run as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .tables import table


def summary(result: dict[str, Any]) -> str:
    """Welfare, returns before and after transfers, the contract, and what is missing."""
    parts = [f"{result['title']}  ({result['game']['name']}, {_seeds(result)})", _schemes(result)]
    parts += [text for text in (_contract(result), _response(result), _thresholds(result), _missing(result)) if text]
    return "\n\n".join(parts)


def _seeds(result: dict[str, Any]) -> str:
    seeds = result["settings"]["seeds"]
    return "1 seed" if seeds == 1 else f"{seeds} seeds: interquartile mean [95 % interval]"


def _schemes(result: dict[str, Any]) -> str:
    if not result["schemes"]:
        return "No scheme has finished yet." if result["settings"]["schemes"] else ""
    rows = [
        (
            scheme["label"],
            number(scheme["welfare"]),
            per_agent(scheme["before"]),
            per_agent(scheme["after"]),
            f"{scheme['env_steps']:,}",
            f"{sum(scheme['minutes']) / len(scheme['minutes']):.1f}",
        )
        for scheme in result["schemes"]
    ]
    heads = ("scheme", "welfare", "each before transfers", "after", "env steps", "minutes")
    return table(rows, heads=heads, right=(1, 4, 5))


def _contract(result: dict[str, Any]) -> str:
    contract = result.get("contract")
    if not contract:
        return ""
    signed = contract["signed"]
    unit = result.get("space", {}).get("unit", "")
    if "theta" not in contract:
        return "No contract was found that everybody signs."
    terms = ", ".join(number(term) for term in contract["theta"])
    found = f"Contract found by search: {terms} {unit}".rstrip()
    lines = [f"{found}, signed in {sum(signed)} of {len(signed)} seeds."]
    if "learned" in contract:
        offers = "; ".join(", ".join(f"{term:.3g}" for term in theta) for theta in contract["learned"]["theta"])
        votes = contract["learned"]["acceptance"]
        lines.append(f"Learned proposal: {offers}, accepted with probability {sum(votes) / len(votes):.2f}.")
    return "\n".join(lines)


def _response(result: dict[str, Any]) -> str:
    response = result.get("best_response")
    if not response:
        return ""
    start = response["equilibrium_from"]
    if start is None:
        return "Retrained agents gain at every price looked at: the learned play is a habit, and no equilibrium."
    slack = response["tolerance"]
    return f"Retrained agents gain nothing of note from a price of {start:.3g} on (tolerance {slack:.3g})."


def _thresholds(result: dict[str, Any]) -> str:
    found = result.get("thresholds")
    if not found:
        return ""
    text = lambda value: "none" if value is None else f"{value:.3f}"
    rows = [(part["game"], text(part["exact"]), text(part["observed"])) for part in found]
    return "Price from which on they cooperate\n" + table(rows, heads=("game", "exact", "learned"), right=(1, 2))


def _missing(result: dict[str, Any]) -> str:
    missing = result.get("missing")
    return "Not there yet:\n" + "\n".join(f"  {line}" for line in missing) if missing else ""


def number(value: dict[str, Any]) -> str:
    """An interval as text; one seed has no interval."""
    middle = f"{value['iqm']:.4g}"
    if value["low"] == value["high"]:
        return middle
    return f"{middle} [{value['low']:.4g}, {value['high']:.4g}]"


def per_agent(values: Sequence[dict[str, Any]]) -> str:
    """The middle of each agent's interval."""
    return ", ".join(f"{value['iqm']:.4g}" for value in values)
