"""`quatrain check`: syllables, rhymes and stress of a song, line by line."""

from __future__ import annotations

import click

from ..errors import BadSetting

EXAMPLES = """\b
SONG is a text, a lyric sheet or ChordPro; - is the standard input. Headings
like [Chorus] and empty lines part its sections; chords are not counted.
\b
Letters are found by ear: A rhymes perfectly, A~ nearly, A= repeats a word,
a letter that stands alone is free. 8-9 are counts that a singer may choose
from, 8? has a word that no dictionary knows.
\b
Examples:
  quatrain check song.txt
  quatrain check song.txt --stress
  quatrain check song.txt --scheme ABAB --scheme Chorus=AABB --strict
  quatrain check - --json < song.txt
"""


@click.command("check", epilog=EXAMPLES)
@click.argument("song", metavar="SONG")
@click.option(
    "--scheme",
    "schemes",
    multiple=True,
    metavar="[SECTION=]SCHEME",
    help="The scheme that it should have: letters (X is free) or couplets, crossed, enclosed, ballad, limerick, "
    "sonnet. Lines that contradict it are pointed at.",
)
@click.option("--near", is_flag=True, help="Near rhymes will do where the scheme asks for a rhyme.")
@click.option("--stress", "marks", is_flag=True, help="Draw the stress above each line.")
@click.option(
    "--say",
    "sayings",
    multiple=True,
    metavar="WORD=HOW",
    help="How you sing a word: syllables (skrrt=1) or sounds (skrrt='S K ER1 T').",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if a line contradicts the scheme.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(
    song: str,
    schemes: tuple[str, ...],
    near: bool,
    marks: bool,
    sayings: tuple[str, ...],
    strict: bool,
    as_json: bool,
) -> None:
    """Count syllables, find the rhyme scheme, mark the stress."""
    from ..checking import check, plain
    from ..scheme import NEAR, SOLID
    from ..song import read
    from ..text.lexicon import Lexicon
    from ..text.rhyme import Kind

    if strict and not schemes:
        raise BadSetting("--strict compares with a scheme, and none is given. Add one: --scheme ABAB")
    known = Lexicon(overrides(sayings)) if sayings else None
    kinds = (*SOLID, *NEAR, Kind.ASSONANCE) if near else SOLID
    checked = check(read(song), schemes, kinds, known)
    if as_json:
        import json

        click.echo(json.dumps(plain(checked), ensure_ascii=False, indent=2))
    else:
        from ..drawing import draw_song, paper

        draw_song(checked, paper(), marks)
        for note in checked.notes:
            click.echo(note, err=True)
    if strict and checked.faults:
        click.get_current_context().exit(1)


def overrides(sayings: tuple[str, ...]) -> dict[str, str]:
    """Somebody's own pronunciations, as given on the command line.

    Raises:
        BadSetting: not of the form WORD=HOW.
    """
    found: dict[str, str] = {}
    for saying in sayings:
        word, mark, how = saying.partition("=")
        if not (mark and word.strip() and how.strip()):
            raise BadSetting(f"--say {saying} does not say how. Write WORD=SYLLABLES or WORD='SOUNDS': skrrt=1")
        found[word.strip()] = how.strip()
    return found
