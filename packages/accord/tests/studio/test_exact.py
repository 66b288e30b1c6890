"""The page and the lines of an exact solution: they say what the numbers say, and the page is one safe file."""

import base64
import copy
import dataclasses
import hashlib
import json
import re
from fractions import Fraction

import browser
import pytest
import solved

from accord.core.errors import BadCheckpoint, StorageError
from accord.solve.result import Equilibria, Equilibrium, Solution
from accord.studio import exact_figures as figures
from accord.studio import exact_story as story
from accord.studio.exact import page, write_solution_page
from accord.studio.exact_summary import summary_lines

F = Fraction


@pytest.fixture(params=list(solved.ALL))
def solution(request):
    return solved.ALL[request.param]().to_dict()


def plain(text):
    return text.replace("\u00a0", " ")


def rational(text):
    return {"exact": str(F(text)), "about": float(F(text))}


# ------------------------------------------------------------------------------------------------------------ sentences


def test_the_lead_tells_the_story_by_its_numbers():
    assert plain(story.lead(solved.dilemma().to_dict())) == (
        "Alone, both defect and have 2 together of the 4 possible. A fine of more than 1 point for a defection makes "
        "cooperation dominant. Free to negotiate, player A offers a contract, the other signs, and they are left with "
        "3 and 1: player A takes all that is gained. Every equilibrium of the negotiation gives them all 4. Certified "
        "in integers: nobody gains by deviating, and nothing else is an equilibrium."
    )
    text = plain(story.lead(solved.brook().to_dict()))
    assert text.startswith(
        "Alone, no equilibrium gives them less than 4.31 or more than 7.7 together, of the 11.24 possible. No contract "
        "of brook-wage makes the best joint policy an equilibrium. With a wage of 2.3"
    )
    assert "of what is gained 40 % go to player A and 60 % go to player B" in text
    assert text.endswith("The certificate fails; see below.")


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (
            Equilibria(F(4), F(8), "complete", "", (Equilibrium((F(4), F(4))), Equilibrium((F(2), F(2))))),
            "Alone, they may end with 4 or 8 together, of the 9 possible: it depends on which equilibrium they play.",
        ),
        (
            Equilibria(F(4), F(8), "complete", "", (Equilibrium((F(1), F(3)), upto=(F(5), F(3))),)),
            "Alone, they may end with 4 to 8 together",
        ),
        (Equilibria(F(4), F(8), "some", ""), "Alone, the equilibria that were found give them 4 to 8 together"),
        (Equilibria(F(4), F(8), "bound", ""), "Alone, no equilibrium gives them less than 4 or more than 8 together"),
        (
            Equilibria(F(6), F(6), "complete", "", (Equilibrium((F(4), F(2)), "left, right"),)),
            "Alone, they play left, right and have 6 together of the 9 possible.",
        ),
        (Equilibria(F(6), F(6), "bound", ""), "Alone, they have 6 together of the 9 possible."),
        (Equilibria(F(9), F(9), "complete", ""), "Alone, they already have all 9 that are possible"),
    ],
)
def test_what_is_known_without_a_contract_is_said_and_no_more(before, says):
    solution = dataclasses.replace(solved.dilemma(), optimum=F(9), before=before).to_dict()
    assert story.alone(solution).startswith(says)


def test_prices_are_told_by_their_pieces():
    pieces = solved.dilemma().to_dict()
    assert story.prices(pieces) == (
        "All equilibria at every price, not at a sample of prices. Above 1 on every equilibrium is the best that they "
        "can do. At exactly 1, a knife edge, welfare may be 2, 3 or 4."
    )
    pieces["prices"] = [
        pieces["prices"][2] | {"low": rational(0), "high": rational("1/3"), "low_closed": True},
        pieces["prices"][0] | {"low": rational("1/3"), "high": rational(3), "welfare": []},
    ]
    pieces["prices_of"] = "pure equilibria"
    assert story.prices(pieces) == (
        "Pure equilibria at every price, not at a sample of prices. At a price of 0 to 1/3 all of the pure equilibria "
        "are the best that they can do. Where nothing is drawn there is no equilibrium of the kind that was looked for."
    )
    pieces["prices"] = pieces["prices"][1:]
    assert "At no price is every equilibrium the best" in story.prices(pieces)


def test_a_terms_price_is_in_its_unit():
    data = solved.dilemma().to_dict()
    for unit, value, said in (
        ("points for a defection", 1, "a fine of 1 point for a defection"),
        ("apples per cleaned cell", "1/2", "a wage of 0.5 apples per cleaned cell"),
        ("", "1/3", "a price of 1/3"),
    ):
        data["space"]["unit"] = unit
        assert story.price(data, rational(value)) == said


