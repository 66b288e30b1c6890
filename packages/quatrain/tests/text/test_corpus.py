"""Sources: encodings, damaged files, Gutenberg's wrapping, the poetry corpus, archives, the split."""

import gzip
import io
import json
import lzma
import tarfile

import pytest

from quatrain.errors import BadText, StorageError
from quatrain.text import corpus
from quatrain.text.corpus import Document, Form, Part

POEM = "The moon is low\nabove the town\n\n\nI had a coat\nand laid it down\n"
NOVEL = "It was a bright day, and the\nclocks were striking. He went down the street and\nsaw it for a while.\n\n" * 9


def test_a_poem_keeps_its_lines_and_gaps(tmp_path):
    (tmp_path / "poem.txt").write_text(POEM, encoding="utf-8")
    [document] = corpus.read(tmp_path / "poem.txt")
    assert document.form is Form.VERSE and document.name == "poem.txt"
    assert document.units == ("The moon is low", "above the town", "", "I had a coat", "and laid it down")


def test_prose_becomes_paragraphs():
    assert corpus.paragraphs_of(NOVEL)[0] == (
        "It was a bright day, and the clocks were striking. He went down the street and saw it for a while."
    )


def test_long_paragraphs_are_cut_at_sentences():
    text = "This is one sentence of the book. " * 100
    pieces = corpus.paragraphs_of(text)
    assert len(pieces) > 3 and all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == text.strip()


def test_a_text_says_itself_what_it_is():
    assert corpus.is_prose(
        "The quick brown fox jumps over the lazy dog and runs away from it all, said he to her.\n" * 5
    )
    assert not corpus.is_prose(POEM)


def test_gutenberg_wrapping_marks_and_numbers_go(tmp_path):
    text = "Preamble\n*** START OF THE EBOOK X ***\n_The moon_ is low[1]     20\n*** END OF THE EBOOK ***\nLicence\n"
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    assert corpus.read(tmp_path / "x.txt")[0].units == ("The moon is low",)


def test_very_long_lines(tmp_path):
    (tmp_path / "x.txt").write_text("moon" + " " * 200_000 + "5\n" + "la " * 100_000 + "\nlow\n", encoding="utf-8")
    assert corpus.read(tmp_path / "x.txt", Form.VERSE)[0].units[0] == "moon 5"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_usual_encodings(tmp_path, encoding):
    (tmp_path / "x.txt").write_bytes("Le café est fermé\nand so am I\n".encode(encoding))
    assert corpus.read(tmp_path / "x.txt")[0].units == ("Le café est fermé", "and so am I")


def test_the_poetry_corpus_by_book(tmp_path):
    rows = [
        {"s": "The moon is low", "gid": "19"},
        {"s": "I had a coat", "gid": "20"},
        {"s": "above the town", "gid": "19"},
    ]
    (tmp_path / "corpus.ndjson.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    books = corpus.read(tmp_path / "corpus.ndjson.gz")
    assert [book.units for book in books] == [("The moon is low", "above the town"), ("I had a coat",)]


def test_an_archive_and_a_folder(tmp_path):
    with tarfile.open(tmp_path / "novels.tar.xz", "w:xz") as archive:
        for name in ("b.txt", "a.txt"):
            data = NOVEL.encode()
            member = tarfile.TarInfo(f"novels/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert [d.name for d in corpus.read(tmp_path / "novels.tar.xz", Form.PROSE)] == ["a.txt", "b.txt"]
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "one.cho").write_text("{title: X}\nI [Am]left my coat\n", encoding="utf-8")
    (tmp_path / "songs" / "broken.txt").write_bytes(bytes(range(256)))
    (tmp_path / "songs" / "picture.png").write_bytes(b"\x89PNG")
    assert [d.units for d in corpus.read(tmp_path / "songs")] == [("I left my coat",)]


def test_a_long_file_becomes_stretches(tmp_path):
    lines = [f"The moon is low and I am number {i}" for i in range(4 * corpus.LONG + 100)]
    (tmp_path / "long.txt.xz").write_bytes(lzma.compress("\n".join(lines).encode()))
    documents = corpus.read(tmp_path / "long.txt.xz")
    assert len(documents) == 5
    assert [unit.split()[-1] for d in documents for unit in d.units] == [str(i) for i in range(len(lines))]


@pytest.mark.parametrize("data", [b"", b"\n \n", bytes(range(256)) * 9, b"\x7fELF\0\0\0"])
def test_what_is_no_text_is_refused_with_a_sentence(tmp_path, data):
    (tmp_path / "x.txt").write_bytes(data)
    with pytest.raises(BadText, match="Give a"):
        corpus.read(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("name", "data"), [("x.txt.xz", b"no xz"), ("x.ndjson.gz", b"no gzip"), ("x.tar.xz", b"no archive")]
)
def test_damaged_archives_are_refused_with_a_sentence(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadText, match="again"):
        corpus.read(tmp_path / name)


def test_rows_of_another_shape_are_refused(tmp_path):
    (tmp_path / "x.gz").write_bytes(gzip.compress(b'{"text": "moon"}\n'))
    with pytest.raises(BadText, match="Line 1"):
        corpus.read(tmp_path / "x.gz")


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(StorageError, match="no file or folder"):
        corpus.read(tmp_path / "nothing")
    with pytest.raises(BadText, match="no text files"):
        corpus.read(tmp_path)


def test_the_split_is_by_document_and_stays():
    documents = [Document(f"song {i}", Form.VERSE, ("la",) * 10) for i in range(40)]
    parts = {d.name: d.part for d in corpus.split(documents)}
    assert sorted(parts.values()).count(Part.VALID) == sorted(parts.values()).count(Part.TEST) == 2
    edited = [Document(d.name, d.form, ("lo", "li")) for d in reversed(documents)]
    assert {d.name: d.part for d in corpus.split(edited)} == parts


def test_few_documents_are_split_at_their_end():
    [train, valid, test] = corpus.split([Document("one", Form.VERSE, tuple(map(str, range(100))))], held_out=0.1)
    assert (train.part, valid.part, test.part) == (Part.TRAIN, Part.VALID, Part.TEST)
    assert train.units + valid.units + test.units == tuple(map(str, range(100)))
    assert len(valid.units) == len(test.units) == 10
