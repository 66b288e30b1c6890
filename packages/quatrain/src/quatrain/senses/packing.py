"""The shipped tables: named columns of bytes in one compressed file. They hold numbers and text, never code."""

from __future__ import annotations

import functools
import struct
import sys
import zlib
from array import array
from collections.abc import Mapping
from importlib import resources

from ..errors import StorageError

MAGIC = b"quatrain senses 1\n"
_WIDTHS = {"B": 1, "H": 2, "I": 4}


def pack(columns: Mapping[str, bytes]) -> bytes:
    """One file with these columns; `columns` gives them back."""
    sizes = {name.encode(): len(data) for name, data in columns.items()}
    head = b"".join(bytes([len(name)]) + name + struct.pack("<I", size) for name, size in sizes.items())
    body = struct.pack("<H", len(columns)) + head + b"".join(columns.values())
    return MAGIC + zlib.compress(body, 9)


def unpack(data: bytes) -> dict[str, bytes]:
    """The columns of a file.

    Raises:
        StorageError: another file, or a damaged one.
    """
    try:
        if not data.startswith(MAGIC):
            raise ValueError
        body = zlib.decompress(data[len(MAGIC) :])
        (count,), place, sizes = struct.unpack_from("<H", body), 2, {}
        for _ in range(count):
            length = body[place]
            name = body[place + 1 : place + 1 + length].decode()
            (sizes[name],) = struct.unpack_from("<I", body, place + 1 + length)
            place += 5 + length
        columns: dict[str, bytes] = {}
        for name, size in sizes.items():
            columns[name] = body[place : place + size]
            place += size
        if place != len(body):
            raise ValueError
    except (ValueError, zlib.error, struct.error, IndexError) as error:
        raise StorageError("A table of words is of another version or damaged. Install quatrain again.") from error
    return columns


@functools.cache
def shipped(name: str) -> dict[str, bytes]:
    """The columns of `data/NAME.bin`."""
    return unpack((resources.files("quatrain.senses") / "data" / f"{name}.bin").read_bytes())


def numbers(data: bytes, code: str) -> array:
    """A column of whole numbers: `B`, `H` or `I`, of one, two or four bytes, the smallest byte first."""
    found = array("I" if code == "I" and array("I").itemsize == 4 else {"B": "B", "H": "H", "I": "L"}[code])
    assert found.itemsize == _WIDTHS[code]
    found.frombytes(data)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def column(values: array) -> bytes:
    """The bytes of a column of whole numbers; `numbers` reads them."""
    written = array(values.typecode, values)
    if sys.byteorder == "big":
        written.byteswap()
    return written.tobytes()