def test_who_loses_is_said():
    data = solved.dilemma().to_dict()
    assert story.sharing(data) == (
        "Player A proposes, player B answers. At signing player A receives 1 and player B pays 1. Nobody is worse off "
        "than alone."
    )
    data["negotiation"]["offers"][0]["payoffs"][1] = rational("1/2")
    assert "player B is worse off than alone." in story.sharing(data)
    data["negotiation"]["offers"][0]["signed"] = False
    assert story.sharing(data) == "" and "they sign nothing" in story.lead(data)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1/3", "1/3"),
        ("-3/2", "−1.5"),
        ("12345/7", "1,764"),
        ("1/1024", "0.001"),
        ("-1/99999", "−1e−05"),
        ("7/25", "0.28"),
        (2, "2"),
    ],
)
def test_values_are_said_briefly(value, said):
    assert story.number(rational(value)) == said


def test_rounding_hides_no_difference():
    assert story.number(rational("11.23801"), rational("11.23802")) == "11.23801"
    assert story.number(rational("11.23801"), rational("11.23801")) == "11.24"


def test_the_terminal_says_it_in_a_few_lines():
    lines = summary_lines(solved.dilemma())
    assert lines == summary_lines(solved.dilemma().to_dict())
    assert lines == [
        "prisoners-dilemma with defection-fine  (prisoner's dilemma: two players, 4 joint actions)",
        "  without      2 together of 4 possible (defect, defect)",
        "  contract     A fine of more than 1 point for a defection makes cooperation dominant.",
        "  signed       player A offers, the other signs: 3 and 1 (without: 1 and 1)",
        "  with         4 together of 4 possible, in every equilibrium",
        "  transfers    at signing player A receives 1 and player B pays 1; "
        + "at most 1 in a step; 0 if all do their part",
        "  certificate  integers; 1 decision",
        "    yes  equilibrium        the best deviation loses 1: player A, defect instead of cooperate",
        "    yes  money conserved    nothing appears or disappears",
        "    yes  all accept         player B gains least by signing: 0",
        "    yes  only equilibrium   strictly dominant everywhere, by at least 1",
        "    yes  as expected        the same wherever it is played",
        "  note         The negotiation knows fines in steps of 1/8 and lump sums in steps of 1/16.",
    ]
    text = summary_lines(solved.brook())
    assert all(len(line) <= 110 for line in text)
    assert any(line.startswith("    NO   equilibrium") for line in text)
    assert "    Make that cost more than it gains, or choose another play." in text
    bare = summary_lines(
        dataclasses.replace(solved.dilemma(), negotiation=None, cheapest=None, certificate=None, notes=())
    )
    assert len(bare) == 2


# ------------------------------------------------------------------------------------------------------------- pictures


def test_the_hull_of_points():
    assert figures.hull([(0, 0), (2, 0), (1, 1), (2, 2), (0, 2), (1, 0)]) == [[0, 0], [2, 0], [2, 2], [0, 2]]
    assert figures.hull([(0, 0), (1, 1), (2, 2)]) == [[0, 0], [2, 2]]


def test_pictures_hold_the_numbers():
    data = solved.dilemma().to_dict()
    spec, (heads, rows) = figures.reach(data)
    assert [point["at"] for point in spec["points"]] == [[1, 1], [1, 1], [3, 1]]
    assert spec["line"]["sum"] == 4 and spec["floor"] == [1, 1]
    assert rows[-1] == ["With the contract", "3", "1"] and heads == ["", "Player A", "Player B"]
    spec, (_, rows) = figures.prices(data)
    assert [piece["levels"] for piece in spec["pieces"]] == [[2], [2, 3, 4], [4]]
    assert [row[0] for row in rows] == ["0, below 1", "exactly 1", "above 1 to 3"]
    assert spec["rules"] == [{"at": 1, "label": "cheapest contract: above 1"}]
    spec, _ = figures.totals(solved.brook().to_dict())
    assert [row["label"] for row in spec["rows"]] == [
        "Alone, at worst (a bound)",
        "Alone, at best (a bound)",
        "Free to sign a contract",
        "The most possible",
    ]
    assert figures.reach(solved.public_goods().to_dict()) is None


# ----------------------------------------------------------------------------------------------------------------- page


def test_solutions_survive_their_file(tmp_path):
    for name, make in solved.ALL.items():
        one = make()
        write_solution_page(tmp_path / name, one.to_dict())
        assert Solution.from_dict(json.loads((tmp_path / name / "solution.json").read_text())) == one
    with pytest.raises(BadCheckpoint, match="format 2"):
        Solution.from_dict({"format": 2})
    with pytest.raises(BadCheckpoint, match="no Solution"):
        Solution.from_dict({"format": 1, "title": "x"})


def test_the_page_needs_nothing_else(solution, tmp_path):
    text = write_solution_page(tmp_path / "new" / "folder", solution).read_text()
    assert len(text) < 200_000
    assert re.findall(r"""(?:src|href)\s*=|url\((?!#)""", text) == []
    assert "http" not in text.replace('http-equiv="Content', "").replace("http://www.w3.org/2000/svg", "")
    for kind in ("script", "style"):
        content = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert len(content) == 1
        assert f"'sha256-{base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()}'" in text
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert sorted(re.findall(r'data-chart="([a-z0-9-]+)"', text)) == sorted(data["charts"])
    body = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    assert "could not be read" not in body and "None" not in body and "{" not in body
    for part in ("certificate", "shares", "contract", "notes", "repeat"):
        assert f'<section id="{part}">' in text
    assert solution["command"] in text


