"""Settlement of logged payments: payments a second, and the ratio to PSSimPy on the same list in one run.

    python benchmarks/clearing.py                                    ours alone: 100,000 payments, every system
    python benchmarks/clearing.py --python ~/peers/bin/python        beside PSSimPy, 20,000 payments each

The peer is optional and is never installed by this project. To have it:

    python3.11 -m venv ~/peers && ~/peers/bin/pip install PSSimPy

Both sides get the same generated day: 15 banks, the same payments and opening balances, a FIFO queue, no credit. Timed
is the run from the loaded list to the last settlement, on both sides; theirs writes its five log files into an empty
folder on the way (it cannot be told not to), so ours is timed with and without building its tables of payments,
balances and queue. Runs take turns, so that a busy moment hits both; medians of CPU-seconds count.
Ours does not look for gridlocks here, as theirs does not.
The two don't settle alike: PSSimPy works in windows of 15 minutes, in which it takes payments in no order and releases
its queue once, while ours settles at once. The JSON line says how much each settled.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def log(payments: int) -> Any:
    """The day of both sides, within the peer's whole minutes."""
    from accord.clearing import DayLaw, generate
    from accord.clearing.clock import HOUR

    law = DayLaw(payments=payments, counts="fixed", urgent=0.0, timed=0.0, opens=8 * HOUR, closes=17 * HOUR)
    return generate(law, seed=1)


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """CPU-seconds of a run, and what it gave."""
    began = time.process_time()
    result = run()
    return time.process_time() - began, result


def peer(file: str) -> None:
    """The measuring process of PSSimPy: reads the list, then runs it once for each line on stdin."""
    import os

    from PSSimPy.credit_facilities import SimpleCollateralized  # pyright: ignore[reportMissingImports]
    from PSSimPy.queues import FIFOQueue  # pyright: ignore[reportMissingImports]
    from PSSimPy.simulator import BasicSim  # pyright: ignore[reportMissingImports]
    from PSSimPy.transaction import Transaction  # pyright: ignore[reportMissingImports]

    given = json.loads(Path(file).read_text())
    print("{}", flush=True)
    for number, _ in enumerate(sys.stdin):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Transaction.clear_instances()
            # Queue and facility are given anew: as default arguments they would be shared between runs.
            sim = BasicSim(
                f"run{number}", given["banks"], given["accounts"], given["transactions"], open_time="08:00",
                close_time="17:00", queue=FIFOQueue(), credit_facility=SimpleCollateralized(),
            )
            seconds, _ = timed(sim.run)
            done = [t for t, _, _ in sim.transactions if t.settle_time is not None]
            print(json.dumps({"seconds": seconds, "value": sum(t.amount for t in done)}), flush=True)
            os.chdir("/")


def for_peer(day: Any) -> dict[str, Any]:
    """The day as the peer takes it: dictionaries of lists, times in whole minutes, amounts in cents."""
    from accord.clearing.clock import MINUTE, written

    banks = list(day.accounts.banks)
    return {
        "banks": {"name": banks, "strategy_type": ["Standard"] * len(banks)},
        "accounts": {
            "id": [f"acc{name}" for name in banks], "owner": banks, "balance": day.accounts.opening.tolist(),
            "posted_collateral": [0] * len(banks),
        },
        "transactions": {
            "sender_account": [f"acc{banks[k]}" for k in day.sender],
            "recipient_account": [f"acc{banks[k]}" for k in day.receiver],
            "amount": day.amount.tolist(), "time": [written(t // MINUTE * MINUTE) for t in day.time.tolist()],
            "day": [1] * len(day),
        },
    }


def beside(given: argparse.Namespace) -> dict[str, Any]:
    """Both sides in turn on the same list, pinned to one core."""
    import os

    import throughput

    from accord.clearing import Rules, settle

    day, rules = log(given.payments), Rules(watch="off")
    core, machine = throughput.all_cores()[-1], throughput.machine()
    os.sched_setaffinity(0, {core})

    def with_tables() -> Any:
        settled = settle(day, rules)
        return settled.table(), settled.balances(), settled.queue()

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "day.json"
        file.write_text(json.dumps(for_peer(day)))
        command = [given.python, str(Path(__file__).resolve()), "--peer", str(file)]
        process = throughput.Process(command, core, folder, path=None)
        try:
            process.answer()
            theirs, ours, tables, value = [], [], [], 0
            settled, _ = settle(day, rules), with_tables()
            for _ in range(given.runs):
                process.ask(1, 1)
                answer = process.answer()
                theirs.append(answer["seconds"])
                value = answer["value"]
                ours.append(timed(lambda: settle(day, rules))[0])
                tables.append(timed(with_tables)[0])
        finally:
            process.close()
    rate = lambda seconds: len(day) / statistics.median(seconds)
    return {
        "name": "peer/PSSimPy BasicSim, FIFO", "unit": "payments per CPU-second, one pinned core",
        "theirs": round(rate(theirs)), "ours": round(rate(ours)), "ours with tables": round(rate(tables)),
        "ratio": round(rate(ours) / rate(theirs)), "ratio with tables": round(rate(tables) / rate(theirs)),
        "payments": len(day), "banks": len(day.accounts), "runs": given.runs,
        "their_settled_share": round(value / day.value, 3), "our_settled_share": round(settled.value / day.value, 3),
        "machine": machine, "commit": throughput.commit(),
    }


def alone(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Ours under every settlement system, on a long list with a long queue."""
    import throughput

    from accord.clearing import RULES, endowed, measure, settle

    day = endowed(log(given.long), given.share)
    rows = []
    for name, rules in RULES.items():
        settle(day, rules)
        seconds = [timed(lambda rules=rules: settle(day, rules))[0] for _ in range(given.runs)]
        found = measure(settle(day, rules))
        rows.append({
            "name": f"settle/{name}", "payments_per_cpu_second": round(len(day) / statistics.median(seconds)),
            "cpu_seconds": round(statistics.median(seconds), 2), "payments": len(day), "banks": len(day.accounts),
            "settled_share": round(found.settlement_rate or 0.0, 3), "longest_queue": found.longest_queue,
            "delay_indicator": round(found.delay_indicator or 0.0, 4),
            "offset_share": round(found.offset_share or 0.0, 3),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "machine": throughput.machine(), "commit": throughput.commit(),
        })  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="the interpreter that has PSSimPy")
    parser.add_argument("--payments", type=int, default=20_000, help="payments in the list for both sides")
    parser.add_argument("--long", type=int, default=100_000, help="payments in the list for ours alone")
    parser.add_argument("--share", type=float, default=0.2, help="liquidity of the long list between its bounds")
    parser.add_argument("--runs", type=int, default=3, help="runs per side, of which the median counts")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peer:
        return peer(given.peer)
    for row in alone(given):
        print(json.dumps(row), flush=True)
    if not given.python or not Path(given.python).exists():
        how = "How to get it: see the top of benchmarks/clearing.py."
        print(f"Skipped the peer: no Python with PSSimPy at --python {given.python}. {how}")
        return None
    print(json.dumps(beside(given)), flush=True)
    return None


if __name__ == "__main__":
    main()
