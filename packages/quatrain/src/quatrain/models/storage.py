"""Weights as plain arrays by name: what a voice's files hold, in half precision and without pickle."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ..errors import BadModel, StorageError

if TYPE_CHECKING:
    import equinox as eqx

M = TypeVar("M", bound="eqx.Module")


def weights(model: eqx.Module, kind: np.dtype | type = np.float16) -> dict[str, np.ndarray]:
    """All weights of a module by name: `net.blocks.0.qkv`."""
    import jax

    leaves = jax.tree_util.tree_leaves_with_path(model)
    return {_name(path): np.asarray(leaf).astype(kind) for path, leaf in leaves}


def restored(model: M, stored: Mapping[str, np.ndarray]) -> M:
    """A module of the same shape with stored weights, in single precision.

    Raises:
        BadModel: a weight is missing or has another shape.
    """
    import jax
    import jax.numpy as jnp

    def of(path: tuple, leaf: jax.Array) -> jax.Array:
        name = _name(path)
        if name not in stored or stored[name].shape != leaf.shape:
            found = stored[name].shape if name in stored else "nothing"
            raise BadModel(f"The weight '{name}' should be {leaf.shape}, and there is {found}. Train the voice again.")
        return jnp.asarray(stored[name], leaf.dtype)

    return jax.tree_util.tree_map_with_path(of, model)


def _name(path: tuple) -> str:
    parts = (getattr(part, "name", getattr(part, "key", getattr(part, "idx", ""))) for part in path)
    return ".".join(str(part) for part in parts)


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to one file, whole or not at all; equal arrays give equal bytes.

    Raises:
        StorageError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
            for name, array in arrays.items():
                held = io.BytesIO()
                np.lib.format.write_array(held, np.asarray(array), allow_pickle=False)
                dated = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
                file.writestr(dated, held.getvalue(), zipfile.ZIP_DEFLATED)
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(f"'{path}' cannot be written: {error.strerror or error}. Choose another folder.") from error


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file.

    Raises:
        BadModel: there is none, or it is damaged.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise BadModel(f"The model file '{path}' is missing or damaged. Install quatrain or train again.") from error
