"""The replay record: everything that one played episode shows, as one file that any later version can read.

A record is an `.npz` archive of plain arrays with a JSON header (`FORMAT`). Nothing in it is ever unpickled, so a
record from a stranger is safe to open.
"""

import dataclasses
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import equinox as eqx
import jax
import numpy as np

from .errors import BadCheckpoint, BadSetting, StorageError
from .game import AbstractGame, AbstractInstitution
from .rollout import Policy, rollout, start
from .types import Actions, PRNGKeyArray, State

FORMAT = 1
"""Number of the file's layout. A reader takes this one and all below it."""

ENDINGS = ("terminated", "truncated", "cut")
"""How a record ends: by the game's rules, by its time limit, or because no more steps were asked for."""


@dataclasses.dataclass(frozen=True, eq=False)
class Record:
    """One episode in one environment. `frames` has one entry more than the steps: the state before the first.

    Attributes:
        game: name of the innermost game, without its institutions.
        version: version of its rules.
        institutions: names of what stands around it, the outermost first.
        num_agents: agents that acted (1 under a joint controller, whatever the number of bodies).
        horizon: time limit of the game as it was played.
        settings: the innermost game's settings, plain values.
        map: lines of the grid, empty where there is none.
        action_names: what people call the discrete actions.
        ending: one of `ENDINGS`.
        notes: anything else to keep (a title, the seed), plain values.
        frames: named arrays `[steps + 1, ...]` from `game.frame`.
        actions: arrays `[steps, agents, ...]`; key `"actions"`, or one key per part of a compound action.
        rewards: `[steps, agents]`, transfers included.
        metrics: named arrays `[steps, ...]` from `game.measure`.
    """

    game: str
    version: int
    institutions: tuple[str, ...]
    num_agents: int
    horizon: int
    settings: dict[str, Any]
    map: tuple[str, ...]
    action_names: tuple[str, ...]
    ending: str
    notes: dict[str, Any]
    frames: dict[str, np.ndarray]
    actions: dict[str, np.ndarray]
    rewards: np.ndarray
    metrics: dict[str, np.ndarray]

    def __post_init__(self) -> None:
        _check(self)

    @property
    def steps(self) -> int:
        """How many steps were played."""
        return int(self.rewards.shape[0])

    @property
    def payments(self) -> np.ndarray | None:
        """Who paid whom, `[steps, payer, payee]`; None where no contract space is at hand."""
        return self.metrics.get("payments")

    @property
    def transfers(self) -> np.ndarray | None:
        """What each agent netted by the contract, `[steps, agents]`; None where no contract space is at hand."""
        return self.metrics.get("transfers")

    @property
    def contract(self) -> tuple[float, ...] | None:
        """The terms in force at the end, None without a contract."""
        theta, in_force = self.frames.get("theta"), self.frames.get("in_force")
        if theta is None or in_force is None or not in_force[-1]:
            return None
        return tuple(float(term) for term in np.atleast_1d(theta[-1]))


def record(
    game: AbstractGame,
    policy: Policy,
    key: PRNGKeyArray,
    steps: int | None = None,
    *,
    name: str = "",
    notes: Mapping[str, Any] | None = None,
) -> Record:
    """Play one episode and keep all of it.

    Args:
        steps: stop after so many steps, if the episode lasts that long. Default: the whole episode.
        name: the game's registered name. Default: the name of its class.
        notes: plain values to keep with the record.
    """
    if steps is not None and steps < 1:
        raise BadSetting(f"steps={steps}, but a record needs at least 1. Leave it out for a whole episode.")
    steps = game.horizon if steps is None else min(steps, game.horizon)
    # One program (step by step it would compile a hundred small ones), the same for all nets of a shape.
    arrays, fixed = eqx.partition(policy, eqx.is_array)
    film = lambda policy, key: rollout(_Filmed(game), policy, start(game, 1, key), steps, keep_observations=False)[1]
    seen = jax.jit(lambda arrays, key: film(eqx.combine(arrays, fixed), key))(arrays, key)
    over = np.asarray(seen.terminated | seen.truncated)[:, 0]
    length = int(np.argmax(over)) + 1 if over.any() else steps
    ending = "cut" if not over.any() else "terminated" if bool(seen.terminated[length - 1, 0]) else "truncated"

    nested: dict[str, Any] = dict(seen.metrics)  # as `_Filmed` gives them
    first, then, metrics = (nested[part] for part in ("first", "then", "metrics"))
    like = jax.eval_shape(lambda k: game.frame(game.init(k)), key)
    frames = {
        # The rollout averages metrics over environments as float32; over one environment that is the value itself.
        part: np.concatenate([np.asarray(first[part])[:1], np.asarray(then[part])[:length]]).astype(like[part].dtype)
        for part in like
    }
    inner, institutions = _unwrapped(game)
    return Record(
        game=name or type(inner).__name__,
        version=type(inner).version,
        institutions=institutions,
        num_agents=game.num_agents,
        horizon=game.horizon,
        settings=_settings(inner),
        map=tuple(getattr(getattr(inner, "map", None), "text", ())),
        action_names=tuple(inner.action_names),
        ending=ending,
        notes=dict(notes or {}),
        frames=frames,
        actions={
            jax.tree_util.keystr(path, simple=True, separator="/") or "actions": np.asarray(leaf)[:length, ..., 0]
            for path, leaf in jax.tree_util.tree_leaves_with_path(seen.actions)
        },
        rewards=np.asarray(seen.rewards)[:length, :, 0],
        metrics={part: np.asarray(values)[:length] for part, values in metrics.items()},
    )


