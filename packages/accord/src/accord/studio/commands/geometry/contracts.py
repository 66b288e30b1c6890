"""`accord geometry contracts`: contracts as geometry, exact on small games; and critics that read contracts off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..payments import RUNS, Watch

EXAMPLES = """\b
Without --learned: the exact part, in a minute. With it: critics with separate
heads for own reward and transfers against critics of one value, learned with the
same seeds; finished runs are kept in the folder, and only missing ones are made.

\b
Examples:
  accord geometry contracts
  accord geometry contracts --seed 7 --out FOLDER
  accord geometry contracts --learned public-goods --learned story --seeds 5
"""


@click.command(epilog=EXAMPLES)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The random game that is drawn.")
@click.option("--games", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Random games a cell of "
              "the table, five times over.")  # fmt: skip
@click.option("--learned", type=click.Choice(["public-goods", "story"]), multiple=True, help="Compare learned critics "
              "on this preset's game.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1, 1000), default=5, show_default=True, help="Runs of each critic.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of pictures and runs. Default: "
              f"{RUNS}/geometry-contracts.")  # fmt: skip
def contracts(seed: int, games: int, learned: tuple[str, ...], seeds: int, out: Path | None) -> None:
    """Draw which terms implement which equilibria, and what they are worth; count which contracts are rich enough."""
    from ....experiments.store import storage

    folder = out or RUNS / "geometry-contracts"
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if learned:
        _learned(learned, seeds, folder)
    else:
        _exact(seed, games, folder)
    click.echo(f"\nFolder: {folder}")


def _exact(seed: int, games: int, folder: Path) -> None:
    from ....experiments.geometry import contracts as study
    from ....experiments.store import dumps, write_whole
    from ...geometry import contracts_figures as figures
    from ...geometry.polytope_figures import save
    from ...tables import table

    with Watch() as watch:
        found = study.example(seed)[1]
        save(figures.theta_steps(found), folder / "theta-map.png")
        record: dict[str, Any] = {"checks": study.checks(), "maps": study.maps(games, tell=watch)}
        record["feasibility"] = study.feasibility(games, tell=watch)
        record["responses"] = study.responses(games, tell=watch)
        save(figures.richness(record["feasibility"]), folder / "richness.png")
    write_whole(folder / "exact.json", dumps(record))
    here = found.at(0.0)
    nothing = f"{found.welfare[here].max():.2f}" if len(here) else "no pure equilibrium"
    click.echo(
        f"A game of two states: {nothing} without a contract, {found.welfare[0]:.2f} with the best of one feature, at "
        f"theta from {found.low[0]:.3f} to {found.high[0]:.3f}; planner {found.planner:.2f}."
    )
    checks, maps = record["checks"], record["maps"]
    click.echo(
        f"Affine to {checks['affinity']:.0e}; intervals and best responses agree on {checks['agreed']:.1%} of "
        f"{checks['cases']:,}. Map of {maps['joint_policies']} joint policies: {1000 * maps['seconds']:.2f} ms; "
        f"best responses at 61 terms: {1000 * maps['grid_seconds']:.0f} ms, {maps['grid_settled']:.0%} settle."
    )
    share = _said(maps["with_equilibrium"], ".1f")
    worth = {name: _said(cell, ".2f") for name, cell in maps["welfare"].items() if cell is not None}
    click.echo(f"Of {games} such games {share} have a pure equilibrium without a contract. Their mean welfare: "
               f"{'; '.join(f'{name} {cell}' for name, cell in worth.items()) or 'none has one'}.\n")  # fmt: skip
    rows = [
        (str(row["states"]), f"{row['terms']}{' (all)' if row['full'] else ''}", _said(row["feasible"], ".1f"),
         "-" if row["size"] is None else f"{row['size']:.2f}", f"{row['regret']:.0e}", f"{1000 * row['seconds']:.0f}")
        for row in record["feasibility"]
    ]  # fmt: skip
    heads = ("states", "features", f"implemented of {games}", "largest |theta|", "regret", "ms")
    click.echo(table(rows, heads=heads, right=range(6)))
    pieces = record["responses"]
    rows = [
        (str(row["size"]), _said(row["read"], ".3f"), _said(row["improved"], ".4f")) for row in pieces["library"]
    ]
    click.echo(f"\nBest responses in games of 12 states: {_said(pieces['pieces'], '.1f')} optimal policies, at most "
               f"{pieces['most_pieces']}, over theta from -2 to 2.\n")  # fmt: skip
    click.echo(table(rows, heads=("library", "error, read off", "error, improved"), right=range(3)))


def _learned(presets: tuple[str, ...], seeds: int, folder: Path) -> None:
    from ....experiments.geometry import critics
    from ....experiments.store import dumps, write_whole
    from ...geometry import contracts_figures as figures
    from ...geometry.polytope_figures import save
    from ...tables import table

    known = {one.preset: one for one in (critics.PUBLIC_GOODS, critics.CLEANUP)}
    records = []
    with Watch() as watch:
        for preset in dict.fromkeys(presets):
            records.append(critics.compare(known[preset], seeds, folder / "runs", tell=watch))
            write_whole(folder / f"critics-{preset}.json", dumps(records[-1]))
    for criterion in critics.CRITERIA:
        save(figures.learned(records, criterion), folder / f"critics-{criterion}.png")
    heads = ("game", "steps", "criterion", *critics.SEARCHES, "gain of separate heads")
    rows = [
        (record["comparison"]["preset"], f"{row['env_steps']:,}", criterion,
         *(_said(row["welfare"][search][criterion], ".2f") for search in critics.SEARCHES),
         _said(row["gain"][criterion]["parts"], "+.2f"))
        for record in records for row in record["rows"] for criterion in critics.CRITERIA
    ]  # fmt: skip
    click.echo(f"Realised welfare of the contract found, {seeds} seeds\n")
    click.echo(table(rows, heads=heads, right=range(1, 8)))
    for what, name, searches in (
        ("Welfare that the search missed: of the best contract under the same play", "missed", critics.SEARCHES),
        ("Error of the values that the search believed, root mean square over contracts", "error", critics.BY_CRITIC),
    ):
        rows = [
            (record["comparison"]["preset"], f"{row['env_steps']:,}",
             *(_said(row[name][search], ".3f") for search in searches))
            for record in records for row in record["rows"]
        ]  # fmt: skip
        click.echo(f"\n{what}\n\n{table(rows, heads=('game', 'steps', *searches), right=range(1, 6))}")


def _said(cell: dict[str, Any], form: str) -> str:
    """An interquartile mean with its interval."""
    return f"{cell['iqm']:{form}} [{cell['low']:{form}}, {cell['high']:{form}}]"
