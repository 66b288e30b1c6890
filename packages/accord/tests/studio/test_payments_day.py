"""The page of a day of payments: its sentences and numbers are those of days settled by hand."""

import base64
import copy
import hashlib
import html
import json
import re

import browser
import numpy as np
import paid
import pytest

from accord.clearing.clock import milliseconds
from accord.clearing.day import Accounts, BadPayments, Day
from accord.clearing.logbook import Log, Rejected
from accord.clearing.rules import RULES
from accord.clearing.system import settle
from accord.studio.payments import curves, figures, layout, story
from accord.studio.payments import quantities as say
from accord.studio.payments.page import BUILDERS, page
from accord.studio.payments.study import Request, study

TOLD = {"title": "The day of a.csv", "accord": "0.1.0", "command": "accord payments report a.csv"}


def plain(text):
    return text.replace("\u00a0", " ")


def body(text):
    return re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def ring():
    return paid.facts(paid.ring())


@pytest.fixture(scope="module")
def tight():
    return paid.facts(paid.tight(), ("rtgs", "partial", "all"), 0.02)


# ------------------------------------------------------------------------------------------------------------ sentences


def test_the_lead_tells_a_day_settled_by_hand(ring):
    # Gross settlement moves nothing. With rings the queue of 10:00 settles: 10 waits 60, 30 and 0 minutes.
    assert plain(story.lead(ring)) == (
        "Three banks submitted 3 payments worth 30 CHF. Under plain gross settlement 0 % of the value settled by the "
        "close; 3 payments worth 30 CHF did not. With the same balances offset and cycles settle 100 % of the value "
        "and bring the delay indicator from 1 to 0.2. For 2 h 5 min a queue stood still of which a part could have "
        "settled together (gridlock) and for 55 min only more liquidity could have helped (deadlock)."
    )
    metrics = story.metrics(ring, "cycles")
    assert metrics["delay"] == 30 and metrics["delay_indicator"] == 90 / 450
    assert plain(story.settlement(ring)) == ""
    assert plain(story.frontier(ring)).startswith(
        "Netting of the whole day needs 0 CHF, settling each payment on arrival 10 CHF. Between the two, less "
        "liquidity buys delay. At the lower bound plain gross settlement has a delay indicator of 1, offset and "
        "cycles 0.2."
    )
    assert "At 10:00 30 CHF were queued under plain gross settlement (gridlock)." in story.network(ring)


def test_a_day_with_enough_is_told_in_few_words():
    facts = paid.facts(paid.ring(opening=1000))
    assert plain(story.lead(facts)) == (
        "Three banks submitted 3 payments worth 30 CHF. Under plain gross settlement everything settled on arrival. "
        "No other system that was tried does better: no payment had to wait."
    )
    assert "No queue stood still" in story.spells(facts)
    assert "no payment ever waited" in story.network(facts)
    assert plain(story.settlement(facts)).startswith(
        "Under plain gross settlement the value is settled 20 % by 09:00, 50 % by 09:30 and 80 % by 10:00."
    )


def test_costs_are_those_of_hand(ring):
    # Queued for an hour at 0.2 a unit: Ada 10 x 3 h, Ben 10 x 2.5 h, Cy 10 x 2 h under plain settlement.
    assert {row["bank"]: row["total"] for row in ring["costs"]} == {"Ada": 600, "Ben": 500, "Cy": 400}
    assert ring["costs_together"]["rtgs"] == 1500 and ring["costs_together"]["cycles"] == 300
    assert "All banks together pay 80 % less under offset and cycles" in plain(story.costs(ring))
    spec, (heads, rows) = figures.cost_stack(ring)
    assert [row["label"] for row in spec["rows"]] == ["Ada", "Ben", "Cy"]
    assert rows[0] == ["All banks", "15", "15"] and heads == ["", "delay, CHF", "total, CHF"]


def test_assumed_balances_are_called_an_assumption():
    log = paid.ring()
    assert "each bank's stand 30 % of the way from the lower" in plain(story.lead(paid.facts(log, share=0.3)))
    assert "stand at the lower bound" in story.lead(paid.facts(log, share=0.0))
    assert "assumption" not in story.lead(paid.facts(log))


