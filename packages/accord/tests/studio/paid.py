"""Days small enough to settle by hand, for tests of the page of a day."""

from accord.clearing.clock import milliseconds
from accord.clearing.day import Accounts, Day
from accord.clearing.generator import DayLaw, generate
from accord.clearing.logbook import Log, Rejected
from accord.clearing.rules import RULES
from accord.studio.payments.study import USUAL, Request, study

HOSTILE = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "A&B, Ltd;\u2028"


def ring(banks=("Ada", "Ben", "Cy"), rejected=(), **more):
    """Each owes the next one 10.00; nobody has anything."""
    times = [milliseconds(text) for text in ("09:00", "09:30", "10:00")]
    accounts = Accounts.of(banks, **more)
    hours = {"opens": milliseconds("09:00"), "closes": milliseconds("12:00")}
    day = Day.of(accounts, times, [0, 1, 2], [1, 2, 0], 1000, ids=["one", "two", "three"], currency="CHF", **hours)
    return Log(day, tuple(rejected))


def facts(log, systems=USUAL, share=None):
    return study(log, Request({name: RULES[name] for name in systems}, share=share)).facts


def tight():
    """A generated day with little liquidity: queues, gridlocks, something left over."""
    return Log(generate(DayLaw(payments=600, liquidity=0.02), 1), (Rejected("day.csv", 7, "amount 0", "x,0"),))
