"""Tagged blocks on disk: the one expensive step is done once for every stretch of text, whatever source it comes from.

A *block* is some dozens of lines (or a few paragraphs) that the tagger sees together. Where blocks begin is decided by
the text itself, so an edit changes the block around it and no other. A block is known by the hash of its text, its
form, and the versions of tokens and tagger. Blocks lie in *shards*, one Arrow file for each batch of work, written
whole or not at all: a kill at any moment loses the batches in progress only, and the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..errors import StorageError
from . import tagging, words
from .corpus import Form

VERSION = f"{words.VERSION}; {tagging.VERSION}"
BATCH = 200
"""Blocks in one shard, as a rule: a few seconds of work."""
Progress = Callable[[int, int], None]
_CUTS = {Form.VERSE: (32, 64), Form.PROSE: (8, 20)}  # one unit in so many ends a block; most units in a block


@dataclass(frozen=True)
class Block:
    """Some units of one document that are tagged together.

    Attributes:
        key: 16 bytes that say what it is.
        form: verse or prose.
        units: lines or paragraphs; an empty one is a gap.
    """

    key: bytes
    form: Form
    units: tuple[str, ...]


def cut(units: Sequence[str], form: Form) -> list[Block]:
    """A document's blocks, in order; together they are the document."""
    often, most = _CUTS[form]
    found, start = [], 0
    for place, unit in enumerate(units):
        size = place + 1 - start
        if size >= most or (size >= 4 and zlib.crc32(unit.encode()) % often == 0) or place + 1 == len(units):
            held = tuple(units[start : place + 1])
            found.append(Block(_key(held, form), form, held))
            start = place + 1
    return found


def _key(units: tuple[str, ...], form: Form) -> bytes:
    text = "\n".join((VERSION, form, *units))
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True)
class Tagged:
    """Tokens and tags of many blocks as arrays.

    Attributes:
        vocabulary: tokens by code.
        tagset: tags by code.
        tokens: codes of all tokens, marks included.
        tags: their tags' codes.
        sizes: tokens in each unit, in order; gaps have none.
    """

    vocabulary: list[str]
    tagset: list[str]
    tokens: np.ndarray
    tags: np.ndarray
    sizes: np.ndarray


class Store:
    """The folder of shards.

    Raises:
        StorageError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: dict[bytes, tuple[Path, int]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            shards = sorted(folder.glob("*.arrow"))
        except OSError as error:
            raise StorageError(
                f"The folder '{folder}' cannot be used: {error.strerror}. Choose another cache folder."
            ) from error
        for shard in shards:
            self._list(shard)

    def __contains__(self, block: Block) -> bool:
        return block.key in self.index

    def tag(self, blocks: Sequence[Block], processes: int = 1, progress: Progress | None = None) -> int:
        """Tag the blocks that are missing, and say how many words that was.

        Args:
            blocks: of any documents.
            processes: how many to use; each loads the model (about 200 MB).
            progress: called with words done and words in all.
        """
        missing = list({block.key: block for block in blocks if block not in self}.values())
        batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        total = sum(_size(block) for block in missing)
        done = tagged = 0
        for batch, shard, count in _worked(self.folder, batches, processes):
            self._list(shard)
            done, tagged = done + sum(_size(block) for block in batch), tagged + count
            if progress:
                progress(done, total)
        return tagged

    def load(self, keys: Sequence[bytes]) -> Tagged:
        """Blocks in the order of their keys.

        Raises:
            StorageError: a block that was never tagged, or a shard that is gone.
        """
        wanted: dict[Path, list[tuple[int, int]]] = {}
        for place, key in enumerate(keys):
            if key not in self.index:
                raise StorageError(
                    "A block of the text is not in the cache. Build the corpus again; only that will be tagged."
                )
            shard, row = self.index[key]
            wanted.setdefault(shard, []).append((place, row))
        vocabulary: dict[str, int] = {}
        tagset: dict[str, int] = {}
        empty = np.zeros(0, np.int32)
        tokens, tags, sizes = [empty] * len(keys), [empty] * len(keys), [empty] * len(keys)
        for shard, places in wanted.items():
            table = _read(shard)
            to_token, to_tag = (
                _mapped(table, name, codes) for name, codes in (("vocabulary", vocabulary), ("tagset", tagset))
            )
            columns = {name: _lists(table, name) for name in ("tokens", "tags", "sizes")}
            for place, row in places:
                tokens[place] = to_token[_item(columns["tokens"], row)]
                tags[place] = to_tag[_item(columns["tags"], row)]
                sizes[place] = _item(columns["sizes"], row)
        whole = [np.concatenate(parts) if parts else empty for parts in (tokens, tags, sizes)]
        return Tagged(list(vocabulary), list(tagset), whole[0], whole[1], whole[2].astype(np.int64))

    def _list(self, shard: Path) -> None:
        """Note what a shard holds; a damaged one is removed, so its blocks are tagged again."""
        try:
            keys = _read(shard).column("block").to_pylist()
        except (pa.ArrowInvalid, OSError, KeyError):
            shard.unlink(missing_ok=True)
            return
        for row, key in enumerate(keys):
            self.index.setdefault(key, (shard, row))


def tag_batch(folder: Path, batch: Sequence[Block], tagger: tagging.Tagger | None = None) -> tuple[Path, int]:
    """Tag some blocks of one form and write them as a shard; returns it, and how many words it has."""
    tagger = tagger or _own_tagger()
    units = [[words.tokens(unit) if unit else [] for unit in block.units] for block in batch]
    tags = list(tagger.tag(units, verse=batch[0].form is Form.VERSE))
    vocabulary: dict[str, int] = {}
    tagset: dict[str, int] = {}
    coded = [[vocabulary.setdefault(token, len(vocabulary)) for unit in block for token in unit] for block in units]
    coded_tags = [[tagset.setdefault(tag, len(tagset)) for unit in block for tag in unit] for block in tags]
    table = pa.table(
        {
            "block": pa.array([block.key for block in batch], pa.binary(16)),
            "tokens": pa.array(coded, pa.list_(pa.int32())),
            "tags": pa.array(coded_tags, pa.list_(pa.int32())),
            "sizes": pa.array([[len(unit) for unit in block] for block in units], pa.list_(pa.int32())),
        },
        metadata={"vocabulary": json.dumps(list(vocabulary)), "tagset": json.dumps(list(tagset)), "version": VERSION},
    )
    shard = folder / f"{hashlib.blake2b(b''.join(b.key for b in batch), digest_size=10).hexdigest()}.arrow"
    write(table, shard)
    return shard, sum(words.is_word(token) for block in units for unit in block for token in unit)


def write(table: pa.Table, path: Path, compression: str | None = "zstd") -> None:
    """Write an Arrow file whole or not at all.

    Raises:
        StorageError: the disk is full or the folder is gone.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with pa.OSFile(str(draft), "wb") as sink:
            options = pa.ipc.IpcWriteOptions(compression=compression)
            with pa.ipc.new_file(sink, table.schema, options=options) as writer:
                writer.write_table(table)
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(
            f"'{path}' cannot be written: {error.strerror or error}. Free some space or choose another folder."
        ) from error


