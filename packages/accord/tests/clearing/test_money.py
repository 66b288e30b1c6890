"""Whatever the day and the rules: no cent comes or goes, nobody overdraws, order holds."""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from accord.clearing import Accounts, Day, Mechanism, Rules, settle
from accord.clearing.clock import HOUR, MINUTE
from accord.clearing.settled import largest_debit, net_received, on_arrival

OPENS, CLOSES = 8 * HOUR, 10 * HOUR


@st.composite
def days(draw) -> Day:
    banks = draw(st.integers(2, 5))
    count = draw(st.integers(0, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    column = lambda high: rng.integers(0, high, banks)
    bilateral = {}
    if draw(st.booleans()):
        bilateral = {(str(i), str((i + 1) % banks)): int(rng.integers(0, 150)) for i in range(banks)}
    accounts = Accounts.of(
        [str(k) for k in range(banks)], column(200), column(100),
        reserve=column(60) if draw(st.booleans()) else 0,
        net_limit=rng.integers(50, 300, banks) if draw(st.booleans()) else -1, bilateral=bilateral,
    )
    sender = rng.integers(0, banks, count)
    receiver = (sender + rng.integers(1, banks, count)) % banks
    time = rng.integers(OPENS, CLOSES + 1, count) // MINUTE * MINUTE  # several at one moment
    return Day.of(
        accounts, time, sender, receiver, rng.integers(1, 200, count), priority=rng.integers(0, 3, count),
        opens=OPENS, closes=CLOSES,
    )


rules = st.builds(
    Rules,
    queue=st.sampled_from(["fifo", "bypass"]),
    priorities=st.booleans(),
    credit=st.sampled_from(["none", "priced", "collateralised"]),
    haircut=st.sampled_from([0.0, 0.1]),
    bilateral=st.booleans(),
    cycles=st.booleans(),
    multilateral=st.booleans(),
    partial=st.booleans(),
    every=st.sampled_from([0, MINUTE, 7 * MINUTE]),
    close=st.sampled_from(["leave", "lend"]),
    watch=st.sampled_from(["off", "runs", "events"]),
)


def credit(day: Day, rules: Rules) -> np.ndarray:
    lines = day.accounts.credit
    return {"none": lines * 0, "priced": lines, "collateralised": lines * round(100 * (1 - rules.haircut)) // 100}[
        rules.credit
    ]


@given(days(), rules)
def test_money_is_conserved_at_every_event(day: Day, rules: Rules):
    settled = settle(day, rules)
    balance = day.accounts.opening.copy()
    total, line = balance.sum(), credit(day, rules)
    clock = day.opens
    for event in range(int(settled.event.max(initial=-1)) + 1):
        now = np.flatnonzero(settled.event == event)
        assert now.size
        for k in now:  # the independent ledger: one payment after the other
            balance[day.sender[k]] -= day.amount[k]
            balance[day.receiver[k]] += day.amount[k]
        assert balance.sum() == total
        how = {Mechanism(code) for code in settled.mechanism[now]}
        assert len(how) == 1 and Mechanism.UNSETTLED not in how
        if how != {Mechanism.CLOSE}:
            assert (balance >= -line).all()
        (time,) = set(settled.time[now].tolist())
        assert time >= clock
        clock = time
    assert (balance + settled.lent == settled.closing).all()
    assert settled.closing.sum() == total + settled.lent.sum()
    assert (settled.time[settled.done] >= day.time[settled.done]).all()
    assert ((settled.mechanism > 0) == settled.done).all() and ((settled.event >= 0) == settled.done).all()
    if rules.close == "lend":
        assert settled.done.all() and (settled.closing >= 0).all()


@given(days(), rules)
def test_fifo_is_never_violated_without_bypass(day: Day, rules: Rules):
    rules = dataclasses.replace(rules, queue="fifo")
    settled = settle(day, rules)
    event = np.where(settled.done, settled.event, 2**40)
    priority = day.priority if rules.priorities else np.zeros(len(day))
    for k in range(len(day)):
        ahead = (day.sender == day.sender[k]) & (priority <= priority[k]) & (np.arange(len(day)) < k)
        assert (event[ahead] <= event[k]).all()


@given(days(), rules)
def test_reserves_and_limits_hold(day: Day, rules: Rules):
    rules = dataclasses.replace(rules, close="leave")
    settled = settle(day, rules)
    accounts, line = day.accounts, credit(day, rules)
    normal = (day.priority == 2) | (not rules.priorities)
    sent = np.zeros((len(accounts),) * 2, np.int64)
    for event in range(int(settled.event.max(initial=-1)) + 1):
        now = settled.event == event
        np.add.at(sent, (day.sender[now], day.receiver[now]), day.amount[now])
        net = sent - sent.T
        balance = accounts.opening - net.sum(axis=1)
        for k in np.flatnonzero(now & normal):
            i, j = int(day.sender[k]), int(day.receiver[k])
            assert balance[i] + line[i] >= accounts.reserve[i]
            assert accounts.net_limit[i] < 0 or net[i].sum() <= accounts.net_limit[i]
            assert net[i, j] <= accounts.bilateral.get((i, j), 2**60)


@given(days(), rules)
def test_what_is_left_cannot_be_funded(day: Day, rules: Rules):
    rules = dataclasses.replace(rules, close="leave", limits=False, reserves=False)
    settled = settle(day, rules)
    room = settled.closing + credit(day, rules)
    priority = day.priority if rules.priorities else np.zeros(len(day))
    for bank in range(len(day.accounts)):
        left = np.flatnonzero(~settled.done & (day.sender == bank))
        if left.size:
            tried = left if rules.queue == "bypass" else left[np.lexsort((left, priority[left]))][:1]
            assert (day.amount[tried] > room[bank]).all()


@given(days(), rules)
def test_a_partial_run_leaves_a_deadlock(day: Day, rules: Rules):
    settled = settle(day, dataclasses.replace(rules, partial=True, every=0, watch="events"))
    assert {spell.kind for spell in settled.spells} <= {"deadlock"}


@given(days(), rules)
def test_spells_cover_the_queue(day: Day, rules: Rules):
    settled = settle(day, dataclasses.replace(rules, watch="events", close="leave"))
    times, payments, _ = settled.queue_path()
    ends = np.append(times[1:], day.closes)[: times.size]
    busy = int((ends - times)[payments > 0].sum())
    assert sum(spell.length for spell in settled.spells) == busy


@given(days(), rules)
def test_liquidity_lies_above_its_lower_bound(day: Day, rules: Rules):
    settled = settle(day, dataclasses.replace(rules, close="lend"))
    used = largest_debit(settled.positions(), len(day.accounts))
    lower = np.maximum(-net_received(day, np.ones(len(day), bool)), 0)
    assert (used >= lower).all()  # everything settled, so each bank paid out its net


@given(days())
def test_liquidity_is_the_upper_bound_when_all_settle_on_arrival(day: Day):
    rich = day.funded(10**6)
    settled = settle(rich, Rules(reserves=False, limits=False))
    upper = largest_debit(on_arrival(day), len(day.accounts))
    assert (settled.time == day.time).all()
    assert (largest_debit(settled.positions(), len(day.accounts)) == upper).all()


def test_a_late_inflow_may_lift_a_bank_above_its_upper_bound():
    # On arrival B would pay C out of what A sends. A waits for its money, so B's own payment comes first.
    accounts = Accounts.of(["A", "B", "C"], [0, 10, 10])
    day = Day.of(
        accounts, [8 * HOUR, 8 * HOUR + 1, 9 * HOUR], ["A", "B", "C"], ["B", "C", "A"], 10, opens=OPENS, closes=CLOSES
    )
    settled = settle(day)
    assert settled.done.all()
    assert largest_debit(on_arrival(day), 3).tolist() == [10, 0, 0]
    assert largest_debit(settled.positions(), 3).tolist() == [0, 10, 0]
