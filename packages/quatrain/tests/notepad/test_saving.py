"""Autosave: one tab, two tabs, many tabs, answers that get lost."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quatrain.errors import UnknownName
from quatrain.notepad import saving
from quatrain.notepad.cards import AUTO, BEFORE, BRANCH, Save, Saved
from quatrain.notepad.document import Document, Line
from quatrain.notepad.songs import Songs

ID = "a" * 32


class Tab:
    """A page that writes: it knows what the contract says a page knows, and no more."""

    def __init__(self, songs: Songs, name: str, base: int = 0, text: str = "") -> None:
        self.songs, self.name, self.base, self.sequence = songs, name, base, 0
        self.text = text

    def save(self, text: str, lost: bool = False, **more: object) -> Saved:
        self.text, self.sequence = text, self.sequence + 1
        wish = Save(self.base, self.name, self.sequence, Document.of("T", text), **more)  # type: ignore[arg-type]
        saved = self.songs.save(ID, wish)
        if saved.branch is None and not lost:
            self.base = saved.revision
            if saved.document is not None:
                self.text = saved.document.text
        return saved


def now(songs: Songs) -> str:
    return songs.song(ID).document.text


def test_a_song_begins_with_its_first_save(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    assert tab.save("one").status == "saved"
    assert tab.save("one\ntwo").revision == 2
    assert now(songs) == "one\ntwo"


def test_nothing_is_written_when_nothing_changed(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    tab.save("one")
    assert tab.save("one").revision == 1


def test_two_tabs_on_other_lines_are_merged(songs: Songs) -> None:
    one = Tab(songs, "client-1")
    one.save("a\nb\nc")
    two = Tab(songs, "client-2", one.base)
    one.save("a\nb\nc\nfrom one")
    saved = two.save("from two\na\nb\nc")
    assert saved.status == "merged" and two.text == now(songs) == "from two\na\nb\nc\nfrom one"
    assert one.save("a\nb!\nc\nfrom one").status == "merged"  # it never heard of the other tab
    assert one.text == now(songs) == "from two\na\nb!\nc\nfrom one"


def test_the_same_line_becomes_a_branch_and_one_branch_only(songs: Songs) -> None:
    one = Tab(songs, "client-1")
    one.save("a")
    two = Tab(songs, "client-2", one.base)
    one.save("a one")
    first = two.save("a two")
    again = two.save("a two more")
    assert first.branch is not None and again.branch is not None and first.branch.id == again.branch.id
    assert again.document is not None and again.document.text == now(songs) == "a one"
    assert [v.kind for v in songs.versions(ID)] == [BRANCH] == [b.kind for b in songs.song(ID).branches]
    assert songs.version(ID, again.branch.id)[1].text == "a two more"


def test_keeping_mine_keeps_the_other_text_as_a_version(songs: Songs) -> None:
    one = Tab(songs, "client-1")
    one.save("a")
    two = Tab(songs, "client-2", one.base)
    one.save("a one")
    conflict = two.save("a two")
    assert conflict.branch is not None
    one.save("a one and more")  # meanwhile the other tab goes on
    two.base = conflict.revision
    assert two.save("a two", resolves=conflict.branch.id).status == "saved"
    assert now(songs) == "a two"
    assert [v.kind for v in songs.versions(ID)] == [BEFORE]
    assert songs.version(ID, songs.versions(ID)[0].id)[1].text == "a one and more"


def test_taking_the_other_text_leaves_mine_among_the_versions(songs: Songs) -> None:
    one = Tab(songs, "client-1")
    one.save("a")
    two = Tab(songs, "client-2", one.base)
    one.save("a one")
    conflict = two.save("a two")
    two.base = conflict.revision
    assert two.save("a one\nb").status == "saved"
    assert songs.song(ID).branches == ()
    assert [(v.kind, songs.version(ID, v.id)[1].text) for v in songs.versions(ID)] == [(BEFORE, "a two")]


def test_a_lost_answer_is_no_conflict_with_oneself(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    tab.save("a")
    tab.save("a b", lost=True)
    assert tab.save("a b c").status == "saved"
    assert now(songs) == "a b c" and songs.versions(ID) == []


def test_a_lost_answer_to_a_new_song_does_not_double_its_lines(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    tab.save("a", lost=True)
    tab.save("a\nb")
    assert now(songs) == "a\nb"


def test_a_lost_answer_to_a_merge_loses_nothing(songs: Songs) -> None:
    one = Tab(songs, "client-1")
    one.save("a\nb\nc")
    two = Tab(songs, "client-2", one.base)
    one.save("a\nb\nc\none")
    two.save("a two\nb\nc", lost=True)
    saved = two.save("a two more\nb\nc")
    assert saved.status == "merged" and now(songs) == "a two more\nb\nc\none"


def test_a_late_or_repeated_request_changes_nothing(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    tab.save("a")
    tab.save("a b")
    late = songs.save(ID, Save(0, "client-1", 1, Document.of("T", "a")))
    assert (late.status, late.revision, now(songs)) == ("saved", 2, "a b")


def test_a_repeated_request_whose_text_was_merged_gets_the_merged_text(songs: Songs) -> None:
    one = Tab(songs, "client-1")
    one.save("a\nb\nc")
    two = Tab(songs, "client-2", one.base)
    one.save("a\nb\nc\none")
    two.save("two\na\nb\nc", lost=True)
    again = songs.save(ID, Save(two.base, "client-2", two.sequence, Document.of("T", "two\na\nb\nc")))
    assert again.status == "merged" and again.document is not None
    assert again.document.text == now(songs) == "two\na\nb\nc\none"


def test_a_base_that_is_long_forgotten_becomes_a_branch(songs: Songs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "REVISIONS", 10)
    one = Tab(songs, "client-1")
    one.save("a")
    for n in range(40):
        one.save(f"a {n}")
    saved = songs.save(ID, Save(2, "client-2", 1, Document.of("T", "b")))
    assert saved.branch is not None and songs.version(ID, saved.branch.id)[1].text == "b"


def test_a_tab_that_slept_still_merges_with_what_it_wrote_last(songs: Songs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "REVISIONS", 10)
    one, two = Tab(songs, "client-1"), Tab(songs, "client-2")
    one.save("a\nb")
    two.base = one.base
    two.save("a\nb\nc")
    one.base, one.text = 2, "a\nb\nc"
    for n in range(40):
        one.save(f"a {n}\nb\nc")
    assert two.save("a\nb\nc\nafter the night").status == "merged"
    assert now(songs).endswith("\nb\nc\nafter the night")


def test_a_song_that_was_deleted_for_good_is_not_made_again(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    tab.save("a")
    songs.trash(ID)
    songs.delete(ID)
    with pytest.raises(UnknownName, match="deleted for good"):
        tab.save("a b")


def test_writing_to_a_song_takes_it_out_of_the_trash(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    tab.save("a")
    songs.trash(ID)
    assert tab.save("a b").restored and songs.counts() == (1, 0)


def test_undo_history_belongs_to_one_revision(songs: Songs) -> None:
    tab = Tab(songs, "client-1")
    assert tab.save("a", history="[1]").history
    assert songs.song(ID).history == "[1]"
    assert not tab.save("a b").history
    assert songs.song(ID).history is None
    assert not tab.save("a b c", history="x" * (saving.HISTORY + 1)).history
    assert now(songs) == "a b c"


def test_versions_are_kept_by_themselves_while_somebody_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "AUTOS", 4)
    time = datetime(2026, 1, 1, tzinfo=UTC)
    songs = Songs(tmp_path, clock=lambda: time)
    tab = Tab(songs, "client-1")
    for minute in range(1, 80):
        time += timedelta(minutes=1)
        tab.save(f"line {minute}")
    autos = songs.versions(ID)
    assert {v.kind for v in autos} == {AUTO} and len(autos) == saving.AUTOS
    gaps = {b.revision - a.revision for a, b in zip(autos[1:], autos, strict=False)}
    assert gaps == {10}
    songs.close()


def test_fifty_writers_at_once_lose_nothing(songs: Songs) -> None:
    first = Tab(songs, "client-0")
    first.save("\n".join(f"line {n}" for n in range(50)))
    chance = random.Random(1)
    shifts = [chance.randrange(3) for _ in range(50)]

    def write(writer: int) -> None:
        """Each changes its own line, puts in another, and fights over the first with everybody."""
        tab = Tab(songs, f"writer-{writer:03}", first.base)
        lines = [f"line {n}" for n in range(50)]
        lines[writer] = f"line {writer} by {writer}"
        tab.save("\n".join(lines))
        lines = tab.text.split("\n")
        place = lines.index(f"line {writer} by {writer}") + 1
        tab.save("\n".join([*lines[:place], f"new {writer}", *lines[place:]]))
        if shifts[writer] == 0:
            lines = tab.text.split("\n")
            tab.save("\n".join([f"first of {writer}", *lines[1:]]))

    with ThreadPoolExecutor(50) as crowd:
        list(crowd.map(write, range(1, 50)))
    lines = now(songs).split("\n")
    for writer in range(1, 50):
        assert lines.count(f"line {writer} by {writer}") == 1 and lines.count(f"new {writer}") == 1
    kept = now(songs) + "".join(songs.version(ID, v.id)[1].text + "\n" for v in songs.versions(ID))
    fights = [writer for writer in range(1, 50) if shifts[writer] == 0]
    everything = kept + "".join(_revisions(songs))
    assert all(f"first of {writer}\n" in everything for writer in fights)


def test_a_song_that_rests_keeps_its_last_revision_only(tmp_path: Path) -> None:
    time = datetime(2026, 1, 1, tzinfo=UTC)
    songs = Songs(tmp_path, clock=lambda: time)
    tab = Tab(songs, "client-1")
    for n in range(5):
        tab.save(f"a {n}")
    songs.tidy()
    assert len(_revisions(songs)) == 5
    time += timedelta(days=15)
    songs.tidy()
    assert _revisions(songs) == ["a 4\n"] and tab.save("a 4 again").status == "saved"
    songs.close()


def _revisions(songs: Songs) -> list[str]:
    """Every text that was ever the song."""
    with songs._database.read() as connection:
        rows = connection.execute("SELECT document FROM revisions")
        return [Document.unpacked(row["document"]).text + "\n" for row in rows]


def test_two_programs_may_write_the_same_file(tmp_path: Path) -> None:
    one, two = Songs(tmp_path), Songs(tmp_path)
    tab = Tab(one, "client-1")
    tab.save("a\nb")
    assert Tab(two, "client-2", tab.base).save("a\nb\nc").status == "saved"
    assert tab.save("0\na\nb").status == "merged" and now(two) == "0\na\nb\nc"
    one.close()
    two.close()


def test_lines_keep_who_wrote_them(songs: Songs) -> None:
    text = Document("T", (Line("a"), Line("b", "suggested")), "ABAB", {"fire": "2"}, (Line("p"),))
    songs.save(ID, Save(0, "client-1", 1, text))
    assert songs.song(ID).document == text
