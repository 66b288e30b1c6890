"""The report: its sentences are what the numbers say, its replays what was recorded, its page one safe file."""

import base64
import hashlib
import json
import re

import invented
import numpy as np
import pytest

from accord.core import record
from accord.core.errors import BadCheckpoint, StorageError
from accord.studio import bargain, figures, story, words
from accord.studio.film import film
from accord.studio.report import page, read_result, write_report


@pytest.fixture
def result():
    return invented.result()


def plain(text):
    return text.replace("\u00a0", " ")


# ------------------------------------------------------------------------------------------------------------ sentences


def test_the_lead_tells_the_story_by_its_numbers(result):
    assert plain(story.lead(result)) == (
        "Two robots live between a river and an orchard. Apples grow only while somebody cleans the river, and whoever "
        "cleans has no time to eat. Alone, one robot gathers 33 apples. Each learning for itself, the robots gather 16 "
        "apples together, fewer than the one alone: 33 % of the 50 that one controller of all gets. Free to "
        "sign a contract (0.17 apples per cleaned cell), they gather 49, 98 % of what the one controller gets."
    )


@pytest.mark.parametrize(
    ("welfare", "ending"),
    [
        (49.1, "they gather 49, 98 % of what the one controller gets."),
        (40.0, "they gather 40, 80 % of what the one controller gets: better, and still short of it."),
        (16.0, "they gather 16: it did not help."),
    ],
)
def test_the_lead_is_honest_about_the_contract(result, welfare, ending):
    words.scheme(result, "moca")["welfare"] = invented.spread(welfare, 1.0)
    assert plain(story.lead(result)).endswith(ending)


def test_no_contract_is_told_as_none(result):
    del result["contract"]["theta"]
    assert "they find none that everybody signs" in story.lead(result)
    assert bargain.deal(result) == "No contract was found that everybody signs."


def test_a_dilemma_is_claimed_only_where_there_is_one(result):
    assert story.dilemma(result).endswith(
        "yet if all choose it they get 12 together, and with one cleaner 50. That is a social dilemma."
    )
    part = result["schelling"]
    part["welfare_by_cleaners"][0]["high"] = 51.0
    assert story.dilemma(result).endswith("if more episodes bear it out: the intervals overlap.")
    part["cleaner"][0] = invented.spread(7.0, 0.1)  # above the harvester's 6.2
    assert "no strict dilemma for these scripts: with 0 others cleaning, cleaning pays more" in story.dilemma(result)
    part["cleaner"][0], part["welfare_by_cleaners"][0] = invented.spread(0.0, 0.1), invented.spread(60.0, 0.1)
    assert "nothing here for a contract to mend" in story.dilemma(result)


def test_who_is_worse_off_is_said(result):
    assert story.sharing(result).endswith("Had they not signed, it would be 0.2 and 17: both are better off.")
    null = words.scheme(result, "moca-null")
    null["after"][0] = invented.spread(10.0, 2.0)  # 10.4 with the contract
    assert story.sharing(result).endswith("both are better off, though the intervals overlap.")
    null["after"][0] = invented.spread(10.4, 2.0)
    assert story.sharing(result).endswith("robot A gains nothing by it.")
    null["after"][0] = invented.spread(12.0, 0.1)
    assert story.sharing(result).endswith("robot A is worse off with it.")
    del result["contract"]["theta"]
    assert story.sharing(result) == "Nobody signed anything, so nothing was paid."


def test_averages_over_changing_roles_are_flagged(result):
    first, second = words.scheme(result, "moca")["after"]
    first["per_seed"], second["per_seed"] = [10.0, 39.0], [39.0, 10.0]
    assert "these averages mix the roles" in story.sharing(result)


def test_equilibrium_claims_follow_the_gains(result):
    text = bargain.cheating(result)
    assert "The most that anybody gains by it is 14 apples: robot A, at 0.03." in text
    assert "From 0.13 apples per cleaned cell on nobody gains more than 1.5" in text and "below, it is a habit" in text
    result["contract"]["theta"] = [invented.spread(0.08, 0.0)]
    assert bargain.cheating(result).endswith(
        "The price found, 0.08, lies below: the contract as found is not an equilibrium."
    )
    result["best_response"]["equilibrium_from"] = None
    assert bargain.cheating(result).endswith("the learned play is a habit, not an equilibrium.")


def test_gains_of_some_agents_only_are_given_to_those(result):
    result["best_response"] |= {"agents": [1], "gain": [[invented.spread(x, 0.1) for x in (9.0, 3.0, 2.0, 1.0, 0.0)]]}
    assert "9 apples: robot B, at 0.03" in bargain.cheating(result)
    assert [one["label"] for one in figures.best_response(result)["series"]] == ["Robot B"]


@pytest.mark.parametrize(
    ("null", "says"),
    [
        ((0.0, 15.0), "At every price that was looked at, both are better off."),
        ((99.0, 15.0), "At no price are both better off."),
        ((5.5, 17.0), "From 0.1 apples per cleaned cell on, both are better off."),
    ],
)
def test_the_landscape_says_where_all_gain(result, null, says):
    result["landscape"]["theta"] = [0.0, 0.1, 0.2]
    result["landscape"]["realised"] = [[1.0, 6.0, 10.0], [18.0, 44.0, 38.0]]
    result["landscape"]["predicted"] = [[1.0, 8.0, 10.0], [18.0, 44.0, 42.0]]
    result["landscape"]["null"]["realised"] = list(null)
    assert says in bargain.value(result)
    assert bargain.value(result).endswith("What they expect (dotted) is off by 1 apple on average.")  # (2 + 4) / 6


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.194, "0.19"),
        (0.2, "0.2"),
        (1.04, "1"),
        (9.94, "9.9"),
        (9.96, "10"),
        (1358.4, "1,358"),
        (-3.0, "−3"),
    ],
)
def test_numbers_are_said_briefly(value, said):
    assert words.say(value) == said


