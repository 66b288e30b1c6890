"""`accord payments`: days of payments between banks, settled, shown, generated; and banks that learn."""

from __future__ import annotations

import dataclasses
import sys
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...core.errors import BadSetting
from .group import Commands

if TYPE_CHECKING:
    from ...clearing.costs import Prices
    from ...clearing.day import Accounts
    from ...clearing.rules import Rules
    from ..payments.files import Source

RUNS = Path("runs")

EXAMPLES = """\b
Examples:
  accord payments generate banks=15 payments=3000 --out day.csv
  accord payments report day.csv --banks day-banks.csv --hours 06:00-18:00
  accord payments settle day.csv --rules rtgs,partial
  accord payments cases
  accord payments learn stag-hunt --seeds 50
"""

_SHOWN = 5
"""Bad rows that are named on the terminal; the page and rejected.csv have all."""

_LOOK_EVERY = 2.0
"""Seconds before, and between, two words about how far it is."""


@click.group(cls=Commands, epilog=EXAMPLES)
def payments() -> None:
    """Payments between banks: settle a log, look at a day, let banks learn, try contracts."""


# ---------------------------------------------------------------------------------------------------------------- logs


def _log_options(command: Any) -> Any:
    """What every command that reads a log understands."""
    options = (
        click.argument("log", type=click.Path(path_type=Path)),
        click.argument("settings", nargs=-1, metavar="[KEY=VALUE]..."),
        click.option("--banks", type=click.Path(path_type=Path), help="Settlement accounts: a CSV file with columns "
                     "bank, opening, and perhaps credit, reserve, net_limit."),
        click.option("--liquidity", type=click.FloatRange(0.0, 10.0), metavar="SHARE", help="Opening balances between "
                     "the day's lower bound of liquidity (0) and its upper one (1). Default without --banks: 0.3."),
        click.option("--rules", multiple=True, metavar="NAME[,NAME]...", help="Settlement systems: rtgs, bypass, "
                     "bilateral, cycles, multilateral, partial, all, all-bypass. Default: all but the bypasses."),
        click.option("--credit", type=click.Choice(["none", "priced", "collateralised"]), help="Intraday credit. "
                     "Default: collateralised if --banks gives credit lines, none otherwise."),
        click.option("--hours", metavar="FROM-TO", default="00:00-24:00", show_default=True,
                     help="The system's hours; payments at other times are set aside."),
        click.option("--strict", is_flag=True, help="Stop if any row is bad, instead of setting it aside."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


REPORT = """\b
A log is a CSV file with the columns time, sender, receiver, amount (and perhaps
id, priority, deadline, currency), an ISO 20022 file (pacs.008, pacs.009), or a
folder of either. KEY=VALUE changes all rules (every, queue, close, haircut, ...)
or, as prices.KEY=VALUE, what money and time cost.

\b
Examples:
  accord payments report day.csv
  accord payments report messages.xml --banks accounts.csv --hours 06:00-18:00 --strict
  accord payments report day.csv --rules rtgs --rules partial every=60000 prices.delay=0.3
"""


@payments.command(epilog=REPORT)
@_log_options
@click.option("--out", type=click.Path(path_type=Path), help="Folder of page and tables. Default: runs/payments-LOG.")
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def report(log: Path, settings: tuple[str, ...], out: Path | None, look: bool, **how: Any) -> None:
    """Settle the payments of LOG, and write a page and its tables (CSV and Parquet)."""
    from ...experiments.store import circumstances_of, storage, write_whole
    from ..payments.files import write_tables
    from ..payments.page import page
    from ..payments.study import study

    read, request, source = _request(log, settings, how)
    folder = out or RUNS / f"payments-{_plain(log)}"
    with Watch() as watch:
        found = study(read, request, watch)
    facts = found.facts | {"settings": _settings(request, source)}
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    paths = write_tables(folder, found.tables)
    files = "\n".join(f"{path.name}: {FILES.get(path.stem, '')}" for path in paths if path.suffix == ".csv")
    if not read.rejected:  # of an earlier log in the same folder
        for suffix in ("csv", "parquet"):
            (folder / f"rejected.{suffix}").unlink(missing_ok=True)
    told = circumstances_of(["accord", *sys.argv[1:]]) | {"title": _title(log), "files": files}
    write_whole(folder / "report.html", page(facts, told))
    _summary(facts, read)
    click.echo(f"\nPage: {folder / 'report.html'}     Tables: {len(paths) // 2} as CSV and Parquet beside it")
    if look:
        webbrowser.open((folder / "report.html").resolve().as_uri())


FILES = {
    "metrics": "every metric under each system, with unit and definition",
    "payments": "each payment, with when and how it settled under each system",
    "banks": "every metric of each bank under each system",
    "hours": "submitted, settled and queued by the hour",
    "mechanisms": "what settled how many payments",
    "throughput": "guideline times and shares, by bank",
    "costs": "what the day cost each bank",
    "queue": "number and value of queued payments after each change",
    "spells": "gridlocks and deadlocks",
    "frontier": "every metric between the bounds of liquidity",
    "stress": "the largest senders stop",
    "balances": "balances after each event, under the first system",
    "network": "statistics of the network",
    "network-banks": "degree, strength, PageRank and SinkRank of each bank",
    "accounts": "the settlement accounts that were used",
    "rejected": "rows that were set aside, with line and reason",
}

SETTLE = """\b
Examples:
  accord payments settle day.csv
  accord payments settle day.csv --rules rtgs,all --liquidity 0.1
"""


@payments.command(epilog=SETTLE)
@_log_options
def settle(log: Path, settings: tuple[str, ...], **how: Any) -> None:
    """Settle the payments of LOG, and print the main numbers only (KEY=VALUE: see report)."""
    from ...clearing.metrics import measure
    from ...clearing.system import settle as settled

    read, request, _ = _request(log, settings, how)
    found = {}
    with Watch() as watch:
        for done, (name, rules) in enumerate(request.systems.items()):
            watch(f"settling under {name}", done, len(request.systems))
            found[name] = {"metrics": dataclasses.asdict(measure(settled(read.day, rules)))}
    _summary({"systems": found}, read)


def _request(log: Path, settings: tuple[str, ...], how: dict[str, Any]) -> tuple[Any, Any, Source]:
    """The log as read, and what to do with it."""
    from ...core.errors import BadPayments
    from ..payments.files import Source, read
    from ..payments.study import Request

    opens, closes = _hours(how["hours"])
    source = Source(log, how["banks"], how["liquidity"], opens, closes, how["strict"])
    systems, prices = _systems(how["rules"], settings)  # before a long log is read in vain
    found, share = read(source)
    if not len(found.day):
        raise BadPayments(f"No payment is left to settle: {found.summary()} Mend the log.")
    credit = how["credit"] or ("collateralised" if _lines(found.day.accounts) else "none")
    systems = {
        name: dataclasses.replace(rules, credit=credit) if how["credit"] or rules.credit == "none" else rules
        for name, rules in systems.items()
    }
    return found, Request(systems, prices, share), source


def _lines(accounts: Accounts) -> bool:
    return bool(accounts.credit.any())


def _systems(names: tuple[str, ...], settings: tuple[str, ...]) -> tuple[dict[str, Rules], Prices]:
    """The chosen rules with their settings, and the prices."""
    from ...clearing.costs import Prices
    from ...clearing.rules import named
    from ...core.settings import override
    from ..payments.study import USUAL

    chosen = [part.strip() for name in names for part in name.split(",") if part.strip()] or list(USUAL)
    prices = override(Prices(), [pair[7:] for pair in settings if pair.startswith("prices.")])
    own = [pair for pair in settings if not pair.startswith("prices.")]
    return {name: override(named(name), own) for name in chosen}, prices


def _hours(text: str) -> tuple[int, int]:
    from ...clearing.clock import milliseconds

    begin, _, end = text.partition("-")
    try:
        opens, closes = milliseconds(begin), milliseconds(end)
    except ValueError as error:
        raise BadSetting(f"--hours={text}: {error}. Write it as in 06:00-18:00.") from error
    if opens >= closes:
        raise BadSetting(f"--hours={text} is no day: it closes before it opens. Write it as in 06:00-18:00.")
    return opens, closes


def _settings(request: Any, source: Source) -> dict[str, Any]:
    from ...clearing.clock import written

    plain = lambda path: "" if path is None else str(path)
    return {
        "log": plain(source.path), "banks": plain(source.banks),
        "liquidity": "given" if request.share is None else request.share,
        "hours": f"{written(source.opens)}-{written(source.closes)}",
        "rules": {name: dataclasses.asdict(rules) for name, rules in request.systems.items()},
        "prices": dataclasses.asdict(request.prices),
    }  # fmt: skip


def _title(path: Path) -> str:
    return f"The day of {path.name}"


def _plain(path: Path) -> str:
    """A name that is one part of a path."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in path.stem or "log")


def _summary(facts: dict[str, Any], log: Any) -> None:
    from ..payments.story import summary
    from ..tables import table

    heads, rows = summary(facts)
    click.echo(table(rows, heads=heads, right=tuple(range(2, len(heads)))))
    click.echo(f"\n{log.accepted:,} payments read, {len(log.rejected):,} rows set aside.")
    for row in log.rejected[:_SHOWN]:
        click.echo(f"  {row}", err=True)
    if len(log.rejected) > _SHOWN:
        click.echo(f"  and {len(log.rejected) - _SHOWN:,} more", err=True)


# ------------------------------------------------------------------------------------------------------ generated days

GENERATE = """\b
KEY=VALUE changes the law of the day: banks, payments, mean_amount, core,
liquidity, opens, closes and so on; a wrong one names the nearest.

\b
Examples:
  accord payments generate --out day.csv
  accord payments generate banks=15 payments=3000 liquidity=0.05 --seed 1 --out day.csv
  accord payments generate payments=100000 --out messages.xml
"""


@payments.command(epilog=GENERATE)
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="The same seed, the same day.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The log: .csv, or .xml for ISO 20022.")
def generate(settings: tuple[str, ...], seed: int, out: Path) -> None:
    """Draw a day of payments, write it as a log with its accounts, and hold it against published figures."""
    from ...clearing.acceptance import acceptance
    from ...clearing.clock import written
    from ...clearing.generator import DayLaw
    from ...clearing.generator import generate as drawn
    from ...core.settings import override
    from ..payments.files import write_log
    from ..payments.quantities import money, plain
    from ..tables import table

    if out.suffix.lower() not in (".csv", ".xml"):
        raise BadSetting(f"--out={out} ends in '{out.suffix}', expected .csv, or .xml for ISO 20022. Rename it.")
    law = override(DayLaw(), settings)
    with Watch() as watch:
        watch("drawing the day", 0, 3)
        day = drawn(law, seed)
        watch("writing the log", 1, 3)
        banks = write_log(day, out)
        watch("measuring it", 2, 3)
        rows = [
            (row["statistic"].replace("_", " "), plain(row["here"]), row["published"], row["mark"], row["verdict"])
            for row in acceptance(day).to_pylist()
        ]
    click.echo(table(rows, heads=("statistic", "here", "published", "mark", "verdict"), right=(1,)))
    click.echo(f"\n{len(day):,} payments worth {money(day.value)} between {law.banks} banks: {out} and {banks}")
    hours = f"{written(day.opens)}-{written(day.closes)}"
    click.echo(f"Look at it with: accord payments report {out} --banks {banks} --hours {hours}")


# --------------------------------------------------------------------------------------------------- banks that learn

CASES_EXAMPLES = """\b
Example:
  accord payments cases
"""


@payments.command(epilog=CASES_EXAMPLES)
def cases() -> None:
    """List the cases of the payments game that have a name."""
    from ...experiments.payments.catalog import CASES
    from ..tables import table

    click.echo(table(list(CASES.items()), heads=("case", "what it shows")))
    click.echo("\nLet banks learn one with: accord payments learn CASE")


LEARN = """\b
Examples:
  accord payments learn stag-hunt
  accord payments learn under-provision --seeds 50 --out runs/under-provision
"""


@payments.command(epilog=LEARN)
@click.argument("case", metavar="CASE")
@click.option("--seeds", default=50, show_default=True, type=click.IntRange(min=1), help="Independent learners.")
@click.option("--seed", default=0, show_default=True, help="Randomness of the whole group of them.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of page and record. Default: runs/payments-CASE.")
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def learn(case: str, seeds: int, seed: int, out: Path | None, look: bool) -> None:
    """Let banks learn CASE (list: accord payments cases), with contracts and without, beside what is exact."""
    from ...core.errors import UnknownName
    from ...experiments.payments.catalog import CASES

    if case not in CASES:
        raise UnknownName("payments case", case, tuple(CASES), "List all with: accord payments cases")
    from ...experiments.payments.run import run_case
    from ...experiments.store import circumstances_of
    from ..payments.case_page import write_case_page
    from ..payments.case_story import summary_lines

    with Watch() as watch:
        found = run_case(case, seeds, watch, seed=seed).to_dict()
    folder = out or RUNS / f"payments-{case}"
    path = write_case_page(folder, found | circumstances_of(["accord", *sys.argv[1:]]))
    click.echo("\n".join(summary_lines(found)))
    click.echo(f"\nPage: {path}")
    if look:
        webbrowser.open(path.resolve().as_uri())


class Watch:
    """Says how far it is and how long it still takes, when it takes longer than a moment."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _LOOK_EVERY
        self._since = (time.monotonic(), 0, 0)  # when the parts began to be counted, from which, of how many

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, part: str, done: int = 0, total: int = 0) -> None:
        """Tell how far it is: `done` of `total` parts, and what is being done now. A new total is a new count."""
        now = time.monotonic()
        begun, first, of = self._since
        if total != of or done < first or not first:  # the first part may hold a compilation: it says nothing
            self._since = begun, first, of = now, done, total
        if now < self._next:
            return
        self._next = now + _LOOK_EVERY
        share = f" ({done:,} of {total:,})" if total else ""
        left = f", {_left((now - begun) * (total - done) / (done - first))}" if done > first else ""
        click.echo(f"{time.strftime('%H:%M:%S')}  {part}{share}{left}", err=True)


def _left(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} seconds left"
    return f"about {seconds / 60:.0f} minutes left"
