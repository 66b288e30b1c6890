"""The command `quatrain`. Starts without the models, the tagger and the array library; speaks in sentences."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import NoReturn

import click

from . import __version__
from .commands.group import Commands, Entry

COMMANDS = {
    "notepad": Entry("commands.notepad", needs=("notepad.open",)),
    "next": Entry("commands.next", needs=("suggest",)),
    "verse": Entry("commands.verse", needs=("suggest",)),
    "rewrite": Entry("commands.rewrite", needs=("suggest",)),
    "fill": Entry("commands.fill", needs=("suggest",)),
    "rhyme": Entry("commands.rhyme"),
    "check": Entry("commands.check"),
    "train": Entry("commands.train", needs=("yours",)),
    "voices": Entry("commands.voices", needs=("models.voice",)),
    "corpus": Entry("commands.corpus"),
    "evaluate": Entry("evaluate.__main__", "main"),
    "blind": Entry("evaluate.__main__", "blind"),
}
"""Every command; one whose modules are not installed is not there."""


@click.group(
    cls=Commands,
    invoke_without_command=True,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Begin with:  quatrain rhyme gate",
)
@click.version_option(__version__, prog_name="quatrain")
@click.pass_context
def cli(context: click.Context) -> None:
    """A songwriter's notepad. What you write stays on this machine. Without a command it opens in the browser."""
    if context.invoked_subcommand is None:
        opened = cli.get_command(context, "notepad")
        assert opened is not None
        context.invoke(opened, port=0, no_browser=False, songs=None)


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point of the command line."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # at these sizes threads mostly wait for each other
    for name in ("SIGTERM", "SIGHUP"):  # as polite as Ctrl-C
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupted)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a sign shows a question mark, no traceback
            stream.reconfigure(errors="replace")
    cli(prog_name="quatrain")


if __name__ == "__main__":
    main()
