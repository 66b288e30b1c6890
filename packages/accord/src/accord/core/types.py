"""Names of array axes, and the aliases built on them.

Axis names mean the same thing everywhere: `agents actions features terms states time envs seeds payer payee`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
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

Line: TypeAlias = Array | np.ndarray
"""One coordinate of several cells of a map: constants, or traced."""

Cells: TypeAlias = Array | np.ndarray | tuple[Line, Line]
"""Rows and columns of cells of a map, as one array `[2, cells]` or a pair: constants, or traced."""

Metrics: TypeAlias = dict[str, Array]
"""Named quantities for people to look at; agents never see them."""

__all__ = [
    "Actions",
    "Any",
    "Array",
    "Bool",
    "Cells",
    "Float",
    "Int",
    "Line",
    "Metrics",
    "Observations",
    "PRNGKeyArray",
    "Payments",
    "PyTree",
    "Rewards",
    "State",
    "Theta",
]
