"""The command `accord`. Starts without the array library; says what went wrong in one sentence."""

from __future__ import annotations

import errno
import signal
import sys
from typing import Any, NoReturn

import click

from .. import __version__
from ..core.errors import AccordError, UnknownName
from .commands.games import games
from .commands.play import play
from .commands.presets import presets
from .commands.report import report
from .commands.resume import resume
from .commands.run import run
from .commands.show import show
from .commands.solve import solve

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM, errno.EFBIG}
"""What the world may do to files; anything else is a mistake of ours and keeps its traceback."""


class Sentence(click.ClickException):
    """An error that a person can mend, printed as its message alone."""

    exit_code = 2


class Commands(click.Group):
    """A group that knows its commands' near misses and turns errors into sentences."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command; a misspelt one gets a suggestion."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            raise Sentence(str(UnknownName("command", args[0], self.commands, "List all with: accord --help")))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AccordError as error:
            raise Sentence(str(error)) from error
        except OSError as error:
            if error.errno not in _DISK:
                raise
            name = error.filename or "A file"
            raise Sentence(f"{name} could not be used ({error.strerror}). What was there before is kept.") from error


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Begin with:  accord run story",
)
@click.version_option(__version__, prog_name="accord")
def cli() -> None:
    """Games between selfish agents, and the contracts that make them cooperate."""


for command in (run, show, resume, report, solve, play, games, presets):
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
