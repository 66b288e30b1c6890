"""Checkpoints: one file, written whole or not at all, that knows what it fits.

Format: a JSON header on the first line (what the state belongs to), then the leaves as equinox writes them. Nothing is
unpickled.
"""

import json
import os
from pathlib import Path
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

from ..core.errors import BadCheckpoint, StorageError

T = TypeVar("T")
FORMAT = 1


def save(path: Path, state: Any, header: dict[str, Any]) -> None:
    """Write `state` (a pytree of arrays) under `header`, atomically: after a kill the old file is there, or the new.

    Raises:
        StorageError: the folder cannot be written or the disk is full; the old file stays.
    """
    path = Path(path)
    partial = path.with_name(path.name + f".{os.getpid()}.tmp")
    try:
        with open(partial, "wb") as file:
            file.write(json.dumps({"format": FORMAT, **header}, sort_keys=True).encode() + b"\n")
            eqx.tree_serialise_leaves(file, _without_keys(state))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"The checkpoint {path} could not be written ({error.strerror or error}); the one before it is kept. "
            "Free some space or choose another folder with --out, then resume."
        ) from error


def header_of(path: Path) -> dict[str, Any]:
    """What a checkpoint belongs to."""
    try:
        with open(path, "rb") as file:
            header = json.loads(file.readline(1 << 20))
    except FileNotFoundError as error:
        raise StorageError(f"There is no checkpoint at {path}.") from error
    except (ValueError, UnicodeDecodeError) as error:
        remedy = "Delete it to start that job anew."
        raise BadCheckpoint(f"{path} is not a checkpoint, or a damaged one. {remedy}") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        found = header.get("format") if isinstance(header, dict) else None
        raise BadCheckpoint(f"{path} has checkpoint format {found}, this version reads {FORMAT}. Train it anew.")
    return header


def load(path: Path, like: T, header: dict[str, Any]) -> T:
    """Read a state of the same structure as `like`, after checking that it belongs to `header`.

    Raises:
        BadCheckpoint: another game version, contract range or net, or a damaged file.
        StorageError: no such file.
    """
    found = header_of(path)
    for name, wanted in json.loads(json.dumps(header)).items():
        if found.get(name) != wanted:
            raise BadCheckpoint(
                f"The checkpoint {path} has {name} = {found.get(name)!r}, but {wanted!r} is asked for. "
                "Terms and values would silently change their meaning: use the settings it was trained with, or train "
                "anew."
            )
    try:
        with open(path, "rb") as file:
            file.readline()
            state = eqx.tree_deserialise_leaves(file, _without_keys(like))
    except (OSError, RuntimeError, ValueError, EOFError, TypeError) as error:
        raise BadCheckpoint(
            f"The checkpoint {path} is damaged or of another shape. Delete it to start that job anew."
        ) from error
    return _with_keys(state, like)


def _is_key(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array | jax.ShapeDtypeStruct) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def _without_keys(state: Any) -> Any:
    return jax.tree.map(lambda leaf: jax.random.key_data(leaf) if _is_key(leaf) else leaf, state)


def _with_keys(state: Any, like: Any) -> Any:
    return jax.tree.map(lambda leaf, ref: jax.random.wrap_key_data(leaf) if _is_key(ref) else leaf, state, like)
