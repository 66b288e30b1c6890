"""`quatrain rhyme`: kinds, syllables, what is never offered."""

import json

import pytest
from click.testing import CliRunner

from quatrain.cli import cli
from quatrain.rhyming import KINDS, USUAL, find
from quatrain.text import rhyme
from quatrain.text.diction import Filters
from quatrain.text.rhyme import Kind


def said(*words):
    return CliRunner().invoke(cli, ["rhyme", *words], prog_name="quatrain")


def words(found, kind):
    return [one.word for one in found.found.get(kind, ())]


def test_rhymes_by_hand():
    found = find("gate")
    assert {"late", "fate", "estate", "celebrate"} <= set(words(found, Kind.PERFECT))
    assert "make" in words(found, Kind.FAMILY) and "light" in words(found, Kind.CONSONANCE)
    assert "navigate" in words(found, Kind.RICH)
    assert not any("river" in words(found, kind) for kind in KINDS)


def test_every_kind_is_what_the_comparison_says():
    for word, kinds in (("river", USUAL), ("month", (Kind.LAST_SYLLABLE,))):
        for kind, group in find(word, kinds).found.items():
            for one in group[:: max(1, len(group) // 40)]:
                assert rhyme.compare(word, one.word).kind is kind, one.word


@pytest.mark.parametrize(
    ("word", "never"), [("night", "knight"), ("gate", "gates"), ("run", "runs"), ("there", "their")]
)
def test_the_word_its_forms_and_its_homophones_are_never_offered(word, never):
    found = find(word, (*rhyme.EXACT, Kind.RICH), filters=Filters(False, False, False, False)).found
    every = [one.word for group in found.values() for one in group]
    assert word not in every and never not in every and len(every) == len(set(every)) > 20


def test_common_words_come_first():
    common = [one.common for one in find("day").found[Kind.PERFECT]]
    assert common == sorted(common, reverse=True) and common[0] > 8


def test_only_words_of_so_many_syllables():
    three = find("gate", rhyme.EXACT, count=3)
    assert {one.syllables for group in three.found.values() for one in group} == {3}
    one, two = find("wire", rhyme.EXACT, count=1), find("wire", rhyme.EXACT, count=2)
    assert "fire" in words(one, Kind.PERFECT) and "fire" in words(two, Kind.PERFECT), "fire is sung on one or two"


def test_archaic_words_and_names_are_left_out_unless_they_are_wanted():
    usual, every = find("now", rhyme.EXACT), find("now", rhyme.EXACT, filters=Filters(False, False, False, False))
    assert "thou" not in words(usual, Kind.PERFECT) and "thou" in words(every, Kind.PERFECT)
    assert set(words(usual, Kind.PERFECT)) < set(words(every, Kind.PERFECT))


def test_a_word_that_no_dictionary_knows_is_guessed_and_that_is_said():
    got = said("blorfing", "--kind", "feminine")
    assert got.exit_code == 0 and "No dictionary knows 'blorfing': its sound is guessed." in got.output
    assert json.loads(said("blorfing", "--kind", "feminine", "--json").output)["found"] == "guess"


def test_a_word_of_several_sounds_can_be_told():
    assert "It sounds in 2 ways" in said("live", "--kind", "perfect").output
    drive = said("live", "--say", "L AY1 V", "--kind", "perfect").output
    assert "drive" in drive and "give" not in drive.split() and "ways" not in drive


def test_rows_by_syllables_and_how_many_are_left():
    rows = said("gate", "--kind", "perfect", "--count", "5").output.splitlines()
    assert rows[0].startswith("gate   G EY1 T") and rows[2].startswith("Perfect   ")
    assert [row.split()[0] for row in rows[3:7]] == ["1", "2", "3", "4"]
    assert rows[3].split()[1:3] == ["great", "fate"] and "more" in rows[3]
    whole = said("gate", "--kind", "perfect", "--all").output
    assert "more" not in whole.split() and len(whole.split()) > 1000


def test_nothing_rhymes_and_what_to_do():
    got = said("month", "--kind", "feminine")
    assert got.exit_code == 0 and "Nothing in the dictionary rhymes with 'month' (feminine)." in got.output
    assert json.loads(said("month", "--kind", "feminine", "--json").output)["rhymes"] == {}


def test_kinds_are_spelled_as_people_do():
    one, other = (said("month", "--kind", kind).output for kind in ("last-syllable", "Last syllable"))
    assert one == other and "Last syllable   " in one


def test_json_has_all_of_them():
    found = json.loads(said("gate", "--kind", "perfect", "--json", "--count", "1").output)
    assert found["sounds"] == ["G EY1 T"] and len(found["rhymes"]["perfect"]) > 1000
    assert found["rhymes"]["perfect"][0] == {"word": "great", "syllables": 1, "common": 12}
