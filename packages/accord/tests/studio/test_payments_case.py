"""The page of a learned case: it says what the record says, beside what is exact."""

import copy
import json
import re

import browser
import learned
import pytest

from accord.core.errors import BadCheckpoint, StorageError
from accord.studio.payments import case_figures as figures
from accord.studio.payments import case_story as story
from accord.studio.payments.case_page import BUILDERS, page, write_case_page


@pytest.fixture(params=list(learned.ALL))
def case(request):
    return learned.ALL[request.param]().to_dict() | {"accord": "0.1.0", "created": "2024-01-02"}


@pytest.fixture(scope="module")
def hunt():
    return learned.stag_hunt().to_dict()


@pytest.fixture(scope="module")
def cover():
    return learned.under_provision().to_dict()


def plain(text):
    return text.replace("\u00a0", " ")


def body(text):
    return re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)


def test_the_lead_tells_the_story_by_its_numbers(hunt, cover):
    assert plain(story.lead(hunt)) == (
        "Stag hunt: two pure equilibria, they cost 0 to 0.2; the planner pays 0. Of 50 seeds 98 % end with "
        "“delay, delay” and 2 % end with “pay early, pay early”."
    )
    assert plain(story.effect(hunt["institutions"][1])) == (
        "If whoever delays pays the other one 0.21, 100 % of the seeds end with “pay early, pay early” and all "
        "together pay 0."
    )
    assert plain(story.lead(cover)).startswith(
        "The only pure equilibrium costs 0.042 in all (post 15 %, post 15 %); the planner pays 0.04 (price of anarchy "
        "1.05)."
    )
    assert story.signing(hunt["institutions"][1]) == (
        "All sign if they expect the worst equilibrium otherwise, not all sign if they expect the best equilibrium."
    )


@pytest.mark.parametrize(
    ("verdict", "said", "look"),
    [("gain", "A gain", "gain"), ("no gain", "No gain", "same"), ("harm", "Harm", "harm"),
     ("not certified", "Not certified", "same")],
)  # fmt: skip
def test_harm_is_never_called_a_gain(hunt, verdict, said, look):
    data = copy.deepcopy(hunt)
    data["institutions"][1]["certificate"]["verdict"] = verdict
    text = page(data)
    assert f'<p class="verdict {look}">{said}: fee 0.21</p>' in text
    assert ("A gain" in text) == (verdict == "gain")


def test_best_replies_meet_at_the_equilibria(cover):
    for institution in cover["institutions"]:
        first, second = figures.replies(institution["exact"]["costs"])
        meet = {tuple(cell) for cell in first} & {tuple(cell) for cell in second}
        assert meet == {tuple(cell["profile"]) for cell in institution["exact"]["equilibria"]}
        assert {j for _, j in first} == set(range(21)) == {i for i, _ in second}, "a best reply to every choice"
    spec, (heads, rows) = figures.heat(cover, cover["institutions"][0])
    assert len(spec["values"]) == len(spec["values"][0]) == 21
    assert spec["values"][3][3] == pytest.approx(0.042) and spec["values"][4][4] == pytest.approx(0.04)
    assert next(one for one in spec["marks"] if one["label"] == "planner")["cells"] == [[4, 4]]
    row = next(row for row in rows if row[0] == "15 %")
    assert row == ["15 %", "15 %", "15 %"] and heads[1] == "bank A's best reply"
    under = figures.heat(cover, cover["institutions"][1])[0]["marks"][-1]
    assert under["label"] == "target of the contract" and under["cells"] == [[4, 4]]


def test_few_choices_are_a_table_with_framed_equilibria(hunt):
    assert figures.heat(hunt, hunt["institutions"][0]) is None
    tables = re.findall(r'<table class="payoffs">.*?</table>', page(hunt))
    found = [re.findall(r'<td class="([a-z ]*)"[^>]*>(.*?)</td>', one) for one in tables]
    cells = [[(re.sub("<[^>]+>", "", cell), look) for look, cell in one] for one in found]
    assert cells == [
        [("0, 0", "stable best"), ("0.3, 0.1", ""), ("0.1, 0.3", ""), ("0.1, 0.1", "stable")],
        [("0, 0", "stable best"), ("0.09, 0.31", ""), ("0.31, 0.09", ""), ("0.1, 0.1", "")],
    ]


