"""The report's sentences, made of its numbers: what each picture says, also where the numbers disappoint.

Each function takes the result and gives one paragraph, or an empty string where the numbers are missing.
"""

from __future__ import annotations

from typing import Any

from . import words
from .words import (
    Interval,
    Result,
    amount,
    called,
    finite,
    goods,
    interval,
    kind,
    listed,
    percent,
    price,
    say,
    sentence,
)

GOAL = 0.9
"""Share of one controller's welfare from which on the report says that the contract ends the dilemma."""


def agents(result: Result) -> int:
    """How many agents play; two where the result doesn't say."""
    return int(result.get("game", {}).get("num_agents") or 2)


def seeds(result: Result) -> int:
    """How many seeds stand behind the schemes' welfare."""
    values = [interval(entry.get("welfare")) for entry in result.get("schemes") or ()]
    return max((len(value.seeds) for value in values if value), default=0)


# -------------------------------------------------------------------------------------------------------------- opening


def lead(result: Result) -> str:
    """The whole story in a few sentences, for somebody who knows nothing."""
    unit, one = goods(result), kind(result)
    solo, separate, joint, moca = (words.welfare(result, name) for name in ("solo", "separate", "joint", "moca"))
    parts = []
    if unit == "apples":
        who = sentence(words.count(agents(result), one))
        parts.append(
            f"{who} {'lives' if agents(result) == 1 else 'live'} between a river and an orchard. Apples grow only "
            "while somebody cleans the river, and whoever cleans has no time to eat."
        )
    if solo:
        parts.append(f"Alone, one {one} gathers {amount(solo.mid, unit)}.")
    if separate:
        text = f"Each learning for itself, the {one}s gather {amount(separate.mid, unit)} together"
        if solo and separate.mid < solo.mid:
            text += ", fewer than the one alone"
        if joint and joint.mid > 0:
            text += f": {percent(separate.mid, joint.mid)} of the {say(joint.mid)} that one controller of all gets"
        parts.append(text + ".")
    elif joint:
        parts.append(f"One controller of all {one}s gathers {amount(joint.mid, unit)}.")
    if moca:
        parts.append(_with_contract(result, moca, joint, separate))
    return " ".join(parts)


def _with_contract(result: Result, moca: Interval, joint: Interval | None, separate: Interval | None) -> str:
    """The last sentence of the lead: what the contract did."""
    theta = words.found(result)
    if result.get("contract") and not theta:
        return f"Free to sign a contract, they find none that everybody signs, and gather {say(moca.mid)}."
    text = f"Free to sign a contract{f' ({price(result, theta.mid)})' if theta else ''}, they gather {say(moca.mid)}"
    if separate and moca.mid <= separate.mid:
        return text + ": it did not help."
    if not joint or joint.mid <= 0:
        return text + "."
    text += f", {percent(moca.mid, joint.mid)} of what the one controller gets"
    return text + ("." if moca.mid >= GOAL * joint.mid else ": better, and still short of it.")


def rules(result: Result) -> str:
    """How the world works, from the game's own settings."""
    game = result.get("game", {})
    settings = game.get("settings") or {}
    if goods(result) != "apples" or "depletion" not in settings:
        return ""
    share = f"{100 * float(settings['depletion']):.0f}\u00a0%"
    reach = words.count(int(settings.get("beam_length", 3)), "cell")
    line = (
        f"The river soils itself. Once {share} of it is dirty no apple grows; the cleaner it is, the faster they come. "
        f"A cleaning beam reaches {reach}. An eaten apple earns 1, cleaning earns nothing."
    )
    return line + (f" An episode lasts {game['horizon']} steps." if game.get("horizon") else "")


def caption(result: Result, one: dict[str, Any]) -> str:
    """What happens in one replay, told from the replay itself."""
    doing = []
    for agent in range(one["agents"]):
        eaten, net, cleaned = one["earned"][agent][-1], one["net"][agent][-1], one["cleaned"][agent]
        deeds = [
            f"cleans {words.count(cleaned, 'cell')}" if cleaned else "cleans nothing",
            f"eats {amount(eaten, goods(result))}" if eaten else "eats nothing",
        ]
        if abs(net) >= 5e-3:
            deeds.append(f"{'receives' if net > 0 else 'pays'} {say(abs(net))}")
        doing.append(f"{words.letter(agent) if one['agents'] > 1 else f'The {kind(result)}'} {listed(deeds)}")
    theta = one["contract"]
    terms = "" if theta is None else f"Contract: {price(result, theta[0])}. "
    return f"{terms}{'; '.join(doing)}."


def band(result: Result, picture: str = "Line") -> str:
    """What the marks of uncertainty are."""
    number = seeds(result)
    if number > 1:
        width = {"Line": "Band", "Bar": "Whisker"}[picture]
        return f"{picture}: interquartile mean over {number} seeds. {width}: 95\u00a0% bootstrap interval."
    return "One seed only: an illustration, not a claim." if number == 1 else ""


# -------------------------------------------------------------------------------------------------------------- dilemma