def save(record: Record, path: str | Path) -> Path:
    """Write a record, whole or not at all: a crash leaves the old file or none."""
    path = Path(path)
    header = {"format": FORMAT, "kind": "accord record"}
    header |= {field: getattr(record, field) for field in _HEADER}
    try:
        text = json.dumps(header, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise BadSetting(
            f"The notes or settings of a record don't fit into JSON ({error}). Use plain values."
        ) from error
    arrays: dict[str, Any] = {"rewards": record.rewards}
    arrays |= {f"{group}/{part}": values for group in _GROUPS for part, values in getattr(record, group).items()}
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            np.savez_compressed(file, header=np.frombuffer(text, np.uint8), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise StorageError(
            f"The replay {path} could not be written ({error.strerror or error}). Free some space or choose a folder "
            "that you may write to."
        ) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
    return path


def load(path: str | Path) -> Record:
    """Read a record; a damaged or newer file gives `BadCheckpoint`, an unreadable one `StorageError`."""
    path = Path(path)
    again = "Record it again with: accord run"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(arrays.pop("header").tobytes())
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise StorageError(f"There is no replay {path}. {again}") from error
        raise StorageError(
            f"The replay {path} could not be read ({error.strerror or error}). Check its rights."
        ) from error
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, AttributeError, TypeError) as error:
        raise BadCheckpoint(f"The replay {path} is damaged or no replay at all. {again}") from error
    number = header.get("format") if isinstance(header, dict) and header.get("kind") == "accord record" else None
    if not isinstance(number, int):
        raise BadCheckpoint(f"The file {path} is no replay of this program. {again}")
    if number > FORMAT:
        raise BadCheckpoint(f"The replay {path} has format {number}, this version reads up to {FORMAT}. Update accord.")
    try:
        fields: dict[str, Any] = {
            field: tuple(header[field]) if field in _TUPLES else header[field] for field in _HEADER
        }
        groups: dict[str, Any] = {
            group: {name.partition("/")[2]: value for name, value in arrays.items() if name.startswith(f"{group}/")}
            for group in _GROUPS
        }
        return Record(**fields, **groups, rewards=arrays["rewards"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadCheckpoint(f"The replay {path} is incomplete ({error}). {again}") from error


_HEADER = (
    "game",
    "version",
    "institutions",
    "num_agents",
    "horizon",
    "settings",
    "map",
    "action_names",
    "ending",
    "notes",
)
_TUPLES = ("institutions", "map", "action_names")
_GROUPS = ("frames", "actions", "metrics")


def _check(record: Record) -> None:
    """Refuse a record whose parts don't fit each other; a viewer may then rely on their shapes."""
    if record.rewards.ndim != 2 or record.rewards.shape[1] != record.num_agents or not len(record.rewards):
        raise ValueError(f"rewards have shape {record.rewards.shape}, expected [steps, {record.num_agents}]")
    if record.ending not in ENDINGS:
        raise ValueError(f"ending is {record.ending!r}, expected one of {ENDINGS}")
    if record.rewards.dtype.kind != "f":
        raise ValueError(f"rewards have type {record.rewards.dtype}, expected floats")
    for group, expected in (("frames", record.steps + 1), ("actions", record.steps), ("metrics", record.steps)):
        for part, values in getattr(record, group).items():
            if values.ndim < 1 or values.shape[0] != expected:
                raise ValueError(f"{group} '{part}' has shape {values.shape}, expected {expected} entries")
            if values.dtype.kind not in "biuf":
                raise ValueError(f"{group} '{part}' has type {values.dtype}, expected numbers")


class _Filmed(AbstractInstitution):
    """A game whose measurements hold its frames too, so that the one rollout can play for a record."""

    game: AbstractGame

    version: ClassVar[int] = 1

    def measure(self, before: State, actions: Actions, after: State) -> dict[str, Any]:
        return {
            "first": self.game.frame(before),
            "then": self.game.frame(after),
            "metrics": self.game.measure(before, actions, after),
        }


def _unwrapped(game: AbstractGame) -> tuple[AbstractGame, tuple[str, ...]]:
    """The innermost game, and the names of the institutions around it, the outermost first."""
    names = []
    while isinstance(inside := getattr(game, "game", None), AbstractGame):
        names.append(type(game).__name__)
        game = inside
    return game, tuple(names)


def _settings(game: AbstractGame) -> dict[str, Any]:
    """The fields of a game as plain values; the map is kept on its own."""
    return {field.name: _plain(getattr(game, field.name)) for field in dataclasses.fields(game) if field.name != "map"}


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; what it can't hold becomes its representation."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [_plain(entry) for entry in value]
        case dict():
            return {str(name): _plain(entry) for name, entry in value.items()}
    if eqx.is_array_like(value):
        return np.asarray(value).tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        inside = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"name": type(value).__name__, **inside}
    return repr(value)


__all__ = ["ENDINGS", "FORMAT", "Record", "load", "record", "save"]
