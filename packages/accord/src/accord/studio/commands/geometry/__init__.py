"""`accord geometry`: the shape of value, in pictures and tables."""

from __future__ import annotations

import click

from ..group import Commands
from .contracts import contracts
from .distributional import distributional
from .page import page
from .paths import paths
from .polytope import polytope
from .representation import representation
from .transfer import transfer

EXAMPLES = """\b
Examples:
  accord geometry polytope 2d --out FOLDER
  accord geometry paths 2d left
  accord geometry page --open
  accord geometry contracts --out FOLDER
  accord geometry representation --seeds 10
  accord geometry distributional --deep
  accord geometry transfer --seeds 10
"""


@click.group(cls=Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
def geometry() -> None:
    """The shape of value: polytopes, adversarial value functions, distributions, contracts."""


for command in (polytope, paths, page, contracts, representation, distributional, transfer):
    geometry.add_command(command)
