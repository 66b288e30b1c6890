"""Certification: is a way of playing an equilibrium, and is it the one that was promised?

This module shares no code with the solvers. It reads a game's arrays and a policy and computes everything again with
arithmetic of its own, so that its verdict is evidence about theirs.

Source: the one-shot deviation principle for finite horizons (after Blackwell 1965; as in Fudenberg and Tirole 1991,
section 4.2). Uniqueness by strict dominance in every continuation game, from the last step back: sufficient, and not
necessary.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.errors import BadGame, BadSetting
from ..tables.normal import NormalForm
from ..tables.tabular import Tabular
from .certificate import Certificate, Deviation, Distance, Exploitability, Leak, Rivalry
from .played import Form, Play

METHOD = (
    "one-shot deviations at every time and state, and dynamic programming for each agent alone against the others, "
    "who stay"
)
ROUNDING = 1e-9
"""Both tolerances where floats decide and nothing else is asked for."""


def certify(
    game: Tabular | NormalForm, policy: Any, *, without: Tabular | NormalForm | None = None,
    signing: Sequence[Any] | None = None, outside: Sequence[Any] | None = None, expected: Any = None,
    exact: bool = True, regret: Any = None, distance: Any = None, agents: Sequence[str] = (),
) -> Certificate:
    """Check a way of playing a game, and name the best deviation from it.

    Args:
        game: with the contract's transfers in its rewards, if there is a contract.
        policy: pure, joint actions `[horizon, states]`; or mixed, probabilities `[horizon, states, agents, actions]`
            (to decide exactly: integers, fractions or binary floats); without the time axis it is stationary. For a
            `NormalForm` a profile, or a list of each agent's probabilities.
        without: the same game without a contract: checks that transfers add up to zero and change nothing else.
        signing: lump sum that each agent receives at signing.
        outside: each agent's payoff without a contract: checks that all accept.
        expected: the play that was promised, in the form of `policy`.
        exact: decide in integers; else in floats, which proves nothing but takes learned policies as they are.
        regret: the most that a deviation may gain in an equilibrium. Default 0, in floats `ROUNDING`.
        distance: the most that play may differ from the expected one, as a share of what is played. Default as above.
        agents: names for sentences. Default "agent 0", "agent 1", ...

    Raises:
        BadSetting: a policy, payoffs or names that do not fit the game.
        BadGame: `without` has other states, agents or actions.
    """
    form = Form.of(game, exact)
    play, names = Play.of(form, policy), tuple(agents) or tuple(f"agent {i}" for i in range(form.agents))
    if len(names) != form.agents:
        raise BadSetting(f"agents={names}, but {form.agents} play. Name each of them.")
    slack, apart = (form.number((0 if exact else ROUNDING) if given is None else given) for given in (regret, distance))
    found = _Search(form, play).run()
    sums = _amounts(form, [0] * form.agents if signing is None else signing, "signing")
    values = tuple(value + lump for value, lump in zip(found.values, sums, strict=True))
    bases = None if outside is None else _amounts(form, outside, "outside")
    surplus = () if bases is None else tuple(value - base for value, base in zip(values, bases, strict=True))
    leak = None if without is None else _leak(form, Form.of(without, exact), sums, slack)
    far = None if expected is None else _distance(form, play, found, Play.of(form, expected))
    alone = found.rivalry is None or found.rivalry.margin > slack
    record = Certificate(
        METHOD, {"exact": exact, "pure": play.pure, "states": len(form.start)}, exact, slack, apart, names,
        form.horizon, found.places, values, form.number(0) if found.plan is None else found.plan.gain, found.gains,
        equilibrium=found.plan is None or found.plan.gain <= slack, once=found.once, plan=found.plan,
        conserved=None if without is None else leak is None, leak=leak,
        accepted=None if bases is None else min(surplus) >= -slack, surplus=surplus,
        unique=alone if play.pure else None, rivalry=found.rivalry,
        expected=None if far is None else far.on_path <= apart, distance=far,
    )
    fact, remedy = _outcome(record)
    return dataclasses.replace(record, message=f"{fact} {remedy}".strip(), remedy=remedy)


def exploitability(game: Tabular | NormalForm, policy: Any) -> Exploitability:
    """What each agent could gain against a fixed policy, such as a learned one: best response by dynamic programming.

    Args:
        game: with the contract's transfers in its rewards, if there is a contract.
        policy: as in `certify`; learned policies are probabilities `[states, agents, actions]`.

    Raises:
        BadSetting: a policy that does not fit the game.
    """
    form = Form.of(game, exact=False)
    found = _Search(form, Play.of(form, policy)).run()
    pairs = zip(found.values, found.gains, strict=True)
    return Exploitability(found.values, tuple(value + gain for value, gain in pairs))


class _Search:
    """One pass from the last step to the first: values, best replies, and the best deviations from a play."""

    def __init__(self, form: Form, play: Play) -> None:
        self.form, self.play, self.reached = form, play, play.reached(form)
        self.places = 0
        self.values: tuple[Any, ...] = ()
        self.gains: tuple[Any, ...] = ()
        self.once: Deviation | None = None
        self.plan: Deviation | None = None
        self.rivalry: Rivalry | None = None

    def run(self) -> _Search:
        """Look at every place."""
        form, play = self.form, self.play
        value = best = np.zeros((len(form.start), form.agents), form.units.dtype)
        scale = 1
        for time in range(form.horizon - 1, -1, -1):
            here = np.flatnonzero(form.possible[time] & form.open)
            self.places += here.size
            rows, common = form.followed(value, scale)
            plans = rows if best is value else form.followed(best, scale)[0]
            scale = common * play.scale**form.agents
            value, best, same = np.zeros_like(value), np.zeros_like(best), best is value
            for agent in range(form.agents):
                worth = play.against(rows[..., agent], time, agent)
                reply = play.against(plans[..., agent], time, agent) * play.scale
                value[:, agent] = (worth * play.mixed[agent][time]).sum(axis=1)
                best[:, agent] = reply.max(axis=1)
                if here.size and form.counts[agent] > 1:
                    stay = value[:, agent, None]
                    self._once(time, agent, here, worth * play.scale - stay, scale)
                    self._plan(time, agent, here, reply - stay, scale)
                    self._rival(time, agent, here, rows[..., agent], common)
            if same and np.array_equal(value, best):
                best = value  # nobody can gain anything later on: one pass serves both
        over = scale * (int(form.start.sum()) if form.exact else 1)
        mean = lambda array: tuple(form.number(part, over) for part in (form.start[:, None] * array).sum(axis=0))
        self.values, self.gains = mean(value), mean(best - value)
        return self

    def _once(self, time: int, agent: int, here: np.ndarray, gain: np.ndarray, scale: int) -> None:
        """Keep the best deviation at one place: `gain[states, actions] / scale`."""
        gain = gain[here]
        if self.play.pure:  # staying is no deviation; the best that loses is the closest call
            gain = np.where(self.play.mixed[agent][time][here] != 0, gain.min() - 1, gain)
        place, action = np.unravel_index(int(np.argmax(gain)), gain.shape)
        found = self._deviation(time, agent, int(here[place]), int(action), gain[place, action], scale)
        self.once = _better(self.once, found)

    def _plan(self, time: int, agent: int, here: np.ndarray, gain: np.ndarray, scale: int) -> None:
        """Keep the deviation that gains most by any plan, if it gains anything."""
        gain = gain[here]
        place, action = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[place, action] > 0:
            found = self._deviation(time, agent, int(here[place]), int(action), gain[place, action], scale)
            self.plan = _better(self.plan, found)

    def _rival(self, time: int, agent: int, here: np.ndarray, rows: np.ndarray, scale: int) -> None:
        """Keep the closest that another action comes to the target's, whatever the others do."""
        if not self.play.pure:
            return
        form = self.form
        table = np.moveaxis(rows[here], agent + 1, 1).reshape(len(here), form.counts[agent], -1)
        own = self.play.mixed[agent][time][here] != 0
        lead = table[own][:, None] - table
        lead = np.where(own[:, :, None], lead.max() + 1, lead)
        place, action, others = np.unravel_index(int(np.argmin(lead)), lead.shape)
        margin = form.number(lead[place, action, others], scale)
        if self.rivalry is None or margin < self.rivalry.margin:
            names = [form.labels[other] for other in range(form.agents) if other != agent]
            picks = np.unravel_index(int(others), [len(one) for one in names]) if names else ()
            against = tuple(one[int(pick)] for one, pick in zip(names, picks, strict=True))
            state = int(here[place])
            self.rivalry = Rivalry(
                agent, time, state, form.where(state), form.labels[agent][action], against, margin
            )

    def _deviation(self, time: int, agent: int, state: int, action: int, gain: Any, scale: int) -> Deviation:
        names = self.form.labels[agent]
        kept = " or ".join(names[int(a)] for a in np.flatnonzero(self.play.mixed[agent][time][state]))
        mass, over = self.reached[time]
        return Deviation(
            agent, time, state, self.form.where(state), names[action], kept, self.form.number(gain, scale),
            self.form.number(mass[state], over),
        )


