"""`accord geometry`: the shape of value, in pictures and tables."""

from __future__ import annotations

import click

from ..group import Commands
from .contracts import contracts
from .page import page
from .paths import paths
from .polytope import polytope

EXAMPLES = """\b
Examples:
  accord geometry polytope 2d --out FOLDER
  accord geometry paths 2d left
  accord geometry page --open
  accord geometry contracts --out FOLDER
"""


@click.group(cls=Commands, epilog=EXAMPLES)
def geometry() -> None:
    """The shape of value: polytopes, adversarial value functions, distributions, contracts."""


for command in (polytope, paths, page, contracts):
    geometry.add_command(command)
