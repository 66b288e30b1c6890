"""`accord geometry representation`: which value functions should features span?"""

from __future__ import annotations

import json
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..payments import Watch

if TYPE_CHECKING:
    from ....experiments.geometry.representation import Settings

_DIRECTIONS = 20
_CASES = 40

EXAMPLES = """\b
Examples:
  accord geometry representation --seeds 10
  accord geometry representation --seeds 2 rounds=10 dimensions=16 --out runs/small
"""


@click.command(epilog=EXAMPLES)
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(min=1), help="How many, from 0.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/representation"), show_default=True,
              help="Folder of page, record and parts; a stopped study goes on there.")
@click.option("--open", "look", is_flag=True, help="Open the page in a browser at the end.")
def representation(settings: tuple[str, ...], seeds: int, out: Path, look: bool) -> None:
    """Compare representations on four rooms: adversarial, random, successor, goals, minimax; write a page."""
    from ....core.settings import override
    from ....experiments.geometry.representation import Settings, study
    from ....experiments.store import circumstances_of
    from ...geometry.representation_page import write_page

    size = override(Settings(), settings)
    with Watch() as watch:
        record = study(out / "parts", seeds, watch, size)
        record["methods"] = _methods(out / "methods.json", size, watch)
    path = write_page(out, record | circumstances_of(["accord", *sys.argv[1:]]))
    _summary(record)
    click.echo(f"\nPage: {path}")
    if look:
        webbrowser.open(path.resolve().as_uri())


def _methods(path: Path, settings: Settings, watch: Any) -> dict[str, Any]:
    """How each method finds adversaries; kept beside the parts."""
    from ....experiments.geometry.adversaries import compared, hits
    from ....experiments.store import read_json, write_whole

    found = read_json(path)
    if found is None:
        discount = settings.discounts[-1]
        rows = compared(discount, _DIRECTIONS, 0, lambda what: watch(f"finding adversaries: {what}"))
        watch("finding adversaries: small cases")
        small = {f"{n} states, {a} actions": hits(n, a, _CASES, 0) for n, a in ((6, 2), (7, 3))}
        found = {"discount": discount, "count": _DIRECTIONS, "rows": rows, "cases": _CASES, "hits": small}
        write_whole(path, json.dumps(found))
    return found


def _summary(record: dict[str, Any]) -> None:
    from ...geometry.representation_figures import number
    from ...tables import table

    metrics = {"optimal": "V*", "unseen": "unseen V*", "worst": "worst", "control_best": "control"}
    sizes = record["settings"]["dimensions"]
    size = str(sizes[len(sizes) // 2])
    for discount, part in record["discounts"].items():
        click.echo(f"\nDiscount {discount}, {size} features (interquartile mean over {record['seeds']} seeds)")
        rows = [
            (record["rows"][name], *(number(own[size][metric]["iqm"]) for metric in metrics))
            for name, own in part["rows"].items()
        ]
        click.echo(table(rows, heads=("features", *metrics.values()), right=(1, 2, 3, 4)))
        click.echo(f"No {size} features have a worst policy below {number(part['bounds'][size]['iqm'])} (proven).")