def dilemma(result: Result) -> str:
    """Whether the scripted robots meet a dilemma, by the numbers of the Schelling diagram."""
    part = result.get("schelling") or {}
    clean, harvest = words.known(part.get("cleaner")), words.known(part.get("harvester"))
    total = words.known(part.get("welfare_by_cleaners"))
    if not clean or len(clean) != len(harvest):
        return ""
    others = list(part.get("others_cleaning") or range(len(clean)))
    first, last, unit = 0, len(clean) - 1, goods(result)
    if last == 1:
        many, none = f"the other {kind(result)} cleans", "it does not"
    else:
        many, none = f"{others[last]} others clean", "nobody else does"
    text = (
        f"When {many}, harvesting brings oneself {amount(harvest[last].mid, unit)} and cleaning {say(clean[last].mid)}"
        f"; when {none}, {say(harvest[first].mid)} and {say(clean[first].mid)}."
    )
    worse = [k for k in range(len(clean)) if clean[k].mid > harvest[k].mid + 1e-6]
    if worse:
        at = listed(str(others[k]) for k in worse)
        return f"{text} So it is no strict dilemma for these scripts: with {at} others cleaning, cleaning pays more."
    if not total or all(harvest[k].mid <= clean[k].mid + 1e-6 for k in range(len(clean))):
        return text
    best = max(range(len(total)), key=lambda k: total[k].mid)
    if best == 0:
        return f"{text} But together they get most when nobody cleans, so there is nothing here for a contract to mend."
    sure = total[best].low > total[0].high and any(h.low > c.high for h, c in zip(harvest, clean, strict=True))
    return (
        f"{text} Harvesting is never the worse choice for oneself; yet if all choose it they get {say(total[0].mid)} "
        f"together, and with {words.count(best, 'cleaner')} {say(total[best].mid)}. "
        f"That is a social dilemma{'.' if sure else ', if more episodes bear it out: the intervals overlap.'}"
    )


# ------------------------------------------------------------------------------------------------------------- learning


def learning(result: Result) -> str:
    """Where the curves end."""
    parts, lengths = [], []
    joint = words.welfare(result, "joint")
    for name in ("solo", "separate", "joint", "moca"):
        entry, value = words.scheme(result, name), words.welfare(result, name)
        if entry and value and name in (result.get("curves") or {}):
            share = (
                f" ({percent(value.mid, joint.mid)} of one controller)"
                if joint and joint.mid > 0 and name == "separate"
                else ""
            )
            parts.append(f"“{entry.get('label', name)}” ends at {amount(value.mid, goods(result))}{share}")
            lengths.append(float(entry.get("env_steps") or 0))
    if not parts:
        return ""
    low, high = min(lengths), max(lengths)
    after = (
        f" after {words.steps(low)} to {words.steps(high)} steps"
        if high > low > 0
        else f" after {words.steps(high)} steps"
        if high > 0
        else ""
    )
    return f"{sentence(listed(parts))}{after}."


def sharing(result: Result) -> str:
    """Who ends up with what, and who is worse off than without the contract."""
    moca = words.scheme(result, "moca") or {}
    before, after = words.known(moca.get("before")), words.known(moca.get("after"))
    if not after or len(before) != len(after):
        return ""
    if result.get("contract") and not words.found(result):
        return "Nobody signed anything, so nothing was paid."
    if len(after) <= 4:
        each = (
            f"{called(result, i)} gathers {say(b.mid)} and is left with {say(a.mid)}"
            for i, (b, a) in enumerate(zip(before, after, strict=True))
        )
        text = f"Under the contract {listed(each)}."
    else:
        low, high = min(value.mid for value in after), max(value.mid for value in after)
        text = f"Under the contract the {kind(result)}s are left with {say(low)} to {say(high)}."
    base, against = _without(result)
    if len(base) == len(after):
        text += f" {against} it would be {listed(say(value.mid) for value in base)}: {_compared(result, base, after)}."
    return text + _roles(result, after)


def _compared(result: Result, base: list[Interval], after: list[Interval]) -> str:
    """Who is better off with the contract than without, by the middles; and whether the intervals leave a doubt."""
    gains = [with_it.mid - without.mid for without, with_it in zip(base, after, strict=True)]
    losers = [i for i, gain in enumerate(gains) if gain < -1e-9]
    same = [i for i, gain in enumerate(gains) if abs(gain) <= 1e-9]
    if losers:
        return f"{listed(called(result, i) for i in losers)} {'is' if len(losers) == 1 else 'are'} worse off with it"
    if same:
        return f"{listed(called(result, i) for i in same)} {'gains' if len(same) == 1 else 'gain'} nothing by it"
    doubt = any(with_it.low <= without.high for without, with_it in zip(base, after, strict=True))
    return (
        f"{'both are' if len(after) == 2 else 'all are'} better off{', though the intervals overlap' if doubt else ''}"
    )


def _without(result: Result) -> tuple[list[Interval], str]:
    """Each agent's return without a contract, from the closest comparison there is."""
    for name, against in (("moca-null", "Had they not signed,"), ("separate", "Learning with no contract at all,")):
        entry = words.scheme(result, name)
        if entry and (base := words.known(entry.get("after"))):
            return base, against
    return [], ""


def _roles(result: Result, after: list[Interval]) -> str:
    """A warning where the averages mix two roles, since seeds give them to different agents."""
    length = min(len(value.seeds) for value in after)
    best = {max(range(len(after)), key=lambda i: after[i].seeds[seed]) for seed in range(length)}
    if len(best) > 1:
        return f" Not in every seed is it the same {kind(result)} that earns most, so these averages mix the roles."
    return ""


def cost(result: Result) -> str:
    """How long it all took."""
    total = sum(sum(minutes) for _, _, minutes in costs(result))
    number = seeds(result)
    over = f" over {number} seeds" if number > 1 else ""
    return (
        f"Learning took {amount(total, 'minutes')} of computing{over}. This command does it all again." if total else ""
    )


def costs(result: Result) -> list[tuple[str, float, list[float]]]:
    """Label, environment steps and minutes (one entry a seed) of each scheme that was trained."""
    found = []
    for entry in result.get("schemes") or ():
        minutes = [x for x in map(finite, entry.get("minutes") or ()) if x is not None]
        if minutes and entry.get("env_steps") and entry.get("name") != "moca-null":
            found.append((str(entry.get("label", entry.get("name"))), float(entry["env_steps"]), minutes))
    return found
