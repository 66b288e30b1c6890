"""The order of work, with an executor that only pretends."""

import dataclasses

import pytest

from accord.experiments.backends import Ending
from accord.experiments.jobs import by_urgency, jobs_of
from accord.experiments.presets import preset_of
from accord.experiments.schedule import Status, seconds_left, work_through
from accord.experiments.store import RunFolder

SMOKE = preset_of("smoke")


class Pretender:
    """Ends every job one call later; writes results unless told to fail."""

    def __init__(self, slots=2, fails=()):
        self.slots, self.fails, self.now, self.order, self.most, self.stopped = slots, fails, [], [], 0, False

    def start(self, folder, job):
        assert len(self.now) < self.slots
        self.now.append((folder, job))
        self.order.append(job.name)
        self.most = max(self.most, len(self.now))

    def ended(self):
        over, self.now = self.now, []
        for folder, job in over:
            if job.name not in self.fails:
                RunFolder(folder, SMOKE).job(job.name).finish({"ok": True})
        return [Ending(job, job.name not in self.fails, "it broke" * (job.name in self.fails)) for _, job in over]

    def stop(self):
        self.stopped = True


@pytest.fixture
def run(tmp_path):
    return RunFolder.create(tmp_path / "run", SMOKE, ["accord"])


def test_jobs_wait_for_what_they_need(run):
    jobs, executor = jobs_of(SMOKE, 2), Pretender()
    statuses = work_through(run, jobs, executor, lambda _: None, pause=0)
    assert {s.state for s in statuses} == {"done"} and executor.stopped
    assert sorted(executor.order) == sorted(job.name for job in jobs) and executor.most == 2
    for job in jobs:
        for need in job.needs:
            assert executor.order.index(need) < executor.order.index(job.name)


def test_a_failure_stops_only_what_needs_it(run):
    executor = Pretender(fails=("moca-seed0",))
    states = {s.job.name: s for s in work_through(run, jobs_of(SMOKE, 2), executor, lambda _: None, pause=0)}
    assert states["moca-seed0"].state == "failed" and "it broke" in states["moca-seed0"].message
    blocked = {"negotiate-seed0", "respond-agent0-seed0", "respond-agent1-seed0"}
    assert {name for name, s in states.items() if s.state == "blocked"} == blocked
    assert all(s.state == "done" for name, s in states.items() if name not in blocked | {"moca-seed0"})


def test_what_is_done_is_not_done_again(run):
    work_through(run, jobs_of(SMOKE, 2), Pretender(fails=("joint-seed0",)), lambda _: None, pause=0)
    again = Pretender()
    work_through(run, jobs_of(SMOKE, 2), again, lambda _: None, pause=0)
    assert again.order == ["joint-seed0"]


def test_an_interruption_stops_the_jobs(run):
    executor = Pretender()

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_through(run, jobs_of(SMOKE, 2), executor, interrupt, pause=0)
    assert executor.stopped


def test_the_longest_way_begins_first():
    plan = dataclasses.replace(SMOKE, seeds=1)
    names = [job.name for job in by_urgency(jobs_of(plan, 2))]
    assert names[0] == "moca-seed0"  # 512 of its own and best responses behind it, against 512 of joint and separate


def test_time_left_by_hand(monkeypatch):
    """100 steps a second, 300 left in one job, 400 in its successor, 100 in another: the chain decides on two cores."""
    jobs = {job.name: job for job in jobs_of(SMOKE, 2)}
    first = dataclasses.replace(jobs["moca-seed0"], env_steps=500)
    then = dataclasses.replace(jobs["negotiate-seed0"], env_steps=400)
    other = dataclasses.replace(jobs["joint-seed0"], env_steps=100)
    monkeypatch.setattr("accord.experiments.schedule.time.monotonic", lambda: 12.0)
    running = Status(first, "running", line={"work": 200}, began=10.0, base=0)
    statuses = [running, Status(then), Status(other)]
    assert seconds_left(statuses, 2) == pytest.approx(7.0)
    assert seconds_left(statuses, 1) == pytest.approx(8.0)
    assert seconds_left([Status(then)], 1) is None