def test_pictures_hold_the_numbers(hunt, cover):
    spec, (_, rows) = figures.totals(hunt)
    assert [(row["label"], row["value"]) for row in spec["rows"]] == [
        ("No contract: learned", 0.2), ("Fee 0.21: learned", 0.0), ("Worst equilibrium without", 0.2), ("Planner", 0.0)
    ]  # fmt: skip
    spec, (heads, rows) = figures.training(hunt)
    assert [one["label"] for one in spec["series"]] == [
        "No contract", "Fee 0.21", "Best equilibrium without", "Worst equilibrium without", "Planner"
    ]  # fmt: skip
    assert all(len(one["points"]) <= figures.POINTS + 2 for one in spec["series"])
    first = spec["series"][0]["points"]
    assert first[0][0] == 1 and first[-1][0] == 400 and first[-1][1] == pytest.approx(0.2, abs=1e-3)
    assert rows[-1][0] == "update 400" and heads == ["", "No contract", "Fee 0.21"]
    spec, (_, rows) = figures.outcomes(hunt["institutions"][1], 1)
    assert spec["rows"][0]["label"] == "pay early, pay early  (certified)" and spec["rows"][0]["value"] == 100
    spec, _ = figures.outcomes(hunt["institutions"][0], 0)
    assert [row["value"] for row in spec["rows"]] == [98, 2]
    spec, (_, rows) = figures.threshold(hunt["institutions"][1])
    assert rows == [["chosen", "0.21"], ["threshold θ*", "0.2"]]
    assert [row["dots"][0]["at"] for row in spec["groups"][0]["rows"]] == [0.21, 0.2]
    posted = figures.by_bank(cover, "posted", "Liquidity posted")
    assert [name for name, _, _ in posted] == ["No contract", "Fee 0.022"]
    levels = [one for one in posted[0][1]["series"] if one.get("dots")]
    assert [one["points"][0][1] for one in levels] == [0.15, 0.15]
    spec, (_, rows) = figures.stack(hunt)
    assert rows[0] == ["No contract: learned", "0.1", "0.1", "0.2"]


def test_a_certified_play_that_nobody_learned_is_shown_at_zero(hunt):
    institution = copy.deepcopy(hunt["institutions"][1])
    institution["outcome"]["shares"] = {"delay, delay": 1.0}
    spec, _ = figures.outcomes(institution, 1)
    assert [(row["label"], row["value"]) for row in spec["rows"]] == [
        ("delay, delay", 100), ("pay early, pay early  (certified)", 0)
    ]  # fmt: skip


def test_the_play_of_many_banks_is_found_among_what_they_learned(hunt):
    institution = copy.deepcopy(hunt["institutions"][1])
    institution["certificate"]["target"]["play"] = ["pay"] * 3
    institution["outcome"]["shares"] = {"all pay": 0.9, "pay, wait, pay": 0.1}
    spec, _ = figures.outcomes(institution, 1)
    assert [row["label"] for row in spec["rows"]] == ["all pay  (certified)", "pay, wait, pay"]
    assert figures.played(["pay", "pay"]) == "pay, pay"


def test_the_page_needs_nothing_else(case, tmp_path):
    path = write_case_page(tmp_path / "new" / "folder", case)
    text = path.read_text(encoding="utf-8")
    assert json.loads((path.parent / "case.json").read_text())["case"] == json.loads(json.dumps(case["case"]))
    assert len(text) < 300_000
    assert re.findall(r"""(?:src|href)\s*=|url\((?!#)""", text) == []
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert sorted(re.findall(r'data-chart="([a-z0-9-]+)"', text)) == sorted(data["charts"])
    seen = body(text)
    assert "could not be read" not in seen and "None" not in seen and "{" not in seen
    for part in ("training", "outcomes", "contracts", "stack", "learners", "notes", "repeat"):
        assert f'<section id="{part}">' in text
    assert case["command"] in text


