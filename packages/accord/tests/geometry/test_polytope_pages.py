"""Pictures, pages and commands of the polytope, and processes that a person writes down."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from accord.core.errors import AccordError, BadGame, BadSetting, StorageError, UnknownName
from accord.geometry.cells import region, ridges
from accord.geometry.process import PUBLISHED, Process
from accord.studio.commands.geometry import geometry
from accord.studio.geometry.polytope_figures import named, shapes
from accord.studio.geometry.polytope_report import measured, told
from accord.studio.geometry.processes import process, processes, read, three
from accord.studio.geometry.value_plane import space
from accord.studio.report import embedded

TOML = """
discount = 0.9
rewards = [[-0.45, -0.1], [0.5, 0.5]]
transitions = [[[0.7, 0.3], [0.99, 0.01]], [[0.2, 0.8], [0.99, 0.01]]]
"""


def said(*words):
    return CliRunner().invoke(geometry, list(words), prog_name="accord geometry")


def test_a_file_is_the_process_that_it_writes_down(tmp_path):
    (tmp_path / "mine.toml").write_text(TOML)
    table = {"rewards": [[-0.45, -0.1], [0.5, 0.5]], "discount": 0.9, "name": "like 2d",
             "transitions": PUBLISHED["2d"].transitions.tolist()}  # fmt: skip
    (tmp_path / "mine.json").write_text(json.dumps(table))
    first, second = processes([str(tmp_path / "mine.toml"), str(tmp_path / "mine.json")])
    assert (first.name, second.name) == ("mine", "like 2d")
    for one in (first, second):
        np.testing.assert_allclose(one.optimal()[0], (0.1636, 1.8909), atol=5e-5)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"discount": 1}, BadSetting, "discount=1.0, expected at least 0 and less than 1"),
        ({"discount": "0.9"}, BadSetting, "discount='0.9', expected a number"),
        ({"rewards": [[1, 2], [3]]}, BadGame, r"rewards\[1\] has 1 numbers, rewards\[0\] has 2"),
        ({"rewards": [[1, "2"], [3, 4]]}, BadGame, r"rewards\[0\]\[1\] is '2', expected a finite number"),
        ({"rewards": [[1, float("nan")], [3, 4]]}, BadGame, r"rewards\[0\]\[1\] is nan"),
        ({"rewards": [[1, 10**400], [3, 4]]}, BadGame, r"rewards\[0\]\[1\] is 1000"),
        ({"rewards": []}, BadGame, "rewards is empty, expected a list"),
        ({"rewards": [[], []]}, BadGame, r"rewards\[0\] is empty"),
        ({"rewards": 3}, BadGame, "rewards is 3, expected a list"),
        ({"rewards": [[1, 2]]}, BadGame, r"Rewards have shape \(1, 2\)"),
        ({"transitions": [[[0.7, 0.3], [1, 0.1]], [[0.2, 0.8], [0, 1]]]}, BadGame, "action 1 in state 0.*add up to 1"),
        ({"reward": [[1, 2], [3, 4]]}, UnknownName, "'reward'. Did you mean 'rewards'"),
        ({"name": ""}, BadSetting, "name='', expected a text"),
        ({"transitions": None}, BadGame, "transitions is None"),
    ],
)
def test_a_file_with_a_mistake_says_where(tmp_path, change, error, words):
    table = {"rewards": [[1, 2], [3, 4]], "transitions": PUBLISHED["2d"].transitions.tolist(), "discount": 0.9}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(table | change))
    with pytest.raises(error, match=words) as raised:
        read(path)
    assert str(path) in str(raised.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(StorageError, match="could not be read"):
        process(str(tmp_path / "absent.toml"))
    for name, text in (("a.json", "{"), ("a.toml", "x = ="), ("b.json", "[" * 100_000), ("c.json", "[1]")):
        (tmp_path / name).write_text(text)
        with pytest.raises(BadGame, match=re.escape(name)):
            process(str(tmp_path / name))
    (tmp_path / "d.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadGame, match="not valid TOML"):
        process(str(tmp_path / "d.toml"))
    (tmp_path / "e.toml").write_text("discount = 0.9\nrewards = [[1, 2]]\n")
    with pytest.raises(BadGame, match="has no 'transitions'"):
        process(str(tmp_path / "e.toml"))
    with pytest.raises(UnknownName, match="Did you mean 'three'"):
        process("tree")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=3), lambda x: st.lists(x, max_size=3)))
def test_whatever_a_file_holds_it_gets_a_sentence(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("odd") / "odd.json"
    path.write_text(json.dumps({"rewards": value, "transitions": [[[1.0]]], "discount": 0.5}))
    try:
        assert isinstance(read(path), Process)
    except AccordError as error:
        assert "odd.json" in str(error)


def test_processes_that_no_picture_shows(tmp_path):
    many = {"rewards": [[1]] * 4, "transitions": [[[0.25] * 4]] * 4, "discount": 0.9}
    (tmp_path / "four.json").write_text(json.dumps(many))
    with pytest.raises(BadSetting, match="'four' has 4 states; pictures of values need 2 or 3"):
        processes([str(tmp_path / "four.json")])
    with pytest.raises(BadSetting, match="Two processes are called '2d'"):
        processes(["2d", "2d"])


def test_labels_that_would_overlap_are_shared():
    actions = np.array([[0, 0], [0, 1], [1, 0]])
    values = np.array([[0.0, 0.0], [0.01, 0.01], [1.0, 1.0]])
    assert [name for _, name in named(actions, values)] == ["11, 12", "21"]


def test_sentences_say_what_the_numbers_say():
    one = measured(PUBLISHED["2d"], region(PUBLISHED["2d"]))
    text = told(one)
    assert "4 deterministic policies, all of them corners" in text and "50.0 %" in text and "not convex" in text
    assert "0.1636, 1.8909, by action 1 in state 1, action 1 in state 2" in text
    assert "the shape is convex" in told(measured(PUBLISHED["2a"], region(PUBLISHED["2a"])))


def test_a_surface_has_edges_where_it_bends():
    whole = region(three())
    triangles, edges = whole.boundary(), ridges(whole.boundary())
    assert 0 < len(edges) < 1.5 * len(triangles)
    cube = np.array([[[0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]], float)
    assert len(ridges(cube)) == 4, "the diagonal of a flat square is no edge"


@pytest.mark.parametrize("states", [2, 3])
@pytest.mark.parametrize("free", [0, 1, 2])
def test_flat_processes_have_pictures_too(states, free):
    """With so many states in which there is something to choose, the polytope is a point, a segment, or flat."""
    rewards = np.tile(np.arange(states, dtype=float)[:, None], 2)
    rewards[:free, 1] += 0.5
    still = Process(rewards, np.full((states, 2, states), 1 / states), 0.9, "still")
    whole = region(still)
    assert len(whole.flat.basis) == free
    assert "the shape is convex" in told(measured(still, whole))
    for draw in shapes(still, whole, np.random.default_rng(0)).values():
        draw().draw_without_rendering()
    json.loads(embedded(space(still, whole, np.random.default_rng(0)) if states == 3 else {}))


def test_without_a_choice_there_is_one_value():
    one = Process(np.array([[1.0], [2.0]]), np.full((2, 1, 2), 0.5), 0.9, "still")
    assert told(measured(one, region(one))) == "There is nothing to choose: its one policy is worth 14.5000, 15.5000."


def test_the_command_draws_shapes(tmp_path):
    got = said("polytope", "2d", "three", "--out", str(tmp_path / "out"))
    assert got.exit_code == 0, got.output
    assert "0.5004" in got.output and "0.1636, 1.8909" in got.output
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    pictures = [f"2d-{kind}.png" for kind in ("boundary", "cloud", "lines", "mixture")]
    assert made == [*pictures, "report.html", "three-space.png"]
    page = (tmp_path / "out" / "report.html").read_text()
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert {spec["kind"] for spec in data["charts"].values()} == {"values", "space"}
    assert set(re.findall(r'data-chart="([^"]+)"', page)) == set(data["charts"])


def test_the_command_draws_paths(tmp_path):
    (tmp_path / "evil.toml").write_text(TOML + 'name = "<b>2d</b>/.."\n')
    got = said("paths", str(tmp_path / "evil.toml"), "--seeds", "2", "--out", str(tmp_path / "out"))
    assert got.exit_code == 0, got.output
    assert "10 / 6 / 5" in got.output and "112 / 59 / 43" in got.output
    assert len(list((tmp_path / "out").glob("*.png"))) == 12
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<b>2d" not in page and "&lt;b&gt;2d" in page


@pytest.mark.parametrize("words", [("polytope", "2e"), ("paths", "no.toml"), ("polytop",)])
def test_the_command_says_what_went_wrong_in_a_sentence(words):
    got = said(*words)
    assert got.exit_code == 2
    assert "Traceback" not in got.output and "Error:" in got.output
