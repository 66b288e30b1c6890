"""`accord geometry transfer`: what is kept when the reward changes, and what it is worth then."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Any

import click

from ..payments import Watch

EXAMPLES = """\b
Examples:
  accord geometry transfer
  accord geometry transfer --seeds 3 --out runs/small --open
  accord geometry transfer --deep
"""


@click.command(epilog=EXAMPLES)
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(min=1), help="How many, from 0.")
@click.option("--deep", is_flag=True, help="Train trunks on pixels as well (some minutes).")
@click.option("--deep-seeds", default=5, show_default=True, type=click.IntRange(min=1), help="Seeds of the trunks.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("runs/transfer"),
              show_default=True, help="Folder of page, record and parts; a stopped study goes on there.")
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def transfer(seeds: int, deep: bool, deep_seeds: int, out: Path, look: bool) -> None:
    """Move the goal or the contract, and compare what was kept: a policy, a library, or features; write a page."""
    from ....experiments.geometry.transfer import study
    from ....experiments.store import circumstances_of
    from ...geometry.transfer_page import write_page

    with Watch() as watch:
        record = study(out / "parts", seeds, tell=watch)
        if deep:
            from ....experiments.geometry import auxiliary

            record["deep"] = auxiliary.study(out / "parts", deep_seeds, tell=watch)
    path = write_page(out, record | circumstances_of(["accord", *sys.argv[1:]]))
    _summary(record)
    click.echo(f"\nPage: {path}")
    if look:
        webbrowser.open(path.resolve().as_uri())


def _summary(record: dict[str, Any]) -> None:
    from ...geometry.transfer_page import compression_table, contracts_table, goals_table, trunks_table
    from ...tables import table

    def show(title: str, heads: list[str], rows: list[list[str]]) -> None:
        click.echo(f"\n{title}")
        click.echo(table(rows, heads=heads, right=range(1, len(heads))))

    for discount in record["goals"]:
        show(f"A new goal, discount {discount}", *goals_table(record, discount))
    show("A new contract: worst error over all terms, of the largest value and of its own", *contracts_table(record))
    show("Few features for all contracts: relative error", *compression_table(record))
    for scene in (record.get("deep") or {"scenes": {}})["scenes"].values():
        show(f"From pixels: {scene['title']}", *trunks_table(scene))
