"""How the tables are made: the reader of WordNet's files on a small one by hand, and each formula by brute force."""

import itertools

import numpy as np
import pytest

from quatrain.senses.lemmas import Lemmas
from quatrain.senses.making import dictionary, pictures, senses, space
from quatrain.senses.making.wordnet import WordNet
from quatrain.senses.packing import numbers

# Places in a file are given as their real offsets would be: any eight digits.
NOUNS = """\
00000010 03 n 01 thing 0 002 ~ 00000020 n 0000 ~ 00000030 n 0000 | whatever can be pointed at
00000020 06 n 02 lamp 0 lantern 0 001 @ 00000010 n 0000 | a light (with a shade) to carry about; "a lamp in the hall"
00000030 18 n 02 lout 0 Lout_Man 0 001 @ 00000010 n 0000 | (offensive term) a person without manners
00000040 12 n 01 hope 0 000 | what is left: a wish that may come true"""
VERBS = """\
00000050 38 v 01 walk 0 001 ~ 00000060 v 0000 01 + 02 00 | go on foot
00000060 38 v 02 stroll 0 amble 0 001 @ 00000050 v 0000 01 + 02 00 | go on foot for pleasure and with no wish to arrive or to be anywhere"""  # noqa: E501
INDEX = {
    "noun": ["hope n 1 0 1 0 00000040", "lamp n 1 1 @ 1 1 00000020", "lantern n 1 1 @ 1 0 00000020",
             "lout n 1 1 @ 1 0 00000030", "thing n 1 1 ~ 1 1 00000010"],
    "verb": ["amble v 1 1 @ 1 0 00000060", "stroll v 1 1 @ 1 1 00000060", "walk v 1 1 ~ 1 1 00000050"],
    "adj": [], "adv": [],
}  # fmt: skip
SENSE = ["lamp%1:06:00:: 00000020 1 7", "stroll%2:38:00:: 00000060 1 2", "walk%2:38:00:: 00000050 1 9"]


