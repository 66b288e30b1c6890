"""The cache: nothing is tagged twice, nothing done is lost, and its arrays are what the words say one by one."""

import shutil

import numpy as np
import pytest

from quatrain.errors import BadText, StorageError
from quatrain.text import blocks, cache, clauses, prose, rhyme, sound, stress, syllables, tagging, verse
from quatrain.text.corpus import Document, Form, Part
from quatrain.text.diction import ARCHAIC, Filters
from quatrain.text.lexicon import lexicon
from quatrain.text.rhyme import Kind
from quatrain.text.words import words

# From poems in the public domain (Blake, Dickinson, Longfellow, Newton), and some of ours.
STANZAS = """Tyger Tyger, burning bright,
In the forests of the night;
What immortal hand or eye,
Could frame thy fearful symmetry?

Because I could not stop for Death,
He kindly stopped for me;
The carriage held but just ourselves
And Immortality.

The day is done, and the darkness
Falls from the wings of Night,
As a feather is wafted downward
From an eagle in his flight.

Amazing grace! how sweet the sound
That saved a wretch like me!
I once was lost, but now am found,
Was blind, but now I see.

I left my coat beside the garden gate
And wandered down the river, it was late;
The moon was hanging low above the town,
I laid my heavy head and heart right down.

She'll never know, don't cry for me tonight,
I'm gonna sing until the morning light."""
PROSE = (
    "It was late, and the old man had not come home. She said, 'Mr. Brown will never find the way in this rain, and "
    "nobody has seen him since the morning when he left.' Then she went to the window; the lamp was burning low."
)


def poem(extra=()):
    return Document("poem", Form.VERSE, (*STANZAS.split("\n"), *extra))


def songs(count):
    """Documents with different lines, so that no two blocks are equal."""
    lines = [line for line in STANZAS.split("\n") if line]
    return [Document(f"song {i:02d}", Form.VERSE, tuple(f"{line} {i}" for line in lines)) for i in range(count)]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    return folder, cache.build("poem", [poem()], folder), cache.load("poem", folder)


def test_every_line_is_there_with_its_words(built):
    _, done, lines = built
    texts = [line for line in STANZAS.split("\n") if line]
    assert done.tagged == done.words == sum(len(words(line)) for line in texts)
    assert lines.text.to_pylist() == texts
    assert [[word for word, _ in lines.of(i)] for i in range(len(lines))] == [words(line) for line in texts]
    assert "".join(lines.close.tolist()[:4]) == ",;,?"
    assert np.flatnonzero(lines.gap).tolist() == [0, 4, 8, 12, 16, 20]


def test_tags_are_what_an_english_teacher_says(built):
    lines = built[2]
    tagged = {line: [tag for _, tag in lines.of(i)] for i, line in enumerate(lines.text.to_pylist())}
    assert tagged["I left my coat beside the garden gate"] == ["PRP", "VBD", "PRP$", "NN", "IN", "DT", "NN", "NN"]
    assert tagged["She'll never know, don't cry for me tonight,"][:4] == ["PRP+MD", "RB", "VB", "VB+RB"]
    assert tagged["I'm gonna sing until the morning light."][:3] == ["PRP+VBP", "VBG+TO", "VB"]
    assert tagged["Because I could not stop for Death,"][-1] == "NN"
    assert tagged["What immortal hand or eye,"][0] in ("WP", "WDT")


def test_sounds_are_those_of_the_words_one_by_one(built):
    lines = built[2]
    for i, text in enumerate(lines.text.to_pylist()):
        said = [lexicon().pronounce(word, tag) for word, tag in lines.of(i)]
        assert int(lines.strict[i]) == syllables.total(map(syllables.strict, said))
        assert int(lines.sung[i]) == syllables.total(map(syllables.sung, said))
        assert lines.stress(i) == "".join(stress.of_word(one.first, one.word) for one in said)
        assert bool(lines.marks[i] & ARCHAIC) == ("thy" in text)


def test_relations_are_those_of_the_end_words_one_by_one(built):
    lines = built[2]
    for i in range(len(lines)):
        for lag in range(1, 5):
            kind = sound.KINDS[lines.relation[i, lag - 1]]
            if i - lag < 0:
                assert kind is Kind.NONE
                continue
            (first, tag), (second, other) = lines.of(i)[-1], lines.of(i - lag)[-1]
            assert kind == rhyme.compare(first, second, tags=(tag, other)).kind
    assert sound.KINDS[lines.relation[17, 0]] is Kind.PERFECT  # gate, late


