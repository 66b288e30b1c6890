"""What `accord solve` prints: a solution that a person reads in ten seconds."""

from __future__ import annotations

import textwrap
from typing import Any

from ..solve.proof.certificate import Certificate
from .exact_story import Solution, agents, fine, lumps, names, number, numbers, size, span, terms


def summary_lines(solution: Any, width: int = 110) -> list[str]:
    """What the command prints: before, the contract, who gets what, the certificate, and what is missing.

    Args:
        solution: a `Solution`, or its dictionary.
        width: characters of a line.
    """
    data: Solution = solution if isinstance(solution, dict) else solution.to_dict()
    space = (data.get("space") or {}).get("name")
    kind = data["game"].get("kind")
    lines = [f"{data['game']['name']}{f' with {space}' if space else ''}  ({f'{kind}: ' if kind else ''}{size(data)})"]
    proof = Certificate.from_dict(data["certificate"]).lines() if data.get("certificate") else []
    rows = [
        ("without", _without(data)),
        ("contract", terms(data)),
        ("fine", fine(data)),
        ("signed", _signed(data)),
        ("with", _with(data)),
        ("transfers", _transfers(data)),
        *((("certificate", proof[0][len("Certificate (") : -1]),) if proof else ()),
    ]
    for name, text in rows:
        lines += _indented(name, text, width)
    for check in proof[1:]:
        lines += textwrap.wrap(check, width, initial_indent="  ", subsequent_indent=" " * 28)
    for text in data.get("notes") or ():
        lines += _indented("note", text, width)
    return lines


def _indented(name: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=f"  {name:13}", subsequent_indent=" " * 15)


def _without(solution: Solution) -> str:
    before = solution["before"]
    plays = [entry["play"] for entry in before.get("found") or () if entry.get("play")]
    shown = f" ({'; '.join(plays[:3])}{'; …' if len(plays) > 3 else ''})" if plays else ""
    low, high = number(before["low"]), number(before["high"])
    value = low if low == high else f"{low} to {high}"
    known = {"complete": "", "bound": ", bounds on every equilibrium", "some": ", of the equilibria that were found"}
    return f"{value} together of {number(solution['optimum'])} possible{shown}{known[before['extent']]}"


def _signed(solution: Solution) -> str:
    part = solution.get("negotiation")
    if not part:
        return ""
    if not part["offers"] or not part["offers"][0]["signed"]:
        return "nothing"
    others = "the other signs" if agents(solution) == 2 else "all others sign"
    payoffs = numbers(part["offers"][0]["payoffs"])
    return f"{names(solution)[part['proposer']]} offers, {others}: {payoffs} (without: {numbers(part['outside'])})"


def _with(solution: Solution) -> str:
    part = solution.get("negotiation")
    if not part:
        return ""
    found = "in every equilibrium" if part.get("complete", True) else "in the equilibria that were found"
    return f"{span(part['welfare'])} together of {number(solution['optimum'])} possible, {found}"


def _transfers(solution: Solution) -> str:
    """Who pays what: at signing, in a step, if all do their part."""
    part, cheapest = solution.get("negotiation") or {}, solution.get("cheapest") or {}
    offers = part.get("offers") or []
    parts = [lumps(solution)] if offers and offers[0]["signed"] else []
    if cheapest.get("largest") is not None:
        parts.append(f"at most {number(cheapest['largest'])} in a step")
    if cheapest.get("paid") is not None:
        parts.append(f"{number(cheapest['paid'])} if all do their part")
    return "; ".join(part for part in parts if part)