# -------------------------------------------------------------------------------------------------------------- replays


def test_a_film_is_the_record(run):
    kept = record.load(run / "replays" / "moca.npz")
    shown = film(kept)
    for name in ("apples", "waste"):
        held = np.zeros((kept.steps + 1, len(shown["layers"][name]["cells"])), bool)
        held[0, shown["layers"][name]["first"]] = True
        for step, flips in enumerate(shown["layers"][name]["flips"]):
            held[step + 1] = held[step]
            held[step + 1, flips] ^= True
        np.testing.assert_array_equal(held, kept.frames[name])
    total = np.asarray(shown["earned"])[:, -1] + np.asarray(shown["net"])[:, -1]
    np.testing.assert_allclose(total, kept.rewards.sum(axis=0), atol=1e-3)
    paid = sum(amount for _, payer, payee, amount in shown["payments"] if (payer, payee) == (1, 0))
    assert paid == pytest.approx(0.17 * kept.frames["cleaned"][1:, 0].sum(), abs=1e-3) and paid > 0
    assert shown["contract"] == [0.17]
    for body, steps in enumerate(shown["fires"]):
        np.testing.assert_array_equal(
            steps, np.flatnonzero(kept.actions["actions"][:, body] == kept.action_names.index("clean"))
        )
    assert story.caption(invented.result(), shown).startswith(
        "Contract: 0.17 apples per cleaned cell. "
        f"A cleans {kept.frames['cleaned'][1:, 0].sum()} cells, eats nothing and receives"
    )


# ----------------------------------------------------------------------------------------------------------------- page


def test_the_page_needs_nothing_else(run):
    text = write_report(run).read_text()
    assert len(text) < 2_000_000
    assert re.findall(r"""(?:src|href)\s*=|url\((?!#)""", text) == []
    assert "http" not in text.replace('http-equiv="Content', "").replace("http://www.w3.org/2000/svg", "")
    for part in ("replays", "dilemma", "learning", "shares", "contract", "prices", "cheating", "known", "repeat"):
        assert f'<section id="{part}">' in text
    for kind in ("script", "style"):
        content = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert len(content) == 1
        assert f"'sha256-{base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()}'" in text
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert len(data["films"]) == 4
    assert sorted(re.findall(r'data-chart="([a-z0-9-]+)"', text)) == sorted(data["charts"])
    assert "accord run story seeds=5" in text and "ppo.lr" in text


def test_text_of_a_result_stays_text(result, tmp_path):
    evil = "</script><script>alert(1)</script>"
    result["title"] = result["schemes"][0]["label"] = result["command"] = result["space"]["unit"] = evil
    result["settings"] = {evil: evil}
    result["thresholds"][0]["game"] = evil
    text = page(result, tmp_path)
    assert "<script>alert" not in text and text.count("</script>") == 2


@pytest.mark.parametrize(
    "part",
    [
        "schelling",
        "schemes",
        "curves",
        "landscape",
        "contract",
        "acceptance",
        "best_response",
        "thresholds",
        "replays",
        "space",
        "settings",
        "command",
        "game",
    ],
)
def test_a_missing_part_is_left_out(result, run, part):
    del result[part]
    text = page(result, run)
    assert (
        "could not be read" not in text
        and "None" not in text
        and "nan" not in re.sub(r"<script.*", "", text, flags=re.DOTALL)
    )


def test_almost_nothing_is_enough(tmp_path):
    (tmp_path / "result.json").write_text('{"format": 1}')
    assert "<h1>A run of accord</h1>" in write_report(tmp_path).read_text()


@pytest.mark.parametrize("part", ["schelling", "curves", "landscape", "contract", "best_response", "thresholds"])
def test_a_broken_part_leaves_a_note_and_the_rest(result, run, part):
    result[part] = [3]
    text = page(result, run)
    assert f"The part “{part}”" in text and '<section id="repeat">' in text


def test_replays_that_are_gone_or_elsewhere_leave_a_note(result, run, tmp_path):
    text = page(result, tmp_path)
    assert text.count("There is no replay") == 4
    result["replays"] = [{"id": "x", "title": "X", "file": f"../{run.name}/replays/solo.npz"}]
    assert "lies outside the run" in page(result, tmp_path)


def test_unfinished_runs_say_so(result, run):
    result["missing"] = ["moca-seed4: not finished."]
    assert "This run is not complete. moca-seed4: not finished." in page(result, run)


def test_a_result_that_can_not_be_read_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(StorageError, match="There is no run folder"):
        write_report(tmp_path / "none")
    with pytest.raises(StorageError, match="the run is not finished"):
        write_report(tmp_path)
    for text, match in (
        ("{", "is damaged"),
        ("[]", "no format number"),
        ('{"format": 2}', "format 2, this version reads up to 1"),
    ):
        (tmp_path / "result.json").write_text(text)
        with pytest.raises(BadCheckpoint, match=match):
            read_result(tmp_path)


def test_fines_are_told_as_fines(result):
    result["space"]["unit"], result["game"] = "points for a defection", {"name": "prisoners-dilemma", "num_agents": 2}
    from accord.studio.sections import deed

    assert re.sub("<[^>]+>", "", deed(result)).startswith(
        "Between player A and player B:For a defection, whoever does it pays 0.17 points to the other."
    )