def test_relations_equal_the_slow_way_on_many_word_pairs():
    rng = np.random.default_rng(0)
    every = "gate late rain river shiver live five give wind mind leave believe time mine love move sea eternity night "
    every += (
        "knight run runs fire desire heart hurt dark flower power flour singing ring was were word lord law spa orange "
    )
    every += "door-hinge read red o'er"
    kinds = sound.sounds([(word, tag) for word in every.split() for tag in ("NN", "VB", "VBD")])
    ends = rng.integers(0, len(kinds), 3000)
    found = sound.relations(kinds, ends, np.zeros(3000, np.int32))
    for i in range(1, 3000):
        one, two = (lexicon().pronounce(kinds.words[e], kinds.tags[e]) for e in (ends[i], ends[i - 1]))
        assert sound.KINDS[found[i, 0]] == rhyme.compared(one, two).kind, (one, two)


def test_the_second_time_nothing_is_tagged(built):
    folder, first, _ = built
    again = cache.build("poem", [poem()], folder)
    assert (again.tagged, again.fresh, again.lines, again.words) == (0, False, first.lines, first.words)
    shutil.rmtree(first.folder)
    rebuilt = cache.build("poem", [poem()], folder)  # from its blocks
    assert rebuilt.fresh and rebuilt.tagged == 0
    assert cache.load("poem", folder).text.to_pylist() == built[2].text.to_pylist()


def test_an_edited_line_tags_its_block_only(tmp_path, monkeypatch):
    calls = []
    real = blocks.tag_batch
    monkeypatch.setattr(
        blocks, "tag_batch", lambda folder, batch, tagger=None: calls.append(batch) or real(folder, batch, tagger)
    )
    documents = songs(12)
    first = cache.build("songs", documents, tmp_path)
    units = list(documents[5].units)
    units[7] = "A line that nobody has heard before"
    documents[5] = Document("song 05", Form.VERSE, tuple(units))
    calls.clear()
    second = cache.build("songs", documents, tmp_path)
    assert sum(len(batch) for batch in calls) == 1
    assert 0 < second.tagged < first.tagged / 10
    assert "A line that nobody has heard before" in cache.load("songs", tmp_path).text.to_pylist()


def test_blocks_meet_again_after_an_insertion():
    lines = tuple(f"line number {i} of a long and quiet song" for i in range(400))
    before = blocks.cut(lines, Form.VERSE)
    after = blocks.cut((*lines[:200], "one more", *lines[200:]), Form.VERSE)
    assert [unit for block in before for unit in block.units] == list(lines)
    assert len({b.key for b in after} - {b.key for b in before}) <= 2
    assert all(len(block.units) <= 64 for block in before)


def test_what_was_tagged_before_a_kill_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BATCH", 2)
    real, done = blocks.tag_batch, []

    def dies(folder, batch, tagger=None):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(batch)
        return real(folder, batch, tagger)

    monkeypatch.setattr(blocks, "tag_batch", dies)
    with pytest.raises(KeyboardInterrupt):
        cache.build("songs", songs(12), tmp_path)
    kept = len(blocks.Store(tmp_path / "blocks").index)
    assert kept == 6
    monkeypatch.setattr(blocks, "tag_batch", real)
    steps = []
    built = cache.build("songs", songs(12), tmp_path, progress=lambda *step: steps.append(step))
    alone = cache.build("songs", songs(12), tmp_path / "other")
    assert built.tagged < alone.tagged == alone.words
    assert steps[-1][0] == steps[-1][1] and steps == sorted(steps)
    ours, theirs = cache.load("songs", tmp_path), cache.load("songs", tmp_path / "other")
    assert [ours.of(i) for i in range(len(ours))] == [theirs.of(i) for i in range(len(theirs))]


def test_a_damaged_shard_is_tagged_again(tmp_path):
    cache.build("poem", [poem()], tmp_path)
    [shard] = (tmp_path / "blocks").glob("*.arrow")
    shard.write_bytes(shard.read_bytes()[:100])
    shutil.rmtree(tmp_path / "sources")
    assert cache.build("poem", [poem()], tmp_path).tagged > 0


def test_a_damaged_source_says_so(tmp_path):
    built = cache.build("poem", [poem()], tmp_path)
    (built.folder / "lines.arrow").write_bytes(b"no arrow")
    with pytest.raises(StorageError, match="damaged"):
        cache.load("poem", tmp_path)
    with pytest.raises(StorageError, match="Build it first"):
        cache.load("nothing", tmp_path)


