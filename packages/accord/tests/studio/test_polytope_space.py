"""The pages of shapes and paths in a real browser: the view of three states turns, and nothing complains."""

import time

import browser
import pytest

from accord.experiments.geometry.value_paths import walks
from accord.geometry.cells import region
from accord.geometry.process import PUBLISHED
from accord.studio.geometry.polytope_report import measured, paths_page, polytope_page
from accord.studio.geometry.processes import three

pytestmark = pytest.mark.skipif(
    browser.installed() is None, reason="no Chromium is installed; install one to test the pages"
)

YAW = "Number(document.querySelector('[data-chart$=space]').dataset.yaw || 0)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    shapes = [measured(process, region(process)) for process in (PUBLISHED["2d"], three())]
    (folder / "shapes.html").write_text(polytope_page(shapes, {}), encoding="utf-8")
    walked = [(one, walks(one.process, 1)) for one in shapes]
    (folder / "paths.html").write_text(paths_page(walked, 1, {}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def chromium():
    with browser.Browser() as running:
        yield running


def shown(page):
    page.run("document.querySelector('canvas').scrollIntoView({block: 'center'})")
    box = page.run("(() => { const b = document.querySelector('canvas').getBoundingClientRect();"
                   " return [b.left + b.width / 2, b.top + b.height / 2]; })()")  # fmt: skip
    time.sleep(0.2)
    return box


def test_it_turns_by_itself_until_somebody_does(chromium, pages):
    page = chromium.page()
    page.open(pages / "shapes.html")
    x, y = shown(page)
    before = page.run(YAW)
    page.wait(f"{YAW} > {before} + 0.01")
    for kind, dx in (("mousePressed", 0), ("mouseMoved", 60), ("mouseReleased", 60)):
        page.call("Input.dispatchMouseEvent", type=kind, x=x + dx, y=y, button="left", buttons=1, clickCount=1)
    held = page.run(YAW)
    time.sleep(0.3)
    assert page.run(YAW) == held, "it stands where it was left"
    assert page.complaints == []


def test_dragging_and_keys_turn_it(chromium, pages):
    page = chromium.page()
    page.open(pages / "shapes.html", still=True)
    x, y = shown(page)
    time.sleep(0.2)
    assert page.run(YAW) == 0, "who asked for less motion gets none unasked"
    before = page.picture()
    for kind, dx in (("mousePressed", 0), ("mouseMoved", 50), ("mouseMoved", 100), ("mouseReleased", 100)):
        page.call("Input.dispatchMouseEvent", type=kind, x=x + dx, y=y, button="left", buttons=1, clickCount=1)
    assert page.run(YAW) == pytest.approx(1.7)
    assert page.picture() != before
    page.run("document.querySelector('canvas').focus()")
    page.key("ArrowRight", 39)
    assert page.run(YAW) == pytest.approx(1.8)
    assert page.complaints == []


@pytest.mark.parametrize("name", ["shapes.html", "paths.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_picture_is_drawn_and_a_phone_needs_no_sideways_scroll(chromium, pages, name, scheme):
    page = chromium.page()
    page.open(pages / name, width=360, height=740, scheme=scheme, still=True)
    assert page.run("document.documentElement.scrollWidth") <= 360
    charts = "[...document.querySelectorAll('[data-chart]')]"
    assert page.run(f"{charts}.length") == {"shapes.html": 5, "paths.html": 11}[name]
    assert page.run(f"{charts}.filter(c => !c.querySelector('svg path, canvas')).length") == 0
    assert "NaN" not in page.run("document.querySelector('main').innerHTML")
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("file:")] == []


def test_pointing_names_a_policy(chromium, pages):
    page = chromium.page()
    page.open(pages / "shapes.html", still=True)
    place = page.run("""(() => {
        const dot = [...document.querySelectorAll('[data-chart="2d-cloud"] circle')].pop();
        dot.scrollIntoView({block: 'center'});
        const box = dot.getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2];
    })()""")
    page.point(*place)
    page.wait("!document.querySelector('[data-chart=\"2d-cloud\"] .tip').hidden")
    assert "action 2 in state 1, action 2 in state 2" in page.run("document.querySelector('.tip').textContent")
