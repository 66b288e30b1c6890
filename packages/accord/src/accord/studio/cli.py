"""The command `accord`. Starts without the array library; says what went wrong in one sentence."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

import click

from .. import __version__
from .commands.counterexamples import counterexamples
from .commands.games import games
from .commands.geometry import geometry
from .commands.group import Commands
from .commands.payments import payments
from .commands.play import play
from .commands.presets import presets
from .commands.report import report
from .commands.resume import resume
from .commands.run import run
from .commands.show import show
from .commands.solve import solve


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Begin with:  accord run story",
)
@click.version_option(__version__, prog_name="accord")
def cli() -> None:
    """Games between selfish agents, and the contracts that make them cooperate."""


for command in (run, show, resume, report, solve, counterexamples, play, payments, geometry, games, presets):
    cli.add_command(command)


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point of the command line."""
    for name in ("SIGTERM", "SIGHUP"):  # as polite as Ctrl-C: checkpoints are written first
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupted)
    try:
        cli()
    except BrokenPipeError:  # `accord games | head`
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
