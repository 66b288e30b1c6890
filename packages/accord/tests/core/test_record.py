"""Replay records: what is kept is what was played, and a bad file is refused in a sentence."""

import dataclasses
import json
import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from accord.contracts.joint import Joint
from accord.contracts.library.cleanup import CleaningWage
from accord.contracts.negotiate import Contracted, FixedTerms
from accord.core import record as records
from accord.core.errors import BadCheckpoint, BadSetting, StorageError
from accord.core.game import AbstractGame, Discrete
from accord.core.rollout import random_policy, rollout, start
from accord.games.cleanup import CLEAN, STORY_MAP, Cleanup
from accord.games.grid import movement

KEY = jax.random.key(3)


def all_do(action):
    return lambda observations, key: (jnp.full(jax.tree.leaves(observations)[0].shape[0], action, jnp.int32), ())


@pytest.fixture(scope="module")
def contracted():
    game = Contracted(Cleanup(horizon=40), CleaningWage(), FixedTerms((0.15,)))
    return records.record(game, random_policy(game), KEY, notes={"seed": 3})


class Steps(AbstractGame):
    """Each agent earns its action; over when the sum of all actions passes `goal`."""

    num_agents: int = 2
    actions: Discrete = Discrete(3)
    horizon: int = 6
    goal: int = 1000

    def init(self, key):
        return jnp.zeros((), jnp.int32)

    def step(self, state, actions, key):
        return state + jnp.sum(actions, dtype=jnp.int32), actions.astype(jnp.float32)

    def observe(self, state):
        return jnp.broadcast_to(state.astype(jnp.float32), (2, 1))

    def terminal(self, state):
        return state >= self.goal

    def frame(self, state):
        return {"sum": state}


def test_a_record_holds_the_episode_that_the_rollout_plays():
    game = Steps()
    got = records.record(game, random_policy(game), KEY)
    _, seen = rollout(game, random_policy(game), start(game, 1, KEY), 6)
    assert (got.steps, got.ending) == (6, "truncated")
    np.testing.assert_array_equal(got.actions["actions"], seen.actions[:, :, 0])
    np.testing.assert_array_equal(got.rewards, got.actions["actions"])
    np.testing.assert_array_equal(got.frames["sum"], [0, *np.cumsum(got.actions["actions"].sum(axis=1))])
    assert got.frames["sum"].dtype == np.int32


def test_a_record_ends_where_the_game_does():
    got = records.record(Steps(goal=7), all_do(2), KEY)
    assert (got.steps, got.ending) == (2, "terminated")
    np.testing.assert_array_equal(got.frames["sum"], [0, 4, 8])
    assert records.record(Steps(goal=7), all_do(2), KEY, steps=1).ending == "cut"


def test_frames_obey_the_rules_of_the_game():
    """Agents who only walk forward move one cell along their heading, or stand at the border; headings stay."""
    got = records.record(Cleanup(horizon=5), all_do(movement.MOVE_FORWARD), KEY)
    rows, cols, headings = got.frames["row"], got.frames["col"], got.frames["heading"]
    assert rows.shape == (6, 2) and rows.dtype == np.int32
    assert got.frames["waste"].dtype == bool and got.frames["waste"].shape == (6, 14)
    assert got.map == STORY_MAP.text
    assert got.action_names[CLEAN] == "clean"
    assert np.all(headings == headings[0])
    down, right = np.array([-1, 0, 1, 0])[headings[0]], np.array([0, 1, 0, -1])[headings[0]]
    height, width = STORY_MAP.shape
    for step in range(5):
        moved = (rows[step + 1] != rows[step]) | (cols[step + 1] != cols[step])
        np.testing.assert_array_equal(rows[step + 1], rows[step] + np.where(moved, down, 0))
        np.testing.assert_array_equal(cols[step + 1], cols[step] + np.where(moved, right, 0))
        ahead = (rows[step] + down > 0) & (rows[step] + down < height - 1)
        ahead &= (cols[step] + right > 0) & (cols[step] + right < width - 1)
        meet = (rows[step] + down == rows[step][::-1]) & (cols[step] + right == cols[step][::-1])
        clash = (rows[step] + down == (rows[step] + down)[::-1]) & (cols[step] + right == (cols[step] + right)[::-1])
        np.testing.assert_array_equal(moved | meet | clash, ahead | meet | clash)


