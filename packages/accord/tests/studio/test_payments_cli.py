"""`accord payments`: logs in, tables and pages out, and one sentence for whatever is wrong."""

import subprocess
import sys

import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from accord.studio.cli import cli
from accord.studio.commands.payments import Watch, payments

HEAD = "id,time,sender,receiver,amount,currency\n"
RING = HEAD + "1,09:00,Ada,Ben,10,CHF\n2,09:30,Ben,Cy,10.00,CHF\n3,10:00,Cy,Ada,10,CHF\n"
BANKS = "bank,opening,credit\nAda,0,\nBen,0,\nCy,0,\n"
BAD = RING + "4,10:30,Ada,Ada,5,CHF\n5,11:00,Ada,Ben,-5,CHF\n6,11:00,Ada,Ben,<b>,CHF\n"


def said(*words):
    return CliRunner().invoke(cli, ["payments", *words], prog_name="accord")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ring.csv").write_text(RING)
    (tmp_path / "bad.csv").write_text(BAD)
    (tmp_path / "banks.csv").write_text(BANKS)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [["--help"], ["report", "--help"], ["settle", "--help"], ["generate", "--help"], ["learn", "--help"], ["cases"],
     ["learn", "stag-hnt"], ["reprot"]],
)  # fmt: skip
def test_looking_around_loads_no_array_library(words):
    script = (
        "import sys; from accord.studio.cli import cli\n"
        f"try: cli({['payments', *words]!r}, prog_name='accord')\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('jax', 'numpy', 'equinox', 'rich', 'pyarrow', 'scipy')))"
    )
    got = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert got.returncode == 0, got.stdout + got.stderr


def test_every_command_has_an_example_that_begins_with_its_name():
    for name in payments.commands:
        assert f"  accord payments {name}" in said(name, "--help").output, name


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["setle", "ring.csv"], "Unknown command 'setle'. Did you mean 'settle'?"),
        (["seetl", "ring.csv"], "List all with: accord payments --help"),
        (["settle", "rings.csv"], "There is no file rings.csv. Check the path."),
        (["report", "ring.csv", "--rules", "rtsg"], "Unknown settlement system 'rtsg'. Did you mean 'rtgs'?"),
        (["report", "ring.csv", "evry=0"], "Unknown setting 'evry'. Did you mean 'every'?"),
        (["report", "ring.csv", "prices.dely=0"], "Unknown setting 'dely'. Did you mean 'delay'?"),
        (["report", "ring.csv", "every=-1"], "every=-1 is out of its range"),
        (["settle", "ring.csv", "--hours", "18:00-06:00"], "--hours=18:00-06:00 is no day"),
        (["settle", "ring.csv", "--hours", "six"], "Write it as in 06:00-18:00."),
        (["settle", "ring.csv", "--hours", "12:00-13:00"], "No payment is left to settle: 0 payments read, 3 rows set"),
        (["report", "bad.csv", "--strict"], "3 of 6 rows are bad: bad.csv, line 5: 'Ada' pays itself; bad.csv,"),
        (["report", "ring.csv", "--banks", "ring.csv"], "ring.csv, line 1: no column 'bank'"),
        (["settle", "banks.csv"], "banks.csv, line 1: no column 'time'"),
        (["generate", "bnaks=3", "--out", "day.csv"], "Unknown setting 'bnaks'. Did you mean 'banks'?"),
        (["generate", "banks=1", "--out", "day.csv"], "banks=1 is out of its range"),
        (["generate", "--out", "day.pdf"], "--out=day.pdf ends in '.pdf', expected .csv"),
        (["learn", "stag-hnt"], "Unknown payments case 'stag-hnt'. Did you mean 'stag-hunt'?"),
        (["report", "."], "banks.csv, line 1: no column 'time'"),
    ],
)
def test_bad_input_gets_one_sentence(here, words, sentence):
    before = sorted(here.rglob("*"))
    (here / "bad.csv").rename(here / "bad.csv")
    got = said(*words)
    assert got.exit_code == 2, got.output
    assert sentence in got.stderr and got.stderr.startswith("Error: ") and "Traceback" not in got.stderr
    assert got.stderr.count("\n") == 1
    assert sorted(here.rglob("*")) == before, "something was left behind"


def test_bad_rows_are_named_set_aside_and_counted(here):
    got = said("report", "bad.csv", "--banks", "banks.csv", "--rules", "rtgs,cycles", "--out", "out")
    assert got.exit_code == 0, got.output
    assert "3 payments read, 3 rows set aside." in got.stdout
    assert "bad.csv, line 5: 'Ada' pays itself" in got.stderr
    assert "bad.csv, line 6: amount '-5' is negative" in got.stderr
    rejected = arrow_csv.read_csv(here / "out" / "rejected.csv").to_pylist()
    assert [row["line"] for row in rejected] == [5, 6, 7]
    page = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert "rows set aside" in page and "bad.csv:7" in page and "<b>," not in page
    assert said("report", "ring.csv", "--banks", "banks.csv", "--out", "out").exit_code == 0
    assert not (here / "out" / "rejected.csv").exists(), "of the log before"


