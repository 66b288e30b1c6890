"""The page of the polytope in a real browser: its numbers are Python's, and what a hand does is kept in its address."""

import json
import time
from pathlib import Path

import browser
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import approx_fprime

from accord.geometry import paths as learning
from accord.geometry.cells import region
from accord.geometry.process import PUBLISHED, Process
from accord.studio.commands.geometry.page import page as command
from accord.studio.geometry.polytope_page import RIVER, WORLDS, write_polytope_page

pytestmark = pytest.mark.skipif(
    browser.installed() is None, reason="no Chromium is installed; install one to test the page of the polytope"
)

AXE = Path(__file__).parents[4] / "packages/quatrain/src/quatrain/notepad/web/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_polytope_page(tmp_path_factory.mktemp("page") / "deep" / "polytope.html")


@pytest.fixture(scope="module")
def chromium():
    with browser.Browser() as running:
        yield running


@pytest.fixture
def visit(chromium, file, monkeypatch):
    """Open the page at a fragment; in the end nothing may have complained, and nothing been asked for."""
    pages = []

    def opened(fragment="", **how):
        class Located(type(file)):
            def as_uri(self):
                return super().as_uri() + fragment

        page = chromium.page()
        monkeypatch.setattr(browser, "Path", Located)
        page.open(file, **({"still": True} | how))
        pages.append(page)
        return page

    yield opened
    for page in pages:
        assert page.complaints == []
        assert [url for url in page.requests if not url.startswith("file:")] == []
        page.call("Page.close")


def told(page, expression):
    """A value of the page by way of JSON, with all its digits."""
    return json.loads(page.run(f"JSON.stringify({expression})"))


# ---------------------------------------------------------------------------------------------------------- numbers


@pytest.fixture(scope="module")
def worlds(chromium, file):
    """What the page computes of each world: vertices, optimum, areas, hull."""
    page = chromium.page()
    page.open(file, still=True)
    script = """NAMES.map((name) => {
        const world = polytope.derive({...polytope.fresh(name), theta: 0});
        const size = (points) => Math.abs(polytope.area(points));
        return {corners: world.corners, best: world.best, cells: world.cells.map(size), hull: size(world.hull),
                ends: world.hull.length, edges: world.segments.flatMap((segment) => segment.edges)};
    })"""
    found = dict(zip(WORLDS, told(page, script.replace("NAMES", json.dumps(list(WORLDS)))), strict=True))
    page.call("Page.close")
    return found


