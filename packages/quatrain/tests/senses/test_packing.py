"""The files of tables: what is written is read, and a damaged one is refused."""

import subprocess
import sys
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quatrain.errors import StorageError
from quatrain.senses.packing import MAGIC, column, numbers, pack, shipped, unpack


@given(st.dictionaries(st.text("abcxyz", min_size=1, max_size=8), st.binary(max_size=50), max_size=6))
def test_columns_come_back(columns):
    assert unpack(pack(columns)) == columns


@pytest.mark.parametrize(("code", "most"), [("B", 255), ("H", 65535), ("I", 4294967295)])
def test_numbers_come_back(code, most):
    values = [0, 1, 200, most]
    assert list(numbers(column(array(code, values)), code)) == values


def test_numbers_are_written_smallest_byte_first():
    assert column(array("H", [1, 258])) == b"\x01\x00\x02\x01"


@pytest.mark.parametrize("data", [b"", b"something else", MAGIC, MAGIC + b"xx", pack({"a": b"123"})[:-3]])
def test_a_damaged_file_is_refused(data):
    with pytest.raises(StorageError):
        unpack(data)


def test_the_shipped_tables_are_small_and_licensed():
    from importlib import resources

    folder = resources.files("quatrain.senses") / "data"
    size = lambda name: len((folder / f"{name}.bin").read_bytes())
    assert size("lemmas") < 400_000 and size("cliches") < 200_000 and size("space") < 1_300_000
    assert all(shipped(name) for name in ("lemmas", "senses", "glosses", "space", "cliches"))
    assert "Princeton" in (folder / "LICENSES.txt").read_text(encoding="utf-8")


def test_pictures_and_cliches_load_no_array_library():
    code = (
        "import sys; from quatrain.senses import cliches, pictures, synonyms; cliches.cliche('love', 'above'); "
        "pictures.concreteness('gates', 'NNS'); synonyms.tags_of('walked'); "
        "print([name for name in ('numpy', 'scipy', 'pyarrow', 'spacy') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
