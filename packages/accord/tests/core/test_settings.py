"""Settings survive text: overrides are typed and spell-checked, and TOML gives back what went in."""

import dataclasses
import enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.core.errors import BadSetting, UnknownName
from accord.core.settings import bounded, checked, from_toml, keys, override, to_plain, to_toml


class Rule(enum.StrEnum):
    SHIPPED = "shipped"
    NOMINAL = "nominal"


@dataclasses.dataclass(frozen=True)
class Ppo:
    epochs: int = bounded(4, 1, float("inf"), "passes over a batch")
    learning_rate: float = bounded(3e-4, 0.0, 1.0, "step size")
    clip: float | None = 0.2


@dataclasses.dataclass(frozen=True)
class Run:
    title: str = "a run"
    seeds: int = 1
    quick: bool = False
    rule: Rule = Rule.NOMINAL
    mode: Literal["search", "learned"] = "search"
    hidden: tuple[int, ...] = (64, 64)
    box: tuple[tuple[float, float], str] = ((0.0, 1.0), "unit")
    label: str | None = None
    ppo: Ppo = Ppo()


def test_overrides_are_typed_by_the_annotations():
    run = override(
        Run(),
        ["seeds=12e1", "quick=yes", "rule=shipped", "mode=learned", "hidden=32", "box=(-1, 2), z", "label=x=y",
         "ppo.learning_rate=1e-2", "ppo.clip=none", "ppo.epochs=1_000", "seeds=7"],
    )  # fmt: skip
    assert run == Run(
        seeds=7, quick=True, rule=Rule.SHIPPED, mode="learned", hidden=(32,), box=((-1.0, 2.0), "z"), label="x=y",
        ppo=Ppo(epochs=1000, learning_rate=0.01, clip=None),
    )  # fmt: skip
    assert type(run.box[0][0]) is float and type(run.seeds) is int and run.hidden == (32,)
    assert override(Run(), []) == Run()
    assert override(Run(), ["hidden=()"]).hidden == ()


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("sed=3", "Unknown setting 'sed'. Did you mean 'seeds'?"),
        ("ppo.epoch=3", "Did you mean 'ppo.epochs'?"),
        ("seeds.x=3", "Unknown setting 'seeds.x'"),
        ("learning_rate=0.1", "Did you mean 'ppo.learning_rate'?"),
    ],
)
def test_unknown_keys_get_a_suggestion(pair: str, words: str):
    with pytest.raises(UnknownName, match="Unknown setting") as caught:
        override(Run(), [pair])
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("seeds=3.5", "seeds=3.5 does not fit: expected a whole number"),
        ("seeds=inf", "expected a whole number"),
        ("quick=perhaps", "expected true or false"),
        ("mode=c", "expected one of search, learned"),
        ("rule=c", "expected one of shipped, nominal"),
        ("hidden=1,x", "expected a whole number"),
        ("box=1,2,3", "has 3 entries, expected 2"),
        ("ppo=3", "ppo.part=value"),
        ("ppo.clip=x", "expected a number or none"),
        ("ppo.learning_rate=2", "ppo.learning_rate=2.0 is out of its range. Choose at least 0.0 and at most 1.0."),
        ("ppo.learning_rate=nan", "is not a number"),
        ("ppo.epochs=0", "Choose at least 1."),
        ("seeds", "Write key=value"),
        ("=3", "Write key=value"),
    ],
)
def test_bad_values_say_what_was_expected(pair: str, words: str):
    with pytest.raises(BadSetting) as caught:
        override(Run(), [pair])
    assert words in str(caught.value)


def test_values_set_in_python_are_held_against_the_same_rules():
    for bad in (Run(seeds=True), Run(hidden=[1]), Run(seeds="3"), Run(label="none"), Run(ppo=Ppo(epochs=0))):  # type: ignore[arg-type]
        with pytest.raises(BadSetting):
            checked(bad)
        with pytest.raises(BadSetting):
            to_toml(bad)


def test_keys_reach_into_groups():
    assert keys(Run())[-3:] == ("ppo.epochs", "ppo.learning_rate", "ppo.clip")


def test_toml_has_defaults_for_absent_keys_and_refuses_others():
    assert from_toml(Run, "seeds = 3\n[ppo]\nclip = 'none'\n") == Run(seeds=3, ppo=Ppo(clip=None))
    with pytest.raises(UnknownName, match=r"'ppo.epoch'. Did you mean 'ppo.epochs'"):
        from_toml(Run, "[ppo]\nepoch = 3\n")
    with pytest.raises(BadSetting, match="not valid TOML"):
        from_toml(Run, "seeds = ")
    with pytest.raises(BadSetting, match="whole number"):
        from_toml(Run, "seeds = 3.0")

    @dataclasses.dataclass(frozen=True)
    class Needs:
        game: str

    with pytest.raises(BadSetting, match="'game' is missing"):
        from_toml(Needs, "")


TEXT = st.text(max_size=12)
NUMBER = st.floats(allow_nan=False)
RUNS = st.builds(
    Run,
    title=TEXT,
    seeds=st.integers(-(2**63), 2**63 - 1),
    quick=st.booleans(),
    rule=st.sampled_from(Rule),
    mode=st.sampled_from(["search", "learned"]),
    hidden=st.lists(st.integers(0, 512), max_size=3).map(tuple),
    box=st.tuples(st.tuples(NUMBER, NUMBER), TEXT),
    label=st.none() | TEXT.filter(lambda text: text != "none"),
    ppo=st.builds(Ppo, epochs=st.integers(1, 99), learning_rate=st.floats(0.0, 1.0), clip=st.none() | NUMBER),
)


@given(run=RUNS)
def test_toml_round_trip_is_exact(run: Run):
    again = from_toml(Run, to_toml(run))
    assert again == run
    assert repr(again) == repr(run)  # -0.0 and 0.0 are equal, and not the same


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


@given(run=RUNS)
def test_what_a_person_would_type_round_trips_too(run: Run):
    flat = _flat(to_plain(run))
    pairs = [f"{key}={value}" for key, value in flat.items() if key not in ("title", "label", "hidden", "box")]
    typed = override(dataclasses.replace(Run(), title=run.title, label=run.label, box=run.box), pairs)
    assert override(typed, [f"hidden={run.hidden}"]) == run