def test_many_banks_and_cases_without_a_table_make_a_page(hunt):
    data = copy.deepcopy(hunt)
    data["case"]["banks"] = [f"B{k}" for k in range(15)]
    for institution in data["institutions"]:
        outcome = institution["outcome"]
        outcome["cost"], outcome["greedy"] = outcome["cost"][:1] * 15, outcome["greedy"][:1] * 15
        institution["exact"] |= {"costs": None, "equilibria": [], "count": 0, "kind": "", "anarchy": None}
        institution["certificate"] = None
    data["others"], data["checks"] = [], []
    text = page(data)
    assert "could not be read" not in body(text) and "No pure equilibrium was found" in text
    assert '<section id="matrix">' not in text and '<section id="stack">' not in text


def test_text_of_a_record_stays_text(case):
    evil = "</script><script>alert(1)</script>"

    def poisoned(value, name=""):
        if isinstance(value, dict):
            return {f"{k}{evil}" if name == "shares" else k: poisoned(entry, k) for k, entry in value.items()}
        if isinstance(value, list):
            return [poisoned(entry, name) for entry in value]
        return f"{value} {evil}" if isinstance(value, str) else value

    text = page(poisoned(case))
    assert "<script>alert" not in text and text.count("</script>") == 2 and "could not be read" not in body(text)


@pytest.mark.parametrize("part", ["institutions", "checks", "others", "notes", "case"])
def test_a_broken_part_leaves_a_note_and_the_rest(hunt, part):
    data = copy.deepcopy(hunt)
    data[part] = 3
    assert "could not be read" in page(data)
    assert len(BUILDERS) == 10


def test_what_is_no_case_is_refused(tmp_path, hunt):
    with pytest.raises(BadCheckpoint, match="no record of a learned case"):
        write_case_page(tmp_path, {})
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be written"):
        write_case_page(tmp_path / "file" / "folder", hunt)


def test_the_terminal_says_it_in_a_few_lines(hunt):
    lines = story.summary_lines(hunt)
    assert lines[0].startswith("stag-hunt: Priced credit") and max(map(len, lines)) <= 110
    assert any("waiting is learned: wanted at least 95 % of seeds, found 98 %" in line for line in lines)
    assert lines[-1].startswith("  verdict")


@pytest.mark.skipif(browser.installed() is None, reason="no Chromium is installed; install one to test the page")
def test_in_a_browser_nothing_throws_and_nothing_overflows(tmp_path, hunt, cover):
    with browser.Browser() as running:
        looks = (hunt, 360, "light"), (cover, 360, "dark"), (cover, 1280, "light")
        for number, (data, width, scheme) in enumerate(looks):
            tab = running.page()
            tab.open(write_case_page(tmp_path / str(number), data), width=width, scheme=scheme)
            assert tab.run("document.documentElement.scrollWidth") <= width
            drawn = tab.run("[...document.querySelectorAll('[data-chart]')].map(c => c.querySelectorAll('svg').length)")
            assert len(drawn) >= 6 and min(drawn) > 0
            assert "NaN" not in tab.run("document.querySelector('main').innerHTML")
            assert tab.complaints == []
        place = tab.run("""(() => {
            const svg = document.querySelector('[data-chart=heat-0] svg[role=img]');
            svg.scrollIntoView({block: 'center'});
            const box = svg.querySelectorAll('.cell')[3 * 21 + 3].getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2];
        })()""")
        tab.point(*place)
        tab.wait("document.querySelector('[data-chart=heat-0] .tip:not([hidden])')")
        text = tab.run("document.querySelector('[data-chart=heat-0] .tip').textContent")
        assert "Liquidity of bank A 15 %, Liquidity of bank B 15 %" in text
        assert "cost, both together: 0.042" in text and "equilibrium" in text and "bank A's best reply" in text
        assert tab.complaints == []