def test_the_report_writes_page_and_tables_that_agree(here):
    got = said("report", "ring.csv", "--banks", "banks.csv", "--hours", "09:00-12:00", "--out", "out")
    assert got.exit_code == 0 and "Page: out/report.html" in got.stdout
    folder = here / "out"
    for path in folder.glob("*.parquet"):
        assert path.with_suffix(".csv").exists()
        assert len(arrow_csv.read_csv(path.with_suffix(".csv"))) == len(parquet.read_table(path))
    rows = {row["metric"]: row for row in parquet.read_table(folder / "metrics.parquet").to_pylist()}
    assert rows["settled_value"]["rtgs"] == 0 and rows["settled_value"]["cycles"] == 3000
    assert rows["delay"]["cycles"] == 30 and rows["upper_bound"]["rtgs"] == 1000
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "0\u00a0%" in text and "settles" not in text.split("<main>")[0] and "30 CHF" in text
    assert "assumption" not in text, "the balances were given"


def test_without_accounts_the_balances_are_an_assumption(here):
    assert said("report", "ring.csv", "--out", "out").exit_code == 0
    text = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert "Opening balances are an assumption" in text and "30\u00a0% of the way" in text
    got = said("settle", "ring.csv", "--liquidity", "1", "--rules", "rtgs")
    assert "100\u00a0%" in got.output and "Plain RTGS" in got.output


def test_credit_lines_count_where_they_are_given(here):
    (here / "lines.csv").write_text("bank,opening,credit\nAda,0,10\nBen,0,0\nCy,0,0\n")
    rate = lambda *more: said("settle", "ring.csv", "--banks", "lines.csv", "--rules", "rtgs", *more).output
    assert "100\u00a0%" in rate() and "100\u00a0%" in rate("--credit", "priced")
    assert "100\u00a0%" not in rate("--credit", "none")
    assert "100\u00a0%" not in rate("haircut=0.5")


def test_what_is_generated_can_be_read_again(here):
    got = said("generate", "banks=5", "payments=200", "core=2", "--seed", "3", "--out", "days/one.csv")
    assert got.exit_code == 0, got.output
    assert "reciprocity" in got.output and "published" in got.output
    again = "accord payments report days/one.csv --banks days/one-banks.csv --hours 06:00-18:00"
    assert f"Look at it with: {again}" in got.output
    once = said("settle", "days/one.csv", "--banks", "days/one-banks.csv", "--hours", "06:00-18:00", "--strict").output
    assert said("generate", "banks=5", "payments=200", "core=2", "--seed", "3", "--out", "two.xml").exit_code == 0
    again = said("settle", "two.xml", "--banks", "two-banks.csv", "--hours", "06:00-18:00", "--strict").output
    assert once == again and "0 rows set aside" in once
    (here / "days" / "two.xml").write_text((here / "two.xml").read_text())
    assert "has .csv and .xml files" in said("settle", "days").stderr


def test_names_that_need_quotes_survive_a_log(here):
    from accord.clearing import Accounts, Day, read_accounts, read_csv
    from accord.studio.payments.files import write_log

    names = ('A "quoted", Ltd', "B;C", "=D")
    accounts = Accounts.of(names, [5, 0, 123])
    day = Day.of(accounts, [1, 2], [0, 1], [1, 2], [7, 12_345], deadline=[-1, 60_000], priority=1)
    banks = write_log(day, here / "log.csv")
    accounts = read_accounts(banks)
    again = read_csv(here / "log.csv")
    assert accounts.banks == names and accounts.opening.tolist() == [5, 0, 123] and not again.rejected
    assert again.day.amount.tolist() == [7, 12_345] and again.day.deadline.tolist() == [-1, 60_000]
    assert again.day.name(again.day.sender[0]) == names[0]


def test_time_left_is_told_after_a_while(monkeypatch, capsys):
    now = iter((0.0, 0.0, 1.0, 3.0, 3.5, 6.0, 9.0, 12.0, 15.0))
    monkeypatch.setattr("accord.studio.commands.payments.time.monotonic", lambda: next(now))
    monkeypatch.setattr("accord.studio.commands.payments.time.strftime", lambda _: "12:00:00")
    watch = Watch()
    for done in range(4):
        watch("settling", done, 10)
    watch("stress", 0, 4)
    watch("stress", 2, 4)
    watch("stress", 3, 4)
    assert capsys.readouterr().err.splitlines() == [
        "12:00:00  settling (1 of 10)",
        "12:00:00  settling (3 of 10), about 10 seconds left",
        "12:00:00  stress (0 of 4)",
        "12:00:00  stress (2 of 4)",
        "12:00:00  stress (3 of 4), about 3 seconds left",
    ]


def test_cases_are_listed():
    assert "stag-hunt" in said("cases").output and "accord payments learn CASE" in said("cases").output
