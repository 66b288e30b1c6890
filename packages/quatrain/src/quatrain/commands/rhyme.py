"""`quatrain rhyme`: words that rhyme, by kind and by syllables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import BadWord
from .group import OneOf

if TYPE_CHECKING:
    from ..rhyming import Rhymes

EXAMPLES = """\b
Kinds, the closest first:
  perfect        gate / late          feminine     river / shiver
  rich           leave / believe      family       time / mine
  consonance     love / move          last syllable, assonance: with --kind only
\b
The word itself, its other forms and words that sound the same are no rhymes.
Names, archaic words, dialect and profanities are left out unless --all.
\b
Examples:
  quatrain rhyme gate
  quatrain rhyme river --kind perfect --kind feminine --syllables 2
  quatrain rhyme live --say "L AY1 V"
  quatrain rhyme gate --json
"""


def _kinds() -> tuple[str, ...]:
    from ..rhyming import KINDS

    return tuple(str(kind) for kind in KINDS)


@click.command("rhyme", epilog=EXAMPLES)
@click.argument("word", metavar="WORD")
@click.option("--kind", "kinds", multiple=True, type=OneOf("kind of rhyme", _kinds), metavar="KIND", help="Only this.")
@click.option("--syllables", type=click.IntRange(1, 20), metavar="N", help="Only words of so many syllables.")
@click.option(
    "--count", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="Words shown in a row."
)
@click.option("--all", "every", is_flag=True, help="Every word: rare ones, names and archaic ones too.")
@click.option("--say", metavar="SOUNDS", help="How you say the word, if in several ways or in none that is known.")
@click.option("--json", "as_json", is_flag=True, help="Print all of them as JSON, one object.")
def command(
    word: str, kinds: tuple[str, ...], syllables: int | None, count: int, every: bool, say: str | None, as_json: bool
) -> None:
    """Find words that rhyme with WORD."""
    from ..rhyming import KINDS, USUAL, find, plain
    from ..song import clean, sounded
    from ..text.diction import Filters
    from ..text.lexicon import Lexicon
    from ..text.words import words

    found = words(clean(word))
    if len(found) != 1:
        last = f" Give the last one: quatrain rhyme {found[-1]}" if found else ""
        raise BadWord(f"'{word}' is {len(found) or 'no'} word{'s' * (len(found) > 1)}, expected one.{last}")
    if not (say or sounded(found[0])):
        raise BadWord(
            f"'{word}' is not written in English letters, so its sound is not known. Say it: --say \"S K ER1 T\""
        )
    known = Lexicon({found[0]: say}) if say else None
    wanted = tuple(kind for kind in KINDS if str(kind) in kinds) or USUAL
    filters = Filters(False, False, False, False) if every else Filters()
    rhymes: Rhymes = find(found[0], wanted, syllables, filters, known)
    if as_json:
        import json

        click.echo(json.dumps(plain(rhymes), ensure_ascii=False, indent=2))
        return
    from ..drawing import draw_rhymes, paper

    draw_rhymes(rhymes, paper(), None if every else count)
