"""What the page of a learned case says, in sentences made of its numbers."""

from __future__ import annotations

import textwrap
from typing import Any

from ..words import count, listed, sentence
from .case_figures import Case, named, number, stat
from .quantities import share

VERDICTS = {
    "gain": ("gain", "A gain"),
    "no gain": ("same", "No gain"),
    "harm": ("harm", "Harm"),
    "not certified": ("same", "Not certified"),
}
"""Looks and words of a certificate's verdict."""


def bare(case: Case) -> Case:
    """The case without a contract."""
    return case["institutions"][0]


def lead(case: Case) -> str:
    """The case without a contract in a few sentences: what is exact, and what is learned."""
    return f"{exact(case)} {learned(bare(case))}"


def exact(case: Case) -> str:
    """Equilibria and planner without a contract."""
    found = bare(case)["exact"]
    kind = f"{sentence(found['kind'])}: " if found["kind"] else ""
    planner = f"the planner pays {number(found['planner']['total'])}"
    equilibria = found["equilibria"]
    if not found["count"]:
        held = "no pure equilibrium was found"
    elif found["count"] == 1:
        only = "the only pure equilibrium" if found["proof"] else "one pure equilibrium was found, and it"
        held = f"{only} costs {number(equilibria[0]['total'])} in all ({', '.join(equilibria[0]['play'])})"
    else:
        low, high = sorted((found["best"], found["worst"]))
        same = abs(high - low) < 1e-9
        cost = f"all of them cost {number(low)}" if same else f"they cost {number(low)} to {number(high)}"
        held = f"{count(found['count'], 'pure equilibrium').replace('equilibriums', 'equilibria')}, {cost}"
    anarchy = found["anarchy"]
    price = f" (price of anarchy {number(anarchy)})" if anarchy is not None and anarchy > 1 + 1e-9 else ""
    text = f"{kind}{held}; {planner}{price}."
    return text[:1].upper() + text[1:]


def learned(institution: Case) -> str:
    """What the seeds end with."""
    outcome = institution["outcome"]
    top = list(outcome["shares"].items())[:2]
    who = count(outcome["seeds"], "seed")
    if not top or top[0][1] < 0.2:
        return f"{sentence(who)} end with a cost of {stat(outcome['greedy_total'])} in all."
    ends = listed(f"{share(part)} end with “{play}”" for play, part in top)
    return f"Of {who} {ends}."


def effect(institution: Case) -> str:
    """What is learned under a contract."""
    outcome = institution["outcome"]
    top = next(iter(outcome["shares"].items()), None)
    ends = f"{share(top[1])} of the seeds end with “{top[0]}” and " if top and top[1] >= 0.2 else ""
    return f"If {institution['contract']}, {ends}all together pay {stat(outcome['greedy_total'])}."


def terms(institution: Case) -> str:
    """The contract as its sheet of paper says it."""
    return f"{sentence(institution['contract'])}."


def certificate(institution: Case) -> str:
    """What the certificate says, in a sentence."""
    proof = institution["certificate"]
    return f"{proof['message']}" if proof else ""


def signing(institution: Case) -> str:
    """Who signs, by what is expected otherwise."""
    rows = institution["certificate"]["selections"]
    yes = [row["name"] for row in rows if row["signed"]]
    no = [row["name"] for row in rows if not row["signed"]]
    parts = []
    if yes:
        parts.append(f"all sign if they expect {listed((_play(name) for name in yes), 'or')} otherwise")
    if no:
        parts.append(f"not all sign if they expect {listed((_play(name) for name in no), 'or')}")
    return f"{sentence(', '.join(parts))}." if parts else ""


def _play(name: str) -> str:
    return {
        "worst": "the worst equilibrium", "best": "the best equilibrium", "mixed": "the mixed equilibrium",
        "learned": "what is learned",
    }.get(name, f"the {name} equilibrium")  # fmt: skip


def training(case: Case) -> str:
    """What the curves show."""
    first = bare(case)["outcome"]
    return (
        f"{first['learner']}: mean over {count(first['seeds'], 'seed')} of learners that know nothing of each other, "
        "with its 99\u00a0% interval. As played, exploration included, so a curve may stay a little above what it has "
        "learned."
    )


def outcomes(case: Case) -> str:
    """What the bars beside each other show."""
    which = "what is certified" if len(case["institutions"]) > 1 else "the equilibria"
    return f"The most likely play of each seed in the end, beside {which}: coloured."


def heat(case: Case) -> str:
    """How to read the heat map."""
    return (
        "Every two choices of liquidity: the stronger the shade, the dearer for both together. Where the two curves of "
        "best replies meet is an equilibrium."
    )


def matrix(case: Case) -> str:
    """How to read the tables of costs."""
    first, second = case["case"]["banks"]
    return (
        f"{sentence(first)} chooses the row and pays the first number, {second} the column and the second. Framed: "
        "nobody pays less by leaving alone. Tinted: where both together pay least."
    )


def summary_lines(case: Case, width: int = 110) -> list[str]:
    """What the command prints."""
    rows = [("exact", exact(case)), *((named(one), f"{learned(one)}") for one in case["institutions"])]
    for check in case["checks"]:
        told = f"{check['name']}: wanted {check['wanted']}, found {check['found']}"
        rows.append(("yes" if check["holds"] else "NO", told))
    rows.append(("verdict", case["verdict"]))
    lines = [f"{case['case']['name']}: {case['case']['title']}"]
    for name, text in rows:
        lines += textwrap.wrap(str(text), width, initial_indent=f"  {name:16}", subsequent_indent=" " * 18)
    return lines


def facts(case: Case) -> dict[str, Any]:
    """Settings as the page lists them."""
    return {"rates": case["case"]["rates"], "learner": case["case"]["settings"]}
