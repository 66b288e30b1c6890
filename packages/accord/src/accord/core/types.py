"""Names of array axes, and the aliases built on them.

Axis names mean the same thing everywhere: `agents actions features terms states time envs seeds payer payee`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree

Rewards: TypeAlias = Float[Array, "agents"]
"""One number per agent and step, in the game's own unit."""

Theta: TypeAlias = Float[Array, "terms"]
"""Terms of a contract, in their own units, inside the box of the contract space."""

Payments: TypeAlias = Float[Array, "payer payee"]
"""Amounts >= 0 that each payer owes each payee for one step."""

State: TypeAlias = PyTree
"""Whatever a game needs to continue; immutable."""

Actions: TypeAlias = PyTree
"""One action per agent: leading axis `agents`; a pytree where the action space is one."""

Observations: TypeAlias = PyTree
"""What each agent sees: every leaf has the leading axis `agents`."""

Metrics: TypeAlias = dict[str, Array]
"""Named quantities for people to look at; agents never see them."""

__all__ = [
    "Actions", "Any", "Array", "Bool", "Float", "Int", "Metrics", "Observations", "PRNGKeyArray", "Payments", "PyTree",
    "Rewards", "State", "Theta",
]