@pytest.mark.parametrize("documents", [[], [poem(), Document("novel", Form.PROSE, (PROSE,))]])
def test_sources_of_no_or_two_forms_are_refused(tmp_path, documents):
    with pytest.raises(BadText):
        cache.build("mixed", documents, tmp_path)


def test_a_text_without_words_is_refused(tmp_path):
    with pytest.raises(BadText, match="no words"):
        cache.build("marks", [Document("marks", Form.VERSE, ("...", "", "!?"))], tmp_path)


@pytest.mark.parametrize("name", ["", "../up", "a/b", "A B"])
def test_a_name_stays_inside_the_cache(tmp_path, name):
    with pytest.raises(BadText, match="no name"):
        cache.build(name, [poem()], tmp_path)


def test_prose_is_cut_into_clauses_with_the_one_before(tmp_path):
    cache.build("novel", [Document("novel", Form.PROSE, (PROSE,))], tmp_path)
    lines = cache.load("novel", tmp_path)
    texts = lines.text.to_pylist()
    assert all(clauses.SHORT <= n <= clauses.LONG for n in lines.lengths)
    assert texts[0] == "it was late" and texts[1] == "and the old man had not come home"
    assert "".join(lines.close[:2].tolist()) == ",."
    assert any("mr brown" in text for text in texts)  # the stop after Mr ends nothing
    found = prose.examples(lines)
    assert (found.before[0], found.rows[0]) == (0, 1)
    assert all(b == r - 1 for r, b in zip(found.rows, found.before, strict=True))
    assert len(prose.examples(lines, alone=True)) == len(found) + lines.gap.sum()


def test_verse_examples_know_their_history(built):
    lines = built[2]
    everything = verse.Wanted(low=1, plain=False, filters=Filters(False, False, False, False), known=False)
    found = verse.examples(lines, everything)
    assert found.rows.tolist() == list(range(len(lines)))
    assert found.before[0].tolist() == [-1] * 4 and found.before[5].tolist() == [4, 3, 2, 1]
    assert found.gap[5].tolist() == [False, True, True, True]
    assert (found.relation == lines.relation).all()
    strict = verse.examples(lines, verse.Wanted(plain=False))
    assert not any(lines.marks[strict.rows] & ARCHAIC)
    assert 4 not in strict.rows or strict.before[strict.rows.tolist().index(4)].tolist() == [-1] * 4  # after "thy"
    assert len(verse.examples(lines)) == 0  # the window has archaic grammar
    assert len(verse.examples(lines, verse.Wanted(part=Part.TEST))) == 0


def test_a_line_that_was_in_training_is_not_fresh_in_the_test(tmp_path):
    units = tuple(line for line in STANZAS.split("\n") if line)
    documents = [Document("b", Form.VERSE, (*units, "A line of its own"), Part.TEST), Document("a", Form.VERSE, units)]
    cache.build("twice", documents, tmp_path)
    lines = cache.load("twice", tmp_path)
    fresh = {
        (lines.documents[d], t)
        for d, t, f in zip(lines.document, lines.text.to_pylist(), lines.fresh, strict=True)
        if f
    }
    assert fresh == {("a", unit) for unit in units} | {("b", "A line of its own")}


def test_several_processes_give_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BATCH", 4)
    documents = songs(8)
    cache.build("songs", documents, tmp_path / "one")
    cache.build("songs", documents, tmp_path / "two", processes=2)
    one, two = (cache.load("songs", tmp_path / name) for name in ("one", "two"))
    assert [one.of(i) for i in range(len(one))] == [two.of(i) for i in range(len(two))]


def test_tagging_one_line():
    tagger = tagging.Tagger()
    assert tagger.tag_line("Thou art the wind") == [("thou", "PRP"), ("art", "VBP"), ("the", "DT"), ("wind", "NN")]
    assert tagger.tag_line("") == []
    assert tagger.tagged == 4


def test_the_command_line_builds_a_source(tmp_path):
    from click.testing import CliRunner

    from quatrain.commands.corpus import command as main

    (tmp_path / "poem.txt").write_text(STANZAS, encoding="utf-8")
    arguments = [str(tmp_path / "poem.txt"), "--name", "mine", "--cache", str(tmp_path / "cache")]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0 and "words tagged" in first.output
    assert "nothing to do" in CliRunner().invoke(main, arguments).output
    missing = CliRunner().invoke(main, [str(tmp_path / "none"), "--name", "mine"])
    assert missing.exit_code == 2 and "There is no file" in missing.output