# ------------------------------------------------------------------------------------------------------------ processes


def _worked(
    folder: Path, batches: Sequence[Sequence[Block]], processes: int
) -> Iterator[tuple[Sequence[Block], Path, int]]:
    """Batches as they are finished: here, or in processes of their own."""
    if processes <= 1 or len(batches) <= 1:
        tagger = tagging.Tagger()
        for batch in batches:
            for part in _by_form(batch):
                yield part, *tag_batch(folder, part, tagger)
        return
    parts = iter([part for batch in batches for part in _by_form(batch)])
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        running: dict[Future, Sequence[Block]] = {}
        for part in parts:
            running[pool.submit(tag_batch, folder, part)] = part
            if len(running) >= 2 * processes:
                yield from _finished(running)
        while running:
            yield from _finished(running)


def _finished(running: dict[Future, Sequence[Block]]) -> Iterator[tuple[Sequence[Block], Path, int]]:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        yield running.pop(future), *future.result()


def _by_form(batch: Sequence[Block]) -> list[list[Block]]:
    parts = ([block for block in batch if block.form is form] for form in Form)
    return [part for part in parts if part]


_TAGGERS: list[tagging.Tagger] = []


def _own_tagger() -> tagging.Tagger:
    """One tagger for each worker process."""
    if not _TAGGERS:
        _TAGGERS.append(tagging.Tagger())
    return _TAGGERS[0]


# -------------------------------------------------------------------------------------------------------------- reading


def _read(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _mapped(table: pa.Table, name: str, codes: dict[str, int]) -> np.ndarray:
    """From a shard's codes to the common ones."""
    metadata: Mapping[bytes, bytes] = table.schema.metadata
    return np.array([codes.setdefault(text, len(codes)) for text in json.loads(metadata[name.encode()])], np.int32)


def _lists(table: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    column = table.column(name).combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return column.values.to_numpy(zero_copy_only=False), column.offsets.to_numpy(zero_copy_only=False)


def _item(column: tuple[np.ndarray, np.ndarray], row: int) -> np.ndarray:
    values, offsets = column
    return values[offsets[row] : offsets[row + 1]]


def _size(block: Block) -> int:
    return sum(unit.count(" ") + 1 for unit in block.units if unit)
