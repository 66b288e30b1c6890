"""The browser's words: how every word sounds, so that counts and colours need no server.

The page reads the shipped lexicon itself (`lexicon.Table` says how it is laid out), and behind it a second table of the
same format: words that the rules make and songs are full of (rainin', turn'd, the gate's). So the page needs no rules.
What is in neither it asks for (`spoken`), and remembers.

    python -m quatrain.notepad.table FOLDER        both tables, and lines, words and rhymes to hold the page against
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import BadWord, StorageError
from ..text import phones, stress, syllables, words
from ..text.lexicon import ANY, LEVEL, OURS, Found, Lexicon, Pronunciation, lexicon, pack, table
from .document import said

USED = 4
"""Words of the dictionary that are at least so common get their endings (`Lexicon.common`)."""
PARTS = ("lexicon", "endings")
_PATIENCE = 120.0
"""Seconds after which a table that is being made is made again."""


def endings() -> bytes:
    """The second table; takes some seconds to make (`kept`)."""
    shipped = table()
    levels = {word: shipped.flags(word) // LEVEL for word in shipped}
    spoken = (lexicon().pronounce(word) for word in dict.fromkeys(_made(levels)) if word not in levels)
    return pack({
        one.word: (OURS, [(ANY, reading) for reading in one.readings]) for one in spoken if one.found is Found.RULE
    })  # fmt: skip


def tag() -> str:
    """Changes when either table does."""
    from ..text import sound  # which needs arrays

    return hashlib.blake2b(f"{sound.version()} endings {USED}".encode(), digest_size=8).hexdigest()


def shipped() -> bytes:
    """The first table: the lexicon as it is shipped."""
    return (resources.files("quatrain.text") / "data" / "lexicon.bin").read_bytes()


def kept(folder: Path) -> bytes | None:
    """The second table from a cache folder; none if it is not there."""
    try:
        return (folder / f"endings-{tag()}.bin").read_bytes()
    except OSError:
        return None


def keep(folder: Path) -> bytes:
    """The second table, made and put into a cache folder.

    Raises:
        StorageError: the folder cannot be written.
    """
    data = endings()
    file = folder / f"endings-{tag()}.bin"
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        raise StorageError(f"'{file}' cannot be written: {error.strerror or error}.") from error
    return data


def keep_aside(folder: Path) -> subprocess.Popen[bytes] | None:
    """Have the second table made by a process that outlives this one; none if it is there or being made."""
    mark = folder / "making"
    try:
        if kept(folder) is not None or (mark.exists() and time.time() - mark.stat().st_mtime < _PATIENCE):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        mark.touch()
        command = [sys.executable, "-m", "quatrain.notepad.table", "--endings", str(folder)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return None  # the page asks for more words, then; nothing else is lost


def spoken(asked: Iterable[str], overrides: Mapping[str, str] | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """How words sound, as the page takes it, and what is wrong with overrides that make no sense.

    Args:
        asked: keys of words.
        overrides: the songwriter's own counts and sounds.
    """
    own, problems = {}, {}
    for word, text in (overrides or {}).items():
        try:
            heard = Lexicon({word: text}).pronounce(word)
            own[heard.word] = heard
        except BadWord as error:
            problems[word] = str(error)
    found: dict[str, Any] = {}
    for word in dict.fromkeys(asked):
        if any(char.isalnum() for char in word):
            known = lexicon().pronounce(word)
            found[word] = entry(own.get(known.word, known))
    return found, problems


def entry(word: Pronunciation) -> dict[str, Any]:
    """A pronunciation as the page takes it."""
    counts = {"syllables": list(word.syllables)} if word.syllables else {}
    return {"readings": [phones.decode(reading) for reading in word.readings], "found": str(word.found)} | counts


def counted(line: str) -> dict[str, Any]:
    """A line as the page must see it: its words, syllables (strict and sung sets, the usual count) and stress."""
    keys = said(line)
    pronounced = [lexicon().pronounce(word) for word in keys]
    strict = syllables.total(map(syllables.strict, pronounced))
    return {
        "line": line,
        "tokens": words.tokens(line),
        "words": keys,
        "strict": list(syllables.counts(strict)),
        "sung": list(syllables.counts(syllables.total(map(syllables.sung, pronounced)))),
        "usual": sum(map(syllables.usual, pronounced)),
        "stress": "".join(stress.of_word(one.first, one.word) for one in pronounced),
        "shown": syllables.shown(strict) if keys else "",
    }


def _made(levels: Mapping[str, int]) -> Iterator[str]:
    """Words that rules may make: numbers, clipped endings, possessives and plurals of common words."""
    yield from map(str, range(200))
    for year in range(1900, 2051):
        yield from (str(year), f"{year}s")
    for word, level in levels.items():
        if level >= 2 and word.endswith("ing") and len(word) > 4:
            yield word[:-1] + "'"
        if level >= 2 and word.endswith("ed") and len(word) > 4:
            yield word[:-2] + "'d"
        if level >= USED and word.isalpha():
            yield from (word + "'s", word + "s", word + "'ll", word + "'d")


def main() -> None:
    """The command."""
    import click

    from .fixtures import write

    @click.command(help=(__doc__ or "").splitlines()[0])
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    @click.option("--lines", type=click.Path(exists=True, path_type=Path), help="Lines to count: a text file.")
    @click.option("--count", default=5000, help="How many of them.")
    @click.option("--endings", "alone", is_flag=True, help="Only the second table, as the server keeps it.")
    def command(folder: Path, lines: Path | None, count: int, alone: bool) -> None:
        if alone:
            if hasattr(os, "nice"):
                os.nice(10)  # the page comes first
            keep(folder)
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lexicon.bin").write_bytes(shipped())
        (folder / "endings.bin").write_bytes(endings())
        click.echo(write(folder, lines, count))

    command()


if __name__ == "__main__":
    main()
