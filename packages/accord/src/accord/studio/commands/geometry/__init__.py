"""`accord geometry`: the shape of value, in pictures and tables."""

from __future__ import annotations

import click

from ..group import Commands

EXAMPLES = """\b
Examples:
"""


@click.group(cls=Commands, epilog=EXAMPLES)
def geometry() -> None:
    """The shape of value: polytopes, adversarial value functions, distributions, contracts."""
