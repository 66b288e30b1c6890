"""`accord geometry distributional`: expected against distributional learning, and the price of risk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..payments import RUNS, Watch

EXAMPLES = """\b
Without --deep: tables, linear features, control and the price of risk, in about
two minutes. With it: DQN, C51, S51 and the distribution-function agent on CartPole
and Acrobot, a quarter of an hour on an idle core. KEY=VALUE changes the study
(seeds, steps, atoms, ...). Finished parts are kept in the folder.

\b
Examples:
  accord geometry distributional
  accord geometry distributional seeds=3 steps=2000 --out FOLDER
  accord geometry distributional --deep
  accord geometry distributional --deep seeds=5 updates=100
"""


@click.command(epilog=EXAMPLES)
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--deep", is_flag=True, help="The deep agents, instead of tables and linear features.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of parts and pictures. Default: "
              f"{RUNS}/geometry-distributional.")  # fmt: skip
def distributional(settings: tuple[str, ...], deep: bool, out: Path | None) -> None:
    """Learn values and whole distributions on the same steps, and say where they are one and where they part."""
    from ....experiments.store import storage

    folder = out or RUNS / "geometry-distributional"
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    (_deep if deep else _tables)(settings, folder)
    click.echo(f"\nFolder: {folder}")


def _tables(settings: tuple[str, ...], folder: Path) -> None:
    from ....core.settings import override
    from ....experiments.geometry.distributional import DistributionalStudy, distributional_study
    from ....experiments.store import dumps, write_whole
    from ...geometry.distributional_figures import PICTURES
    from ...geometry.polytope_figures import save
    from ...tables import table

    with Watch() as watch:
        record = distributional_study(override(DistributionalStudy(), settings), folder / "tables", watch)
    write_whole(folder / "tables.json", dumps(record))
    for name, draw in PICTURES.items():
        save(draw(record), folder / f"{name}.png")
    heads = ("update", "tables: largest gap", "linear: largest gap", "linear: error", "values in reach: error")
    cases = [record[case]["rules"] for case in ("tabular", "linear", "realisable")]
    rows = [
        (name, f"{cases[0][name]['largest_gap']:.1e}", f"{cases[1][name]['largest_gap']:.1e}",
         *(_with_interval(case[name]["error"]) for case in cases[1:]))
        for name in cases[0]
    ]  # fmt: skip
    click.echo(table(rows, heads=heads, right=(1, 2, 3, 4)))
    clipped = record["clipped"]["rules"]["mixture"]
    click.echo(f"\nClipped support: the mixture's largest gap is {clipped['largest_gap']:.3g}.\n")
    controls = {name: record[name]["rules"] for name in ("control", "control-shared")}
    rows = [
        (name, *(_with_interval(part[name]["gain"]) for part in controls.values()),
         f"{controls['control-shared'][name]['gap']:.1e}")
        for name in controls["control"]
    ]  # fmt: skip
    heads = ("control", "own exploration: gain", "same steps: gain", "same steps: largest gap")
    click.echo(table(rows, heads=heads, right=(1, 2, 3)))
    click.echo("\n" + table(_risks(record["risk"]), heads=("price of risk", "worst 10 %", "worst 50 %"), right=(1, 2)))


def _risks(part: dict[str, Any]) -> list[tuple[str, ...]]:
    """Each agent's price of risk, and what is left to share, by wage."""
    at = [part["levels"].index(level) for level in (0.1, 0.5)]
    found = []
    for wage, rows in part["wages"].items():
        for row, who in zip(rows, ("cleaner asks", "eater asks"), strict=True):
            found.append((f"wage {float(wage):g}: {who}", *(f"{row['premium'][k]:+.2f}" for k in at)))
        found.append((f"wage {float(wage):g}: left to share", *(f"{part['left'][wage][k]:+.2f}" for k in at)))
    return found


def _deep(settings: tuple[str, ...], folder: Path) -> None:
    from ....core.settings import override
    from ....experiments.geometry.deep import DeepStudy, deep_study
    from ....experiments.store import dumps, write_whole
    from ...geometry.distributional_figures import learning_curves
    from ...geometry.polytope_figures import save
    from ...tables import table

    with Watch() as watch:
        record = deep_study(override(DeepStudy(), settings), folder / "deep", watch)
    write_whole(folder / "deep.json", dumps(record))
    save(learning_curves(record), folder / "deep.png")
    rows = [
        (game, agent, f"{found['chosen']['learning_rate']:g}", str(found["chosen"]["target_period"]),
         _with_interval(found["whole"]), _with_interval(found["end"]))
        for game, agents in record["games"].items()
        for agent, found in agents.items()
    ]  # fmt: skip
    heads = ("game", "agent", "step size", "target period", "return, whole", "return, last quarter")
    click.echo(table(rows, heads=heads, right=(2, 3, 4, 5)))


def _with_interval(value: dict[str, Any]) -> str:
    return f"{value['iqm']:.3g} ({value['low']:.3g} to {value['high']:.3g})"
