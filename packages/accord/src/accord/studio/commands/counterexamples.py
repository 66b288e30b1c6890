"""`accord counterexamples`: where the theorem ends, as the smallest games that show it."""

from __future__ import annotations

import textwrap

import click

EXAMPLES = """\b
Examples:
  accord counterexamples
  accord counterexamples "second proposer"
"""


@click.command(epilog=EXAMPLES)
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option("--top", default=5, show_default=True, type=click.IntRange(min=1, max=8), help="Largest payoff to try.")
def counterexamples(families: tuple[str, ...], top: int) -> None:
    """Find the smallest games with an inefficient equilibrium, one for each condition of the theorem that is dropped.

    With one proposer, answers in turn, all zero-sum transfers, lump sums at signing, and the same play after every
    refusal, each subgame-perfect equilibrium is the best that all can have. Without any one of these, here is a game in
    which it is not; all smaller games were looked at.
    """
    from ...solve.bargaining.counterexample import FAMILIES, smallest

    for family in families or FAMILIES:
        found = smallest(family, top=top)
        text = f"no game with payoffs 0 to {top} has such an equilibrium." if found is None else found.sentence()
        click.echo(textwrap.fill(text, 110, initial_indent=f"{family}: ", subsequent_indent="    ") + "\n")