def test_a_stopped_sender_is_told(ring):
    # At 10:00 Ada's payment waits already, so nothing of the largest sender is missing.
    assert plain(story.stress(ring)).endswith("All payments of the others settle all the same.")
    day = paid.ring().day
    early = Day.of(day.accounts, day.time[::-1].copy(), [1, 2, 0], [2, 0, 1], [1000, 1000, 2000],
                   opens=day.opens, closes=day.closes)  # fmt: skip
    assert early.sender.tolist() == [0, 2, 1]
    ten = paid.facts(Log(Day.of(
        Accounts.of(("Ada", "Ben", "Cy"), [2000, 0, 0]), [milliseconds("10:30"), milliseconds("11:00")], [0, 1], [1, 2],
        [2000, 1000], opens=day.opens, closes=day.closes), ()), ("rtgs",))  # fmt: skip
    assert [stop["stopped"] for stop in ten["stress"]] == [["Ada"]]
    assert ten["stress"][0]["knock_on"] == 1000 and ten["stress"][0]["missing"] == 2000
    assert "Without Ada, 10 of the others' payments that settled no longer do" in story.stress(ten)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (say.money(3_000, "CHF"), "30 CHF"),
        (say.money(123_456), "1,234.56"),
        (say.money(620_000_000_000), "6.2 billion"),
        (say.money(99_960_000_000), "1,000 million"),
        (say.money(-150_000_000, "EUR"), "−1.5 million EUR"),
        (say.money(2 * 10**17), "2,000 trillion"),
        (say.share(1.0), "100 %"),
        (say.share(0.99996), "99.9 %"),
        (say.share(0.0001), "< 0.1 %"),
        (say.share(0.0), "0 %"),
        (say.share(None), "–"),
        (say.duration(7_500_000), "2 h 5 min"),
        (say.duration(12_000), "12 s"),
        (say.clock(34_200_500), "09:30"),
        (say.unit_for(600 * 10**11).name, "billion"),
        (say.unit_for(3_000, "CHF").text(1050), "10.50"),
        (say.metric(3_600_000, "ms", say.unit_for(1)), "1 h"),
        (say.metric(None, "ratio", say.unit_for(1)), "–"),
    ],
)
def test_numbers_are_said_as_people_read_them(said, wanted):
    assert plain(said) == wanted


# ------------------------------------------------------------------------------------------------------ curves, layout


def test_thin_curves_lose_no_peak():
    times = np.array([10, 20, 21, 22, 90], np.int64)
    values = np.array([5, 100, -7, 6, 2], np.int64)
    low, high = curves.bounds(times, values, 1, np.array([0, 25, 50, 75, 100], np.int64))
    assert low.tolist() == [-7, 6, 6, 2] and high.tolist() == [100, 6, 6, 6]
    seen = np.random.default_rng(0)
    times, values = np.sort(seen.integers(0, 1000, 400)), seen.integers(-50, 50, 400)
    low, high = curves.bounds(times, values, 0, curves.grid(0, 1000, 37))
    assert low.min() == min(0, values.min()) and high.max() == max(0, values.max())
    sums = curves.cumulative(np.array([3, 1, 2]), np.array([10, 20, 30]), np.array([0, 1, 2, 3, 9]))
    assert sums.tolist() == [0, 20, 50, 60, 60]


def test_the_curve_of_settlement_ends_at_what_settled(tight):
    for system in tight["systems"].values():
        assert system["settled"][-1] == system["metrics"]["settled_value"]
        assert max(system["queued"]) == system["metrics"]["largest_queue"]
        assert all(a <= b for a, b in zip(system["settled"], system["settled"][1:], strict=False))
        assert all(a <= b for a, b in zip(system["settled"], tight["arrivals"], strict=True))
    assert tight["arrivals"][-1] == tight["log"]["value"]


def test_rings_are_rings_of_the_queue():
    queued = {(0, 1): 50, (1, 2): 30, (2, 0): 40, (2, 3): 99, (3, 4): 5, (4, 3): 7}
    stuck = layout.on_rings(queued, 5)
    assert stuck == {(0, 1), (1, 2), (2, 0), (3, 4), (4, 3)}
    assert layout.rings(queued, stuck) == [([0, 1, 2], 30), ([3, 4], 5)]
    assert layout.rings(queued, set()) == []
    found = layout.standstill(settle(paid.ring().day))
    assert found.rings == [([0, 1, 2], 1000)] and found.gridlock and found.time == milliseconds("10:00")
    assert found.lit == {(0, 1), (1, 2), (2, 0)}


