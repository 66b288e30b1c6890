"""The report in a real browser: it moves, complains of nothing, asks for nothing, and fits a phone."""

import json
import time

import browser
import invented
import pytest

from accord.core import record
from accord.studio.report import write_report

pytestmark = pytest.mark.skipif(
    browser.installed() is None, reason="no Chromium is installed; install one to test the report"
)

STEPS = "[...document.querySelectorAll('.theatre:first-of-type .film')].map(film => Number(film.dataset.step))"


@pytest.fixture(scope="module")
def report(run):
    return write_report(run)


@pytest.fixture(scope="module")
def chromium():
    with browser.Browser() as running:
        yield running


def scrolled(page):
    page.run("document.querySelector('.theatre').scrollIntoView()")


def test_replays_play_when_they_come_into_view(chromium, report):
    page = chromium.page()
    page.open(report)
    time.sleep(0.3)
    assert page.run(STEPS) == [0, 0, 0], "nothing plays before anybody can see it"
    scrolled(page)
    before = page.picture()
    page.wait(f"{STEPS}.every(step => step >= 3)")
    assert page.picture() != before
    assert len(set(page.run(STEPS))) == 1, "one clock for all"
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("file:")] == []


def test_keys_step_and_totals_are_those_of_the_record(chromium, report):
    page = chromium.page()
    page.open(report, still=True)
    scrolled(page)
    time.sleep(0.3)
    assert page.run(STEPS) == [0, 0, 0], "who asked for less motion gets none unasked"
    page.run("document.querySelector('.transport button').focus()")
    page.key("ArrowRight", 39)
    page.wait(f"{STEPS}.every(step => step === 1)")
    page.key("End", 35)
    page.wait(f"{STEPS}.every(step => step === 60)")
    totals = "[...document.querySelectorAll('.film tfoot td:last-child')].map(cell => Number(cell.textContent))"
    kept = [record.load(report.parent / "replays" / f"{name}.npz") for name in ("solo", "separate", "moca")]
    assert page.run(totals)[:3] == pytest.approx([float(one.rewards.sum()) for one in kept], abs=0.1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_and_a_phone_needs_no_sideways_scroll(chromium, report, scheme):
    page = chromium.page()
    page.open(report, width=360, height=740, scheme=scheme)
    assert page.run("document.documentElement.scrollWidth") <= 360
    assert page.run("document.querySelectorAll('[data-chart]').length") > 8
    assert (
        page.run(
            "[...document.querySelectorAll('[data-chart]')].filter(c => !c.querySelector('svg path, svg rect')).length"
        )
        == 0
    )
    assert "NaN" not in page.run("document.querySelector('main').innerHTML")
    assert page.complaints == []


def test_pointing_reads_the_number_out(chromium, report):
    page = chromium.page()
    page.open(report)
    place = page.run("""(() => {
        const svg = document.querySelector('[data-chart=curves] svg');
        svg.scrollIntoView({block: 'center'});
        const box = svg.getBoundingClientRect();
        return [box.left + box.width * 0.6, box.top + box.height * 0.5];
    })()""")
    page.point(*place)
    page.wait("!document.querySelector('[data-chart=curves] .tip').hidden")
    text = page.run("document.querySelector('[data-chart=curves] .tip').textContent")
    assert "Environment steps" in text and "One mind, two bodies: 5" in text


def test_a_title_is_no_program(chromium, tmp_path):
    evil = "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"

    def poisoned(value):
        if isinstance(value, dict):
            return {name: poisoned(entry) for name, entry in value.items()}
        if isinstance(value, list):
            return [poisoned(entry) for entry in value]
        return f"{value} {evil}" if isinstance(value, str) else value

    (tmp_path / "result.json").write_text(json.dumps(poisoned(invented.result()) | {"replays": []}))
    page = chromium.page()
    page.open(write_report(tmp_path))
    assert page.run("document.title").endswith(evil)
    assert page.run("document.querySelectorAll('img').length") == 0
    assert page.complaints == []