@pytest.fixture
def wordnet(tmp_path):
    head = "  1 two spaces begin the lines of the licence\n"
    for name, lines in INDEX.items():
        data = {"noun": NOUNS, "verb": VERBS}.get(name, "")
        (tmp_path / f"data.{name}").write_text(head + data + "\n" * bool(data), encoding="utf-8")
        (tmp_path / f"index.{name}").write_text(head + "".join(line + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "index.sense").write_text("".join(line + "\n" for line in SENSE), encoding="utf-8")
    return WordNet(tmp_path)


@pytest.fixture
def small(wordnet):
    kinds = {("walked", "VBD"): 30, ("lantern", "NN"): 15, ("strolls", "VBZ"): 3}
    return Lemmas(dictionary.columns(wordnet, kinds))


def test_the_reader(wordnet):
    lamp = wordnet.synsets["n", 20]
    assert lamp.words == ("lamp", "lantern") and lamp.field == "noun.artifact" and lamp.to("@") == (("n", 10),)
    assert wordnet.senses["lamp", "n"] == [(("n", 20), 7)] and wordnet.senses["walk", "v"] == [(("v", 50), 9)]
    assert list(wordnet.above(("n", 20))) == [("n", 20), ("n", 10)]


def test_the_lemmas(wordnet, small):
    """No slur, no name; counts of all forms, and WordNet's twenty times."""
    assert dictionary.insults(wordnet) == {("n", 30)}
    assert small.words == ("amble", "hope", "lamp", "lantern", "stroll", "thing", "walk")
    counted = lambda count: 1 + round(8 * np.log2(1 + count))
    use = lambda word, part: small.use(small.number[word], part)
    assert use("walk", "v") == counted(30 + 20 * 9) and use("stroll", "v") == counted(3 + 20 * 2)
    assert use("lantern", "n") == counted(15) and use("hope", "n") == counted(0) == 1 and use("hope", "v") == 0


def test_the_meanings(wordnet, small):
    table, glosses = senses.columns(small, wordnet)
    listed = glosses["glosses"].decode().split("\n")
    assert listed == [
        "whatever can be pointed at", "a light to carry about", "what is left", "go on foot",
        "go on foot for pleasure and with no wish to arrive or to be …",
    ]  # fmt: skip
    members, ends = numbers(table["members"], "H"), [0, *numbers(table["ends"], "I")]
    named = [[small.words[n] for n in members[a:b]] for a, b in itertools.pairwise(ends)]
    assert named == [["thing"], ["lamp", "lantern"], ["hope"], ["walk"], ["stroll", "amble"]]
    assert list(numbers(table["above"], "H")) == [senses.NONE, 0, senses.NONE, senses.NONE, 3]
    starts, meanings = numbers(table["starts"], "I"), numbers(table["senses"], "H")
    stroll = small.number["stroll"]
    assert list(meanings[starts[stroll] : starts[stroll + 1]]) == [4] and table["parts"] == b"nnnvv"


def test_what_has_no_vector_is_as_concrete_as_it_is_filed(wordnet, small):
    table = pictures.columns(small, np.zeros((len(small), space.WIDTH), np.float32), wordnet)["concrete"]
    value = lambda word, place: table[3 * small.number[word] + place] / 255
    assert value("lantern", 0) == pytest.approx(1.0) and value("hope", 0) == pytest.approx(0.15, abs=0.003)
    assert value("walk", 1) == pytest.approx(0.5, abs=0.003) and value("walk", 0) == 0.0


def test_neighbours_in_wordnet(wordnet, small):
    pytest.importorskip("scipy")
    weights = space.graph(small, wordnet).toarray()
    row = weights[small.number["lantern"]]
    assert row.sum() == pytest.approx(1.0) and row[small.number["lantern"]] == 0.0
    # the synonym counts 1, the hypernym a half; the gloss has no word that is known
    assert row[small.number["lamp"]] == pytest.approx(2 / 3) and row[small.number["thing"]] == pytest.approx(1 / 3)


def test_a_rare_word_leans_on_its_neighbours():
    sparse = pytest.importorskip("scipy.sparse")
    own = np.zeros((3, space.WIDTH), np.float32)
    own[0, 0] = own[1, 1] = 1.0
    beside = sparse.csr_matrix(np.array([[0.0, 1, 0], [1, 0, 0], [1, 0, 0]], np.float32))
    common, rare, unseen = space._lean(own, np.array([10_000, 20, 0]), beside)
    assert common @ own[0] > 0.99 and unseen @ common == pytest.approx(1.0, abs=1e-4)
    assert rare @ own[1] == pytest.approx(0.5**0.5, abs=0.01)  # half its own, half its neighbour's


def test_information_by_brute_force():
    sparse = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(0)
    near = rng.integers(0, 5, (6, 6)) * 1.0
    near = near + near.T + 1
    found = space._information(sparse.csr_matrix(near)).toarray()
    share = [near[j].sum() ** 0.75 for j in range(6)]
    for i in range(6):
        for j in range(6):
            chance = share[j] / sum(share)
            expected = max(0.0, np.log(near[i, j] / near[i].sum() / chance))
            assert found[i, j] == pytest.approx(expected, abs=1e-5)


def test_nearness_by_brute_force():
    pytest.importorskip("scipy")
    rng = np.random.default_rng(1)
    tokens, document = rng.integers(0, 5, 60), np.repeat([0, 1], 30)
    known = np.array([0, 2, 3])
    found = space._near([(tokens, document)], known, 5).toarray()
    expected = np.zeros((3, 3))
    for part in (0, 1):
        kept = [int(t) for t in tokens[document == part] if t in known]  # unknown words take no place
        for i, one in enumerate(kept):
            for j, two in enumerate(kept):
                if 0 < abs(i - j) <= space.WINDOW and one != two:
                    weight = (space.WINDOW + 1 - abs(i - j)) / space.WINDOW
                    expected[known.tolist().index(one), known.tolist().index(two)] += weight
    assert found == pytest.approx(expected, rel=1e-5)


def test_the_leading_directions_of_a_matrix():
    rng = np.random.default_rng(2)
    matrix = rng.standard_normal((200, 200)) @ np.diag(0.9 ** np.arange(200)) @ rng.standard_normal((200, 200))
    found = space._singular(matrix)
    exact = np.linalg.svd(matrix)[0][:, : space.WIDTH]
    assert np.linalg.svd(found.T @ exact)[1][:20] == pytest.approx(1.0, abs=1e-3)  # they span the same


@pytest.mark.parametrize(
    ("gloss", "short"),
    [
        ('a light (with a shade) to carry; "she held it"', "a light to carry"),
        ("(of hair) dark", "dark"),
        ("(archaic)", "archaic"),
        ("one thing; another thing", "one thing"),
    ],
)
def test_glosses_are_shortened(gloss, short):
    assert senses.shortened(gloss) == short
