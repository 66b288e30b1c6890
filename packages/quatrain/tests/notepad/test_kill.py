"""A few rounds of `kill.py`; all two hundred: python packages/quatrain/tests/notepad/kill.py 200."""

from pathlib import Path

from .kill import rounds


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    report = rounds(4, tmp_path)
    assert report["keys"] > 20 and report["songs"] == 1
