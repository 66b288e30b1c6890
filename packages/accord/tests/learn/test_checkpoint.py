"""Checkpoints: whole or not at all, and only where they fit."""

import errno
import os

import jax
import jax.numpy as jnp
import pytest

from accord.core.errors import BadCheckpoint, StorageError
from accord.learn import checkpoint

STATE = {"weights": jnp.arange(6.0).reshape(2, 3), "key": jax.random.key(7)}
LIKE = {"weights": jnp.zeros((2, 3)), "key": jax.random.key(0)}
HEADER = {"game": "cleanup", "game version": 1, "contract range": [[0.0], [0.2]]}


def test_a_round_trip_keeps_every_bit(tmp_path):
    checkpoint.save(tmp_path / "c.eqx", STATE, HEADER)
    found = checkpoint.load(tmp_path / "c.eqx", LIKE, HEADER)
    assert (found["weights"] == STATE["weights"]).all()
    assert (jax.random.key_data(found["key"]) == jax.random.key_data(STATE["key"])).all()
    assert checkpoint.header_of(tmp_path / "c.eqx")["game"] == "cleanup"
    assert [p.name for p in tmp_path.iterdir()] == ["c.eqx"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"game version": 2}, "has game version = 1, but 2 is asked for"),
        ({"contract range": [[0.0], [0.4]]}, r"has contract range = \[\[0.0\], \[0.2\]\], but \[\[0.0\], \[0.4\]\]"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(tmp_path, change, words):
    checkpoint.save(tmp_path / "c.eqx", STATE, HEADER)
    with pytest.raises(BadCheckpoint, match=words):
        checkpoint.load(tmp_path / "c.eqx", LIKE, HEADER | change)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    path = tmp_path / "c.eqx"
    checkpoint.save(path, STATE, HEADER)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-3], b"", b"\x00" * 200, b"not json\n" + whole):
        path.write_bytes(damaged)
        with pytest.raises(BadCheckpoint):
            checkpoint.load(path, LIKE, HEADER)
    checkpoint.save(path, {**STATE, "weights": jnp.zeros((3, 3))}, HEADER)
    with pytest.raises(BadCheckpoint, match="damaged or of another shape"):
        checkpoint.load(path, LIKE, HEADER)


def test_a_full_disk_keeps_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "c.eqx"
    checkpoint.save(path, STATE, HEADER)

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device.*the one before it is kept"):
        checkpoint.save(path, {**STATE, "weights": jnp.ones((2, 3))}, HEADER)
    monkeypatch.undo()
    assert (checkpoint.load(path, LIKE, HEADER)["weights"] == STATE["weights"]).all()
    assert [p.name for p in tmp_path.iterdir()] == ["c.eqx"]
