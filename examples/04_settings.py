"""Settings from text: typed, spell-checked, stored and read back without loss. Loads no array library."""

from dataclasses import dataclass
from typing import Literal

from accord.core.errors import AccordError
from accord.core.settings import bounded, from_toml, override, to_toml


@dataclass(frozen=True)
class Learning:
    """How to learn."""

    rate: float = bounded(3e-4, 0.0, 1.0, "step size")
    epochs: int = 4
    hidden: tuple[int, ...] = (64, 64)


@dataclass(frozen=True)
class Run:
    """What to run."""

    seeds: int = 1
    rule: Literal["shipped", "nominal"] = "shipped"
    stop_after: float | None = None
    learning: Learning = Learning()


def main() -> None:
    run = override(Run(), ["seeds=5", "learning.rate=1e-3", "learning.hidden=32,32", "stop_after=none"])
    text = to_toml(run)
    print(text)
    assert from_toml(Run, text) == run
    for mistake in ("sedes=5", "seeds=many", "learning.rate=7", "rule=mine"):
        try:
            override(run, [mistake])
        except AccordError as error:
            print(f"{mistake:16s} {error}")


if __name__ == "__main__":
    main()
