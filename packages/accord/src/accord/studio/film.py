"""A replay as the report's player wants it: small, plain, and with everything that moves worked out beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import BadCheckpoint
from ..core.record import Record

LAYERS = {"apples": "B", "waste": "HR"}
"""Frames that say which cells of the map hold a thing, and the characters of those cells in reading order."""


def film(record: Record) -> dict[str, Any]:
    """What the player draws, as plain JSON values.

    Robots are given by row, column and heading (0 up, 1 right, 2 down, 3 left) in every frame; things on cells by the
    cells, those that hold one in the first frame, and the ones that change in each step.
    """
    missing = [name for name in ("row", "col", "heading") if name not in record.frames]
    if missing or not record.map:
        lacking = " and ".join([*missing, *([] if record.map else ["a map"])])
        raise BadCheckpoint(f"A replay of {record.game} can't be drawn: it has no {lacking}. Record a grid game.")
    earned = _earned(record)
    transfers = record.transfers if record.transfers is not None else np.zeros_like(earned)
    if transfers.shape != earned.shape:  # one controller for all bodies: nobody to pay
        transfers = np.zeros_like(earned)
    return {
        "map": list(record.map),
        "steps": record.steps,
        "agents": int(record.frames["row"].shape[1]),
        "row": record.frames["row"].T.tolist(),
        "col": record.frames["col"].T.tolist(),
        "heading": record.frames["heading"].T.tolist(),
        "layers": {name: _layer(record, name, chars) for name, chars in LAYERS.items() if name in record.frames},
        "fires": _fires(record),
        "cleaned": _cleaned(record),
        "beam": {
            "length": int(record.settings.get("beam_length", 3)),
            "width": int(record.settings.get("beam_width", 1)),
        },
        "earned": np.cumsum(earned, axis=0).round(3).T.tolist(),
        "net": np.cumsum(transfers, axis=0).round(4).T.tolist(),
        "payments": _payments(record),
        "contract": None if record.contract is None else [round(term, 4) for term in record.contract],
    }


def _earned(record: Record) -> np.ndarray:
    """What each body took from the game in each step, before transfers: `[steps, bodies]`."""
    bodies = record.frames["row"].shape[1]
    if "eaten" in record.frames:
        return record.frames["eaten"][1:].astype(float)
    if record.num_agents == bodies:
        transfers = record.transfers
        return record.rewards.astype(float) - (0.0 if transfers is None else transfers)
    return np.repeat(record.rewards.astype(float) / bodies, bodies, axis=1)


def _cleaned(record: Record) -> list[int]:
    """Cells that each body cleaned in the whole episode."""
    bodies = record.frames["row"].shape[1]
    return record.frames["cleaned"][1:].sum(axis=0).astype(int).tolist() if "cleaned" in record.frames else [0] * bodies


def _layer(record: Record, name: str, chars: str) -> dict[str, Any]:
    """Cells that may hold a thing, which do at first, and which change in each step."""
    held = record.frames[name].astype(bool)
    cells = [[r, c] for r, line in enumerate(record.map) for c, char in enumerate(line) if char in chars]
    if held.ndim != 2 or held.shape[1] != len(cells):
        raise BadCheckpoint(
            f"A replay of {record.game} can't be drawn: '{name}' has shape {held.shape}, the map {len(cells)} cells. "
            "Record it again."
        )
    flips = held[1:] != held[:-1]
    return {
        "cells": cells,
        "first": np.flatnonzero(held[0]).tolist(),
        "flips": [np.flatnonzero(step).tolist() for step in flips],
    }


def _fires(record: Record) -> list[list[int]]:
    """Steps in which each body fires its cleaning beam."""
    bodies = record.frames["row"].shape[1]
    play = {name: values for name, values in record.actions.items() if name in ("actions", "play") or name.isdigit()}
    parts = [play[name] for name in sorted(play, key=lambda name: (len(name), name))]
    if "clean" not in record.action_names or not parts:
        return [[] for _ in range(bodies)]
    actions = np.concatenate(parts, axis=1)
    fires = actions == record.action_names.index("clean")
    if "Negotiated" in record.institutions:
        fires[:2] = False  # the offer and the votes: nobody acts yet
    return [np.flatnonzero(fires[:, body]).tolist() for body in range(min(bodies, actions.shape[1]))]


def _payments(record: Record) -> list[list[float]]:
    """Every payment that was made: step, payer, payee, amount."""
    payments = record.payments
    if payments is None:
        return []
    steps, payers, payees = np.nonzero(payments > 1e-9)
    amounts = payments[steps, payers, payees]
    return [
        [int(t), int(a), int(b), round(float(x), 4)]
        for t, a, b, x in zip(steps, payers, payees, amounts, strict=True)
        if a != b
    ]


__all__ = ["LAYERS", "film"]