def _better(old: Deviation | None, new: Deviation) -> Deviation:
    """The one that gains more; of equal ones the earlier, of equally early ones the first agent's."""
    if old is None or (new.gain, -new.time) > (old.gain, -old.time):
        return new
    return old


# ----------------------------------------------------------------------------------------- money, distance, the outcome


def _leak(form: Form, base: Form, signing: Sequence[Any], slack: Any) -> Leak | None:
    """The largest amount by which transfers fail to add up to zero, or whatever else the contract changes."""
    if (form.counts, form.start.shape) != (base.counts, base.start.shape):
        raise BadGame(
            f"The game without a contract has {base.counts} actions and {len(base.start)} states, the one with it "
            f"{form.counts} and {len(form.start)}. Give the same game."
        )
    if abs(sum(signing)) > slack:
        return Leak("", (), sum(signing), "signing")
    same = (
        (form.first, base.first), (form.after, base.after), (form.open, base.open),
        (form.horizon, base.horizon), (form.start * base.start.sum(), base.start * form.start.sum()),
        (form.weight * base.denominator, base.weight * form.denominator),
    )
    if not all(np.array_equal(mine, theirs) for mine, theirs in same):
        return Leak("", (), form.number(0), "rules")
    net = (form.units * base.scale - base.units * form.scale).sum(axis=1)
    row = int(np.argmax(np.abs(net)))
    amount = form.number(net[row], form.scale * base.scale)
    state, joint = divmod(row, form.joint)
    return Leak(form.where(state), form.actions(joint), amount) if abs(amount) > slack else None