@pytest.mark.parametrize("name", WORLDS)
def test_vertices_and_optimum_are_those_of_python(worlds, name):
    process = WORLDS[name].process
    assert len(worlds[name]["corners"]) == process.num_actions**2
    for corner in worlds[name]["corners"]:
        wanted = process.evaluate(process.pure(np.array(corner["choice"])))
        np.testing.assert_allclose(corner["at"], wanted, rtol=0, atol=1e-12)
    values, actions = process.optimal()
    assert worlds[name]["best"]["choice"] == actions.tolist()
    np.testing.assert_allclose(worlds[name]["best"]["at"], values, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", WORLDS)
def test_the_region_has_its_exact_area_and_its_boundary_is_one(worlds, name):
    found, process = worlds[name], WORLDS[name].process
    assert sum(found["cells"]) / found["hull"] == pytest.approx(region(process).share, abs=1e-9)
    assert found["ends"] == 4
    for middle, direction in [(np.mean(edge, 0), np.subtract(*edge)) for edge in found["edges"]]:
        normal = 1e-5 * np.array([-direction[1], direction[0]]) / np.linalg.norm(direction)
        inside = [_inside(process, middle + sign * normal) for sign in (1, -1)]
        assert not all(inside), "on a boundary one side belongs to no policy"
        assert _inside(process, middle)


def _inside(process, values):
    q = process.action_values(values)
    return bool((q.min(1) <= values + 1e-9).all() and (values <= q.max(1) + 1e-9).all())


@pytest.mark.parametrize("actions", [2, 3])
def test_any_world_has_its_exact_area(visit, actions):
    """Pinched, folded, thin: the pieces are all there, whatever rounding does where lines cross."""
    page, rng = visit(), np.random.default_rng(actions)
    world = "2d" if actions == 2 else "2c"
    wanted, states = [], []
    for _ in range(40):
        first, discount = rng.uniform(size=(2, actions)).round(2), float(rng.choice([0.0, 0.5, 0.9, 0.99]))
        rewards = rng.uniform(-2, 2, (2, actions)).round(2)
        wanted.append(region(Process(rewards, np.stack([first, 1 - first], -1), discount)).share)
        states.append({"rewards": rewards.ravel().tolist(), "first": first.ravel().tolist(), "discount": discount})
    script = f"""{json.dumps(states)}.map((changes) => {{
        const world = polytope.derive({{...polytope.fresh('{world}'), ...changes}});
        const size = (points) => Math.abs(polytope.area(points));
        return world.cells.reduce((sum, cell) => sum + size(cell), 0) / size(world.hull);
    }})"""
    np.testing.assert_allclose(told(page, script), wanted, atol=1e-7)


def test_area_of_2d_by_counting(worlds):
    process, rng = PUBLISHED["2d"], np.random.default_rng(0)
    corners = np.array([corner["at"] for corner in worlds["2d"]["corners"]])
    low, high = corners.min(0), corners.max(0)
    points = rng.uniform(low, high, (200_000, 2))
    q = process.action_values(points)
    share = ((q.min(-1) <= points) & (points <= q.max(-1))).all(-1).mean()
    assert sum(worlds["2d"]["cells"]) == pytest.approx(share * np.prod(high - low), rel=0.02)


def test_the_policy_under_the_mouse_is_worth_that(visit):
    page, rng = visit(), np.random.default_rng(1)
    for name in ("2d", "2c", "left"):
        process = PUBLISHED[name]
        values = process.evaluate(process.drawn(rng, 50))
        world = f"polytope.derive(polytope.fresh('{name}')).process"
        policies = np.array(told(page, f"{values.tolist()}.map((at) => polytope.policyWorth({world}, at))"))
        policies = policies.reshape(50, 2, process.num_actions)
        assert (policies >= 0).all()
        np.testing.assert_allclose(policies.sum(-1), 1.0, atol=1e-12)
        np.testing.assert_allclose(process.evaluate(policies), values, rtol=0, atol=1e-9)
    assert told(page, "polytope.policyWorth(polytope.derive(polytope.fresh('2d')).process, [-1.5, 1])") is None


# ----------------------------------------------------------------------------------------------------------- learning

SHORT = {
    "vi": (0.016, 0.011, 0.009), "pi": (0, 0, 0), "pg": (3.573, 2.253, 0.060),
    "entropy": (2.299, 2.293, 0.181), "natural": (0, 0.0043, 0),
}  # fmt: skip
"""Published protocol on 2(d): error after 50 updates from each start."""


@pytest.fixture(scope="module")
def paths(chromium, file):
    """Every path on 2(d), from the three published starts, as the page draws them."""
    page = chromium.page()
    page.open(file, still=True)
    script = """polytope.STARTS.map((logits) => {
        const start = polytope.started(2, logits), show = new Set(Object.keys(polytope.METHODS));
        const world = polytope.derive({...polytope.fresh('2d'), start, show});
        return Object.fromEntries(world.paths.map((path) => [path.method, path]));
    })"""
    found = told(page, script)
    page.call("Page.close")
    return found


@pytest.mark.parametrize("start", range(3))
def test_learning_ends_where_it_was_published_to(paths, start):
    best = PUBLISHED["2d"].optimal()[0]
    for method, errors in SHORT.items():
        end = np.array(paths[start][method]["points"][-1])
        assert np.abs(end - best).max() == pytest.approx(errors[start], abs=6e-4), method
    assert len(paths[start]["pi"]["points"]) == 3


def test_value_iteration_leaves_and_nothing_else_does(paths):
    assert [sum(start["vi"]["outside"]) for start in paths] == [10, 6, 5]
    assert [start["vi"]["outside"].index(True) for start in paths] == [1, 2, 1]
    for start in paths:
        assert [method for method, path in start.items() if any(path["outside"])] == ["vi"]
        assert len(start) == 7


@pytest.mark.parametrize("name", WORLDS)
def test_every_path_is_pythons(visit, name):
    process = WORLDS[name].process
    page = visit(f"#world={name}&theta=0&show=vi,pi,pg,entropy,natural")
    policy = np.reshape(told(page, "polytope.page.state.start"), process.rewards.shape)
    np.testing.assert_allclose(policy, learning.started(process, learning.STARTS[2]), atol=1e-12)
    wanted = {
        "vi": learning.value_iteration(process, policy),
        "pi": learning.policy_iteration(process, policy),
        "pg": learning.policy_gradient(process, policy),
        "entropy": learning.policy_gradient(process, policy, entropy=1.0),
        "natural": learning.policy_gradient(process, policy, natural=True),
    }
    for path in told(page, "polytope.page.world.paths"):
        np.testing.assert_allclose(path["points"], wanted[path["method"]].values, rtol=0, atol=1e-9)
        assert path["outside"] == wanted[path["method"]].outside.tolist()


def test_the_gradient_is_the_slope_of_the_mean_value(visit):
    page = visit()
    for name, logits in (("2d", [0.3, -0.7]), ("left", [0.2, -0.4, 0.9, 0.1])):
        process, n = PUBLISHED[name], PUBLISHED[name].num_actions

        def policy(x, n=n):
            weights = np.exp(np.concatenate([np.reshape(x, (2, n - 1)), np.zeros((2, 1))], 1))
            return weights / weights.sum(1, keepdims=True)

        slope = approx_fprime(np.array(logits), lambda x, p=process, to=policy: float(p.evaluate(to(x)).mean()), 1e-7)
        script = f"(() => {{ const {{process}} = polytope.derive(polytope.fresh('{name}')); \
            const path = polytope.METHODS.pg.run(process, polytope.policyOf({logits}, {n}), 1); return path[1]; }})()"
        moved = process.evaluate(policy(np.array(logits) + slope))
        np.testing.assert_allclose(told(page, script), moved, atol=1e-5)


def test_the_same_seed_draws_the_same_path(visit):
    page = visit()
    run = "polytope.METHODS.cem.run(polytope.derive(polytope.fresh('2d')).process, polytope.fresh('2d').start, {})"
    first, again, other = (told(page, run.format(seed)) for seed in (1, 1, 2))
    assert first == again != other


# ------------------------------------------------------------------------------------------------------------ contracts


def test_vertices_are_affine_in_theta_and_the_envelope_is_the_optimum(visit):
    page, process = visit(), RIVER.process
    for theta in (-1.3, 0.1, 0.5, 1.7):
        world = told(page, f"polytope.derive({{...polytope.fresh('river'), theta: {theta}}})")
        paid = process.rewarded(process.rewards + theta * RIVER.feature)
        share = told(page, f"[{world['cells']}, [{world['hull']}]].map((all) => all.map(polytope.area).map(Math.abs))")
        assert sum(share[0]) / share[1][0] == pytest.approx(region(paid).share, abs=1e-9)
        for corner, line in zip(world["corners"], world["lines"], strict=True):
            np.testing.assert_allclose(
                np.array(line["value"]) + theta * np.array(line["moves"]), corner["at"], atol=1e-12
            )
        values, actions = paid.optimal()
        part = next(part for part in world["envelope"] if part["from"] <= theta <= part["to"])
        assert part["line"]["choice"] == actions.tolist()
        np.testing.assert_allclose(world["best"]["at"], values, atol=1e-12)


def test_the_river_wants_a_wage_from_021_to_104(visit):
    page, process = visit(), RIVER.process
    parts = told(page, "polytope.derive(polytope.fresh('river')).envelope")
    assert [part["line"]["choice"] for part in parts] == [[0, 0], [0, 1], [1, 1]]
    breaks = [part["from"] for part in parts[1:]]
    assert breaks == pytest.approx([0.21, 1.04], abs=0.005)
    for theta in breaks:  # two policies are best there, in both states
        values = process.rewarded(process.rewards + theta * RIVER.feature)
        both = [values.evaluate(values.pure(np.array(c))) for c in values.every_pure()]
        assert sum(np.allclose(v, np.max(both, 0), atol=1e-9) for v in both) == 2
    both = [np.add(part["line"]["value"], part["line"]["partner"]) for part in parts]
    assert (both[1] > both[0]).all() and (both[1] > both[2]).all(), "together they have most in between"


# ---------------------------------------------------------------------------------------------------------------- hands


def centre(page, name):
    return page.run(f"""(() => {{
        const box = document.querySelector('[data-name="{name}"] .hit').getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2];
    }})()""")


def drag(page, name, by):
    x, y = centre(page, name)
    mouse = lambda kind, dx, dy: page.call(
        "Input.dispatchMouseEvent", type=kind, x=x + dx, y=y + dy, button="left", buttons=1, clickCount=1
    )
    mouse("mousePressed", 0, 0)
    for step in (0.5, 1.0):
        mouse("mouseMoved", by[0] * step, by[1] * step)
    mouse("mouseReleased", *by)
    time.sleep(0.1)


def state(page):
    return told(page, "(({show, ...rest}) => ({...rest, show: [...show]}))(polytope.page.state)")


def test_a_vertex_takes_its_rewards_along_and_the_address_knows(visit):
    page = visit("#world=2d")
    before = state(page)
    drag(page, "corner:3", (40, 30))  # b in both states
    after = state(page)
    changed = [i for i in range(4) if before["rewards"][i] != after["rewards"][i]]
    assert changed == [1, 3], "the rewards of the two actions that this policy takes"
    assert page.run("location.hash").startswith("#world=2d&rewards=")
    page.wait("document.querySelector('#reward-1').valueAsNumber !== -0.1")

    page = visit(page.run("location.hash"))
    assert state(page) == after
    page.run("location.hash = '#world=2c&theta=-1'")
    page.wait("polytope.page.state.world === '2c' && polytope.page.world.corners.length === 9")
    assert page.run("document.querySelector('#theta').valueAsNumber") == -1


def test_the_start_follows_the_mouse_and_stays_a_policy(visit):
    page = visit()
    before = state(page)["start"]
    drag(page, "start", (-60, 80))
    after = state(page)["start"]
    assert after != before and min(after) > 0
    drag(page, "start", (-300, -300))  # far outside: it stops at the boundary
    assert told(page, "polytope.inside(polytope.page.world.process, polytope.page.world.start)")
    assert "start=" in page.run("location.hash")


def test_arrow_keys_move_points_and_the_rule_of_theta(visit):
    page = visit("#world=river")
    page.run("document.querySelector('[data-name=start]').focus()")
    before = told(page, "polytope.page.world.start")
    page.key("ArrowRight", 39)
    page.wait(f"polytope.page.world.start[0] > {before[0]}")
    page.run("document.querySelector('#envelope .theta').focus()")
    for _ in range(3):
        page.key("ArrowLeft", 37)
    page.wait("location.hash.includes('theta=0.47')")
    page.key("End", 35)
    spoken = "The optimum is clean in a clear river and clean in a foul river, worth 18.95 and 18.83."
    page.wait(f"document.querySelector('#said').textContent === {json.dumps(spoken)}")
    assert page.run("document.querySelector('#envelope .theta').getAttribute('aria-valuenow')") == "2"


def test_the_page_says_whose_value_it_is(visit):
    page = visit("#world=2d")
    point = """(() => { const p = polytope.page.plane, box = p.root.getBoundingClientRect(), at = %s;
        return [box.left + p.X(at[0]), box.top + p.Y(at[1])]; })()"""
    process = PUBLISHED["2d"]
    at = process.evaluate(np.array([[0.25, 0.75], [0.5, 0.5]])).tolist()
    page.point(*page.run(point % at))
    page.wait("document.querySelector('#readout').textContent.includes('is what this policy is worth')")
    page.point(*page.run(point % [-2.0, 1.0]))
    page.wait("document.querySelector('#readout').textContent.includes('No policy is worth')")


@pytest.mark.parametrize(
    "fragment",
    [
        "#world=nowhere&rewards=1,2&theta=x",
        "#rewards=,,,&first=9,9,9,9&discount=7&show=zz&seed=-3",
        "#=&&=1&__proto__=2",
    ],
)
def test_a_bad_address_does_no_harm(visit, fragment):
    found = state(visit(fragment))
    assert found["world"] == "2d"
    assert len(found["rewards"]) == 4 and 0 <= found["discount"] < 1 and found["seed"] >= 1


@pytest.mark.parametrize("fragment", ["#world=2d&rewards=0,0,0,0", "#world=2c&rewards=1,1,1,0,0,0&first=1,1,1,0,0,0"])
def test_a_world_without_area_can_be_held(visit, fragment):
    page = visit(fragment)
    drag(page, "start", (-100, 50))
    x, y = centre(page, "corner:0")
    page.point(x + 60, y - 60)
    page.wait("document.querySelector('#readout').textContent.includes('No policy is worth')")
    assert "NaN" not in page.run("document.querySelector('main').innerHTML")
    assert "no area at all" in page.run("document.querySelector('.column').textContent")


def test_the_first_visit_sees_learning_move_unless_motion_is_unwanted(visit):
    page = visit(still=False)
    page.wait("polytope.page.state.steps < 50 && polytope.page.state.steps > 2")
    page.run("document.querySelector('#play').click()")
    stopped = page.run("polytope.page.state.steps")
    time.sleep(0.3)
    assert page.run("polytope.page.state.steps") == stopped
    assert page.run("location.hash") == f"#world=2d&steps={stopped}"
    assert visit().run("polytope.page.state.steps") == 50


@pytest.mark.parametrize("fragment", ["#world=left", "#world=river&theta=1.5&discount=0.7&first=.1,.2,.3,.4"])
def test_copied_python_is_the_same_world(visit, fragment):
    page = visit(fragment)
    names: dict[str, Process] = {}
    exec(page.run("document.querySelector('#python').textContent"), names)
    np.testing.assert_allclose(
        names["process"].optimal()[0], told(page, "polytope.page.world.best.at"), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(visit, scheme):
    page = visit("#world=river", width=360, height=740, scheme=scheme)
    assert page.run("document.documentElement.scrollWidth") <= 360
    assert "NaN" not in page.run("document.querySelector('main').innerHTML")
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in notepad/web")
    page.run(AXE.read_text("utf-8") + "; 0")
    found = page.run(
        "axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) => "
        "[v.id, v.impact, v.nodes.slice(0, 3).map((n) => n.target)])))"
    )
    assert json.loads(found) == []


# -------------------------------------------------------------------------------------------------------------- command


def test_the_command_writes_the_page(tmp_path):
    done = CliRunner().invoke(command, ["--out", str(tmp_path / "new" / "p.html")])
    assert done.exit_code == 0, done.output
    assert "src=" not in (text := (tmp_path / "new" / "p.html").read_text()) and "https:" not in text
    assert "The shape of value" in text and "0.1636 and 1.8909" in text
