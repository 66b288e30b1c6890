"""A group of commands that knows its near misses and says what went wrong in one sentence."""

from __future__ import annotations

import errno
from typing import Any

import click

from ...core.errors import AccordError, UnknownName

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
            remedy = f"List all with: {ctx.command_path} --help"
            raise Sentence(str(UnknownName("command", args[0], self.commands, remedy)))
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