def _distance(form: Form, play: Play, found: _Search, other: Play) -> Distance:
    """Total variation between the joint actions of two plays, and the difference of their payoffs."""
    mine, theirs = play.scale**form.agents, other.scale**form.agents
    everywhere = on_path = steps = form.number(0)
    for time, (mass, scale) in enumerate(found.reached):
        here = form.possible[time] & form.open
        both = np.minimum(play.joint(time)[here] * theirs, other.joint(time)[here] * mine).sum(axis=1)
        apart = mine * theirs - both
        everywhere += form.number(apart.sum(), mine * theirs)
        on_path += form.number((apart * mass[here]).sum(), mine * theirs * scale)
        steps += form.number(mass[here].sum(), scale)
    pairs = zip(found.values, _worth(form, other), strict=True)
    return Distance(everywhere / max(found.places, 1), on_path / steps if steps else on_path,
                    max(abs(a - b) for a, b in pairs))


def _worth(form: Form, play: Play) -> tuple[Any, ...]:
    """What a play is worth to each agent, and no deviations."""
    value, scale = np.zeros((len(form.start), form.agents), form.units.dtype), 1
    for time in range(form.horizon - 1, -1, -1):
        rows, common = form.followed(value, scale)
        kept = [(play.against(rows[..., i], time, i) * play.mixed[i][time]).sum(axis=1) for i in range(form.agents)]
        value, scale = np.stack(kept, axis=1), common * play.scale**form.agents
    over = scale * (int(form.start.sum()) if form.exact else 1)
    return tuple(form.number(part, over) for part in (form.start[:, None] * value).sum(axis=0))


def _amounts(form: Form, values: Sequence[Any], name: str) -> list[Any]:
    if len(values) != form.agents:
        raise BadSetting(f"{name} has {len(values)} amounts, but {form.agents} agents play. Give one each.")
    return [form.number(value) for value in values]


def _outcome(record: Certificate) -> tuple[str, str]:
    """The outcome and, where it failed, what to do."""
    said = {name: text for _, name, text in record.checks()}
    if not record.equilibrium:
        doubt = "" if record.exact else "; if it may be rounding, set exact=True"
        fact = f"Not an equilibrium: {said['equilibrium']} (tolerance {float(record.tolerance_regret):g})."
        return fact, f"Make that cost more than it gains, or choose another play{doubt}."
    if record.leak is not None:
        remedies = {"money": "Name a payee for every payment.", "signing": "Let another pay what one receives.",
                    "rules": "Compare with the same game."}
        return f"Money is not conserved: {said['money conserved']}.", remedies[record.leak.what]
    if record.accepted is False:
        remedy = "Pay at least that much more at signing, or change the terms."
        return f"Not accepted: {said['all accept']}.", remedy
    if record.expected is False:
        remedy = "A margin chooses between them."
        return f"An equilibrium, but not the expected one: {said['as expected']}.", remedy
    if not record.exact:
        return "Holds in floats.", "For a proof, set exact=True."
    return "Certified.", ""


__all__ = ["METHOD", "ROUNDING", "certify", "exploitability"]