def test_banks_stand_apart_and_the_core_in_the_middle():
    placed = layout.places(paid.tight().day)
    assert len(placed) == 15 and len({(p.x, p.y) for p in placed}) == 15
    inner = [np.hypot(p.x, p.y) for p in placed if p.core]
    outer = [np.hypot(p.x, p.y) for p in placed if not p.core]
    assert max(inner) < min(outer) and max(outer) <= 1.001
    near = min(np.hypot(a.x - b.x, a.y - b.y) for a in placed for b in placed if a.bank < b.bank)
    assert near > 0.25
    assert layout.places(paid.tight().day) == placed


# ----------------------------------------------------------------------------------------------------------------- page


def test_the_page_needs_nothing_else(tight):
    text = page(tight, TOLD)
    assert len(text) < 400_000
    assert re.findall(r"""(?:src|href)\s*=|url\((?!#)""", text) == []
    assert "http" not in text.replace('http-equiv="Content', "").replace("http://www.w3.org/2000/svg", "")
    for kind in ("script", "style"):
        (content,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" in text
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert sorted(re.findall(r'data-chart="([a-z0-9-]+)"', text)) == sorted(data["charts"])
    seen = body(text)
    assert "could not be read" not in seen and "None" not in seen and "nan" not in seen.replace("finance", "")
    for part, _ in BUILDERS[:-1]:
        assert f'<section id="{part}">' in text
    assert "style=" not in seen, "the page's own policy lets no style attribute work"


def test_every_picture_has_its_numbers_and_every_metric_its_definition(tight):
    text = page(tight, TOLD)
    for name in ("settlement", "queue", "frontier", "spells", "network", "costs", "stress"):
        assert re.search(rf'data-chart="{name}".*?<table>', text, re.DOTALL), name
    assert body(text).count('class="chart" data-chart="ribbon-') == 12
    for name, one in tight["definitions"].items():
        if name not in ("payments", "value"):
            assert html.escape(one["definition"]) in text, name
    cells = re.search(r"settlement rate <small></small></th>(.*?)</tr>", text)[1]
    rates = [plain(cell) for cell in re.findall("<td>(.*?)</td>", cells)]
    assert rates == [plain(say.share(tight["systems"][n]["metrics"]["settlement_rate"])) for n in tight["systems"]]
    assert rates[1] != "–" and tight["systems"]["partial"]["metrics"]["settlement_rate"] == 1.0 and rates[1] == "100 %"


def test_the_rate_stands_first_and_what_was_set_aside_is_counted():
    row = Rejected("a.csv", 12, "amount '-5' is negative, expected more than 0", "09:00,<b>x</b>,y,-5")
    facts = paid.facts(paid.ring(rejected=[row]), ("rtgs", "all"))
    text = page(facts, TOLD)
    tiles = [plain(re.sub("<[^>]+>", " ", tile)).split() for tile in re.findall(r'<div class="tile.*?</div>', text)]
    assert [" ".join(tile) for tile in tiles] == [
        "0 % of the value settled under plain gross settlement 100 % with all mechanisms together",
        "30 CHF unsettled at the close 3 payments",
        "1 row set aside of 4",
    ]
    assert "a.csv:12</th><td>amount &#x27;-5&#x27; is negative" in text and "<b>x</b>" not in text
    assert plain(story.rejected(facts)).startswith("One row of the log is bad and was set aside: no number")
    assert text.index('class="tiles"') < text.index("<main>")


def test_names_of_banks_are_no_program():
    facts = paid.facts(paid.ring(paid.HOSTILE, [Rejected("<i>.csv", 2, "bank '<u>'", "<u>")]), ("rtgs", "all"))
    text = page(facts, TOLD | {"title": f"The day of {paid.HOSTILE[0]}.csv"})
    assert text.count("</script>") == 2 and "<script>alert" not in text
    assert "<img" not in text and "<i>" not in text and "<u>" not in text
    assert "\u2028" not in text.split('id="data">')[1]
    assert "could not be read (" not in body(text)


@pytest.mark.parametrize("part", [name for name, _ in BUILDERS if name not in ("metrics", "circumstances", "rejected")])
def test_a_broken_part_leaves_a_note_and_the_rest(ring, part):
    data = copy.deepcopy(ring)
    key = {"settlement": "guidelines", "spells": "systems"}.get(part, part)
    data[key] = [3]
    text = page(data, TOLD)
    assert "could not be read" in text and '<section id="repeat">' in text


def test_days_of_any_size_make_a_page():
    noon = milliseconds("12:00")
    one = Log(Day.of(Accounts.of(("A", "B"), 5), [noon], [0], [1], [5]), ())
    assert "could not be read" not in body(page(paid.facts(one), TOLD))
    same = Log(Day.of(Accounts.of(("A", "B")), [noon] * 4, [0, 1, 0, 1], [1, 0, 1, 0], [7, 7, 9, 9]), ())
    assert "could not be read" not in body(page(paid.facts(same), TOLD))
    many = tuple(f"Bank {k}" for k in range(120))
    clocks = np.arange(120) * 60_000 + noon
    wide = Log(Day.of(Accounts.of(many), clocks, np.arange(120), (np.arange(120) + 1) % 120, 100), ())
    facts = paid.facts(wide, ("rtgs", "all"))
    assert len(facts["network"]["nodes"]) == 40 and "40 largest of 120 banks" in story.network(facts)
    assert "could not be read" not in body(page(facts, TOLD))
    with pytest.raises(BadPayments, match="No payment is left to settle"):
        study(Log(one.day.only(np.zeros(1, bool)), ()), Request({"rtgs": RULES["rtgs"]}))


def test_tables_conserve_money_to_the_cent():
    tables = study(paid.tight(), Request({name: RULES[name] for name in ("rtgs", "all")})).tables
    banks = tables["banks"].to_pylist()
    for system in ("rtgs", "all"):
        own = [row for row in banks if row["system"] == system]
        assert sum(row["sent"] for row in own) == sum(row["received"] for row in own)
        assert sum(row["closing"] for row in own) == sum(row["opening"] for row in own)
        hours = [row["settled"] for row in tables["hours"].to_pylist() if row["system"] == system]
        assert sum(hours) == sum(row["sent"] for row in own)
    payments = tables["payments"]
    assert {"settled_rtgs", "mechanism_rtgs", "settled_all", "mechanism_all"} <= set(payments.column_names)
    assert len(payments) == len(paid.tight().day)


# -------------------------------------------------------------------------------------------------------------- browser


@pytest.mark.skipif(browser.installed() is None, reason="no Chromium is installed; install one to test the page")
def test_in_a_browser_nothing_throws_nothing_overflows_and_pointing_reads(tight, tmp_path):
    names = paid.facts(paid.ring(paid.HOSTILE), ("rtgs", "all"))
    with browser.Browser() as running:
        for name, facts, width, scheme in (
            ("tight", tight, 360, "light"), ("tight", tight, 1280, "dark"), ("names", names, 360, "dark"),
        ):  # fmt: skip
            path = tmp_path / f"{name}.html"
            path.write_text(page(facts, TOLD), encoding="utf-8")
            tab = running.page()
            tab.open(path, width=width, scheme=scheme)
            assert tab.run("document.documentElement.scrollWidth") <= width
            drawn = tab.run("[...document.querySelectorAll('[data-chart]')].map(c => c.querySelectorAll('svg').length)")
            assert len(drawn) >= 9 and min(drawn) > 0
            assert "NaN" not in tab.run("document.querySelector('main').innerHTML")
            assert tab.complaints == []
            assert [url for url in tab.requests if not url.startswith("file:")] == []
            for chart in ("settlement", "spells", "network", "costs"):
                place = tab.run(f"""(() => {{
                    const svg = document.querySelector('[data-chart={chart}] svg[role=img]');
                    svg.scrollIntoView({{block: 'center'}});
                    const box = (svg.querySelector('.gridlock, .node') || svg).getBoundingClientRect();
                    return [box.left + box.width / 2, box.top + Math.min(box.height, 300) / 2];
                }})()""")
                tab.point(*place)
                tab.wait(f"!document.querySelector('[data-chart={chart}] .tip').hidden")
            assert tab.complaints == []