def test_money_is_what_the_contract_says(contracted):
    """The wage of 0.15 for each cell cleaned goes from the other robot to the cleaner: by hand from the frames."""
    cleaned = contracted.frames["cleaned"][1:]
    assert cleaned.sum() > 0, "choose a key under which somebody cleans, else this test shows nothing"
    expected = np.zeros((40, 2, 2), np.float32)
    expected[:, 1, 0], expected[:, 0, 1] = 0.15 * cleaned[:, 0], 0.15 * cleaned[:, 1]
    np.testing.assert_allclose(contracted.payments, expected, rtol=1e-6)
    np.testing.assert_allclose(contracted.transfers.sum(axis=1), 0.0, atol=1e-7)
    np.testing.assert_allclose(contracted.rewards - contracted.transfers, contracted.frames["eaten"][1:], atol=1e-6)
    assert contracted.contract == pytest.approx((0.15,))
    assert contracted.institutions == ("Contracted",)
    assert contracted.settings["waste_rule"] == "nominal"


def test_joint_control_keeps_one_part_per_body():
    game = Joint(Steps())
    got = records.record(game, random_policy(game), KEY, steps=2)
    assert (got.game, got.institutions, got.num_agents, got.steps, got.ending) == ("Steps", ("Joint",), 1, 2, "cut")
    assert sorted(got.actions) == ["0", "1"] and got.actions["0"].shape == (2, 1)
    np.testing.assert_array_equal(got.rewards[:, 0], got.actions["0"][:, 0] + got.actions["1"][:, 0])
    assert got.contract is None and got.payments is None


def test_saved_and_loaded_is_the_same(contracted, tmp_path):
    path = records.save(contracted, tmp_path / "replays" / "one.npz")
    again = records.load(path)
    assert os.listdir(path.parent) == ["one.npz"], "temporary files stay behind"
    for field in dataclasses.fields(contracted):
        before, after = getattr(contracted, field.name), getattr(again, field.name)
        if isinstance(before, dict) and field.name not in ("settings", "notes"):
            assert before.keys() == after.keys()
            for name in before:
                assert before[name].dtype == after[name].dtype
                np.testing.assert_array_equal(before[name], after[name])
        else:
            np.testing.assert_array_equal(np.asarray(before), np.asarray(after))


def _rewritten(path, **changes):
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(arrays["header"].tobytes()) | changes.pop("header", {})
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(path, **(arrays | changes))


def test_bad_files_are_refused_in_a_sentence(contracted, tmp_path):
    path = records.save(contracted, tmp_path / "one.npz")
    whole = path.read_bytes()
    with pytest.raises(StorageError, match="There is no replay"):
        records.load(tmp_path / "none.npz")
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        with pytest.raises(BadCheckpoint, match="damaged"):
            records.load(path)
    path.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 255]) + whole[len(whole) // 2 + 1 :])
    with pytest.raises(BadCheckpoint):
        records.load(path)
    path.write_bytes(whole)
    _rewritten(path, header={"format": 99})
    with pytest.raises(BadCheckpoint, match="format 99, this version reads up to 1. Update accord"):
        records.load(path)
    path.write_bytes(whole)
    _rewritten(path, rewards=np.zeros((5, 2), np.float32))
    with pytest.raises(BadCheckpoint, match="incomplete"):
        records.load(path)
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(BadCheckpoint, match="no replay"):
        records.load(path)


def test_nothing_is_unpickled(contracted, tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was opened",))

    path = records.save(contracted, tmp_path / "one.npz")
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays["frames/row"] = np.array([Trap()], object)
    np.savez(path, **arrays)
    with pytest.raises(BadCheckpoint, match="damaged"):
        records.load(path)


def test_a_failed_write_leaves_the_old_file(contracted, tmp_path, monkeypatch):
    path = records.save(contracted, tmp_path / "one.npz")
    old = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        records.save(contracted, path)
    assert path.read_bytes() == old and os.listdir(tmp_path) == ["one.npz"]


def test_impossible_wishes_are_refused(contracted, tmp_path):
    with pytest.raises(BadSetting, match="steps=0"):
        records.record(Steps(), all_do(1), KEY, steps=0)
    with pytest.raises(BadSetting, match="plain values"):
        records.save(dataclasses.replace(contracted, notes={"x": object()}), tmp_path / "x.npz")