def test_the_payoff_tables_frame_the_equilibria():
    text = page(solved.dilemma().to_dict())
    before, after = re.findall(r'<table class="payoffs">.*?</table>', text)
    cells = lambda table: [
        (re.sub("<[^>]+>", "", cell), look)
        for look, cell in re.findall(r'<td class="([a-z ]*)"[^>]*>(.*?)</td>', table)
    ]
    assert cells(before) == [("2, 2", "best"), ("0, 3", ""), ("3, 0", ""), ("1, 1", "stable")]
    assert cells(after) == [("2, 2", "stable best"), ("2, 1", ""), ("1, 2", ""), ("1, 1", "")]


def test_a_failing_certificate_is_seen_at_once():
    text = page(solved.brook().to_dict())
    assert "<b>No equilibrium</b>" in text and "✗" in text and "Perhaps not the only equilibrium" in text
    assert '<p class="note">Make that cost more than it gains, or choose another play.</p>' in text
    assert "<dd>step 3 of 25</dd>" in text and "<dd>3/64 (about 0.047)</dd>" in text
    assert "<code>~AB . . . o o t  dirt 1/4</code>" in text and "with probability 0.0527" in text
    assert "<b>Somebody would not sign</b>" not in text


def test_text_of_a_solution_stays_text(solution):
    evil = "</script><script>alert(1)</script>"

    def poisoned(value, name=""):
        if isinstance(value, dict):
            return {name: poisoned(entry, name) for name, entry in value.items()}
        if isinstance(value, list):
            return [poisoned(entry, name) for entry in value]
        fixed = name in ("exact", "extent", "mode", "what")
        return f"{value} {evil}" if isinstance(value, str) and not fixed else value

    text = page(poisoned(solution))
    assert "<script>alert" not in text and text.count("</script>") == 2 and "could not be read" not in text


@pytest.mark.parametrize(
    "part",
    [
        "title",
        "optimum_play",
        "reach",
        "space",
        "matrix",
        "prices",
        "cheapest",
        "negotiation",
        "routes",
        "certificate",
        "notes",
        "seconds",
        "settings",
        "command",
        "created",
        "accord",
    ],
)
def test_a_missing_part_is_left_out(solution, part):
    del solution[part]
    body = re.sub(r"<(script|style).*?</\1>", "", page(solution), flags=re.DOTALL)
    assert "could not be read" not in body and "None" not in body
    if part not in ("title", "created", "accord"):
        summary_lines(solution)


@pytest.mark.parametrize("part", ["matrix", "prices", "cheapest", "negotiation", "certificate", "before"])
def test_a_broken_part_leaves_a_note_and_the_rest(part):
    data = copy.deepcopy(solved.dilemma().to_dict())
    data[part] = [3]
    text = page(data)
    assert "could not be read" in text and '<section id="repeat">' in text


def test_what_is_no_solution_is_refused(tmp_path):
    with pytest.raises(BadCheckpoint, match="format None"):
        write_solution_page(tmp_path, {})
    with pytest.raises(BadCheckpoint, match="format 2"):
        write_solution_page(tmp_path, {"format": 2})
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be written"):
        write_solution_page(tmp_path / "file" / "folder", solved.dilemma().to_dict())


# -------------------------------------------------------------------------------------------------------------- browser


@pytest.fixture(scope="module")
def chromium():
    if browser.installed() is None:
        pytest.skip("no Chromium is installed; install one to test the page")
    with browser.Browser() as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_and_a_phone_needs_no_sideways_scroll(chromium, solution, tmp_path, scheme):
    page = chromium.page()
    page.open(write_solution_page(tmp_path, solution), width=360, height=740, scheme=scheme)
    assert page.run("document.documentElement.scrollWidth") <= 360
    drawn = "[...document.querySelectorAll('[data-chart]')].map(c => c.querySelectorAll('svg path, svg rect').length)"
    counts = page.run(drawn)
    assert len(counts) >= 3 and min(counts) > 0
    assert "NaN" not in page.run("document.querySelector('main').innerHTML")
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("file:")] == []


def test_pointing_reads_a_knife_edge_out(chromium, tmp_path):
    page = chromium.page()
    page.open(write_solution_page(tmp_path, solved.dilemma().to_dict()))
    place = page.run("""(() => {
        const svg = document.querySelector('[data-chart=prices] svg');
        svg.scrollIntoView({block: 'center'});
        const box = svg.getBoundingClientRect(), edge = svg.querySelector('.rule').getBoundingClientRect();
        return [edge.left, box.top + box.height * 0.5];
    })()""")
    page.point(*place)
    page.wait("document.querySelector('[data-chart=prices] .tip:not([hidden])')")
    text = page.run("document.querySelector('[data-chart=prices] .tip').textContent")
    assert text == "price exactly 1together: 2, 3 or 4"
