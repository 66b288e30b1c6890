"""`accord run`: do an experiment."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ...core.errors import StorageError
from ...core.settings import from_toml
from ...experiments.presets import preset_of
from ...experiments.spec import Experiment, checked, configured, described, tried
from ...experiments.store import RunFolder
from ..working import go

RUNS = Path("runs")

EXAMPLES = """\b
Examples:
  accord run story
  accord run story seeds=5 --out runs/story-5
  accord run story game.waste_chance=0.6 moca.env_steps=12e6 joint.learning_rate=5e-4
  accord run runs/story/settings.toml
"""


@click.command(epilog=EXAMPLES)
@click.argument("what", metavar="PRESET")
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run. Default: runs/PRESET.")
@click.option("--workers", type=int, help="Processes at once. Default: one per core.")
@click.option("--open", "look", is_flag=True, help="Open the report in a browser at the end.")
def run(what: str, settings: tuple[str, ...], out: Path | None, workers: int | None, look: bool) -> None:
    """Do an experiment: PRESET (list: accord presets), or a settings.toml of an earlier run."""
    experiment = tried(configured(_experiment(what), settings))
    folder = out or _folder(experiment, Path(what).parent.name if what.endswith(".toml") else what)
    command = ["accord", "run", what, *settings] + (["--out", str(out)] if out else [])
    go(RunFolder.create(folder, experiment, command, described(experiment)), workers=workers, look=look)


def _experiment(what: str) -> Experiment:
    if not what.endswith(".toml"):
        return preset_of(what)
    try:
        return checked(from_toml(Experiment, Path(what).read_text()))
    except OSError as error:
        raise StorageError(f"{what} could not be read ({error.strerror}). Name a settings.toml or a preset.") from error


def _folder(experiment: Experiment, name: str) -> Path:
    """The run's folder: the one that holds this very experiment already (it then goes on), else the first free one."""
    name = name or "run"
    for number in range(1, sys.maxsize):
        folder = RUNS / (name if number == 1 else f"{name}-{number}")
        if not (folder / "settings.toml").exists():
            if not folder.exists() or not any(folder.iterdir()):
                return folder
        elif RunFolder.open(folder).experiment == experiment:
            return folder
    raise AssertionError("unreachable")
