"""The server as a browser meets it: routes, refusals, limits, files, streams."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from quatrain.errors import NothingFits
from quatrain.evaluate import blind
from quatrain.notepad import guard, table
from quatrain.notepad.desk import Desk
from quatrain.notepad.engine import wished
from quatrain.notepad.interface.route import BODY
from quatrain.text import rhyme
from quatrain.text.lexicon import Table
from quatrain.wishes import Suggestion, Wishes

from .conftest import VERSE


def put(page: httpx.Client, song: str, text: str, base: int = 0, sequence: int = 1, **more: Any) -> httpx.Response:
    lines = [{"text": line} for line in text.split("\n")]
    body = {"base": base, "client": "client-1", "sequence": sequence, "document": {"title": "T", "lines": lines}}
    return page.put(f"/api/songs/{song}", json=body | more)


def fault(answer: httpx.Response) -> str:
    """The code of an error, which always comes with a sentence."""
    error = answer.json()["error"]
    assert error["message"].endswith((".", ")"))
    return error["code"]


# ------------------------------------------------------------------------------------------------------------ who may


def test_only_the_page_may_ask(client: httpx.Client) -> None:
    assert client.get("/api/state").status_code == 200
    for headers in (
        {"X-Quatrain-Token": ""},
        {"X-Quatrain-Token": "x" * 64},
        {"Host": "evil.example"},
        {"Host": f"evil.example:{client.base_url.port}"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{client.base_url.port}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
    ):
        answer = client.get("/api/state", headers=headers)
        assert (answer.status_code, fault(answer)) == (403, "forbidden"), headers
    own = {"Origin": f"http://127.0.0.1:{client.base_url.port}", "Sec-Fetch-Site": "same-origin"}
    assert client.get("/api/state", headers=own).status_code == 200


def test_the_page_is_shown_to_who_was_shown_the_address(client: httpx.Client, desk: Desk, tmp_path: Path) -> None:
    desk.page = tmp_path
    (tmp_path / "index.html").write_text('<meta content="__QUATRAIN_TOKEN__"><meta content="__QUATRAIN_NONCE__">')
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "page-hKnWCJZu.js").write_text("1")
    (tmp_path.parent / "secret.txt").write_text("secret")
    client.cookies.clear()
    assert client.get("/").status_code == 403 and "__QUATRAIN" not in client.get("/").text
    assert client.get("/?key=wrong").status_code == 403
    answer = client.get(f"/?key={desk.key}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    page = client.get("/song/abc")
    assert desk.token in page.text and "__QUATRAIN" not in page.text
    assert desk.key not in page.text
    nonces = {client.get("/").text.split('"')[3] for _ in range(3)}
    assert len(nonces) == 3 and f"'nonce-{page.text.split(chr(34))[3]}'" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    script = client.get("/assets/page-hKnWCJZu.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/index.html"):
        assert client.get(path).status_code == 404, path
    client.cookies.clear()


def test_every_answer_has_the_headers_of_a_careful_server(client: httpx.Client) -> None:
    for path in ("/api/state", "/nothing.js", "/api/nothing", "/"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == guard.policy()
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers


# -------------------------------------------------------------------------------------------------------------- songs


def test_a_song_from_first_key_to_last(client: httpx.Client) -> None:
    song = "a" * 32
    assert put(client, song, "a\nb", history="[]").json()["history"] is True
    assert client.get(f"/api/songs/{song}").json()["history"] == "[]"
    version = client.post(f"/api/songs/{song}/versions", json={"name": "First"})
    assert version.status_code == 201
    assert put(client, song, "a\nb\nc", 1, 2).json()["revision"] == 2
    merged = put(client, song, "0\na2\nb", 1, 1, client="client-2")
    assert merged.json()["status"] == "merged"
    assert [line["text"] for line in merged.json()["document"]["lines"]] == ["0", "a2", "b", "c"]
    conflict = put(client, song, "x\nb", 1, 1, client="client-3")
    assert conflict.status_code == 409 and fault(conflict) == "conflict"
    assert conflict.json()["branch"]["kind"] == "branch" and conflict.json()["revision"] == 3
    diff = client.get(f"/api/songs/{song}/diff", params={"from": version.json()["id"]}).json()
    changed = [(one["op"], one["text"]) for one in diff["lines"]]
    assert changed == [("remove", "a"), ("add", "0"), ("add", "a2"), ("same", "b"), ("add", "c")]
    assert (diff["added"], diff["removed"]) == (3, 1)
    restored = client.post(f"/api/songs/{song}/versions/{version.json()['id']}/restore").json()
    assert [line["text"] for line in restored["document"]["lines"]] == ["a", "b"]
    assert {one["id"] for one in client.get("/api/songs?q=b").json()["songs"]} == {song}
    assert fault(client.delete(f"/api/trash/{song}")) == "conflict"
    assert client.delete(f"/api/songs/{song}").json()["trashed"]
    assert client.delete(f"/api/trash/{song}").json() == {"deleted": 1, "kept_aside": []}
    assert fault(put(client, song, "late", 5, 9)) == "unknown"


def test_files_go_out_and_come_in(client: httpx.Client) -> None:
    song = client.post("/api/songs", json={"document": VERSE.plain()}).json()["id"]
    for form, media in (("txt", "text/plain"), ("docx", "application/vnd"), ("pdf", "application/pdf")):
        answer = client.get(f"/api/songs/{song}/export/{form}")
        assert answer.headers["content-type"].startswith(media)
        assert f"The Gate.{form}" in answer.headers["content-disposition"]
        assert client.post(f"/api/export/{form}", json={"document": VERSE.plain()}).status_code == 200
    everything = client.get("/api/export").content
    arrived = client.post("/api/import", params={"name": "songs.json"}, content=everything)
    assert arrived.status_code == 201 and any(card["title"] == "The Gate" for card in arrived.json()["songs"])
    copy = client.get(f"/api/songs/{arrived.json()['songs'][-1]['id']}").json()
    assert copy["document"] == VERSE.plain()
    odd = client.post("/api/export/txt", json={"document": {"title": 'Ž"\r\nX: 1', "lines": []}})
    assert odd.headers["content-disposition"].isascii() and "x" not in odd.headers


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/nothing", None, 404, "unknown"),
        ("PATCH", "/api/state", None, 405, "method"),
        ("GET", f"/api/songs/{'f' * 32}", None, 404, "unknown"),
        ("GET", "/api/songs/..%2f..%2fetc", None, 404, "unknown"),
        ("GET", "/api/songs/A", None, 404, "unknown"),
        ("GET", "/api/songs?limit=0", None, 422, "bad_request"),
        ("GET", "/api/songs?limit=1e9", None, 422, "bad_request"),
        ("GET", "/api/songs?colour=red", None, 422, "bad_request"),
        ("POST", "/api/songs", b"{", 422, "bad_request"),
        ("POST", "/api/songs", b"[" * 50_000, 422, "bad_request"),
        ("POST", "/api/songs", b"\xff", 422, "bad_request"),
        ("POST", "/api/songs", b'{"document": {"title": "x"}}', 422, "bad_request"),
        ("POST", "/api/songs", b'{"document": 1e999}', 422, "bad_request"),
        ("GET", "/api/rhymes?word=two+words", None, 422, "bad_request"),
        ("GET", "/api/rhymes?word=gate&kinds=loud", None, 422, "bad_request"),
        ("GET", "/api/rhymes", None, 422, "bad_request"),
        ("POST", "/api/import?name=x.png", b"\0\0", 422, "bad_request"),
        ("DELETE", "/api/voices/A.B", None, 404, "unknown"),
        ("GET", f"/api/jobs/{'f' * 32}", None, 404, "unknown"),
    ],
)
def test_what_does_not_fit_gets_a_sentence(
    client: httpx.Client, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    media = "application/octet-stream" if "import" in path else "application/json"
    answer = client.request(method, path, content=body, headers={"Content-Type": media} if body else {})
    assert (answer.status_code, fault(answer)) == (status, code), answer.text


def test_a_form_of_another_site_is_not_json(client: httpx.Client) -> None:
    answer = client.post("/api/songs", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, fault(answer)) == (415, "media")


def test_large_bodies_are_refused_declared_or_not(client: httpx.Client) -> None:
    def drops() -> Iterator[bytes]:
        for _ in range(BODY // 100_000 + 2):
            yield b" " * 100_000

    headers = {"Content-Type": "application/json"}
    assert fault(client.post("/api/songs", content=b" " * (BODY + 1), headers=headers)) == "too_large"
    assert fault(client.post("/api/songs", content=drops(), headers=headers)) == "too_large"


def test_a_mistake_of_ours_is_said_and_nothing_else(
    client: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inner thing")

    monkeypatch.setattr(desk.songs, "shelf", broken)
    answer = client.get("/api/songs")
    assert (answer.status_code, fault(answer)) == (500, "internal") and "secret" not in answer.text


# -------------------------------------------------------------------------------------------------------------- words


def test_the_first_table_is_the_lexicon_and_is_sent_once(client: httpx.Client) -> None:
    answer = client.get("/api/table/lexicon")
    assert Table(answer.content).entry("gate") and len(Table(answer.content)) > 200_000
    again = client.get("/api/table/lexicon", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_second_table_is_said_to_be_made(client: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/api/table/endings").content == b"made"
    asked: list[Path] = []
    monkeypatch.setattr(table, "keep_aside", asked.append)
    monkeypatch.setattr(desk, "cache", desk.cache / "other")
    monkeypatch.setattr(desk, "_endings", None)
    answer = client.get("/api/table/endings")
    assert (answer.status_code, fault(answer)) == (503, "not_ready")
    assert asked == [desk.cache]


def test_words_sound_as_the_songwriter_says(client: httpx.Client) -> None:
    asked = {"words": ["fire", "skrrt", "o'er", "!", "gate"], "overrides": {"fire": "2", "gate": "x y", "sky": ""}}
    answer = client.post("/api/sound", json=asked).json()
    assert answer["words"]["fire"] == {"readings": ["F AY1 R", "F AY1 ER0"], "found": "yours", "syllables": [2]}
    assert answer["words"]["skrrt"]["found"] == "guess" and "!" not in answer["words"]
    assert set(answer["problems"]) == {"gate", "sky"}


def test_rhymes_come_by_kind_and_length(client: httpx.Client) -> None:
    groups = client.get("/api/rhymes", params={"word": "Gate,", "kinds": "perfect", "limit": 5}).json()["groups"]
    assert [group["syllables"] for group in groups] == sorted(group["syllables"] for group in groups)
    for group in groups:
        assert group["kind"] == "perfect" and 0 < len(group["words"]) <= 5
        for word in group["words"]:
            assert word["syllables"] == group["syllables"]
            assert rhyme.compare("gate", word["word"]).kind == "perfect"
    (only,) = client.get("/api/rhymes", params={"word": "gate", "kinds": "perfect", "syllables": 2}).json()["groups"]
    assert only["syllables"] == 2


def test_synonyms_have_the_form_of_the_word_where_it_stands(client: httpx.Client) -> None:
    asked = {"word": "walked", "line": "She [Am]walked along the river", "place": 1}
    answer = client.get("/api/synonyms", params=asked).json()
    words = {word["word"]: word for group in answer["groups"] for word in group["words"]}
    assert answer["tag"] == "VBD" and words["strolled"]["same_metre"] and words["strolled"]["syllables"] == 1
    assert client.get("/api/synonyms", params={"word": "the"}).json()["groups"] == []
    assert client.get("/api/synonyms", params=asked | {"place": 40}).json()["tag"] == ""


# ---------------------------------------------------------------------------------------------------------- the engine


class SmallWriter:
    """Writes what it is told."""

    def __init__(self, lines: list[str] | Exception, slow: float = 0.0) -> None:
        self.lines, self.slow, self.told, self.asked = lines, slow, 0, None

    def suggest(self, draft: list[str], wishes: Wishes) -> Iterator[Suggestion]:
        self.asked = (draft, wishes)
        if isinstance(self.lines, Exception):
            raise self.lines
        for line in self.lines:
            time.sleep(self.slow)
            self.told += 1
            yield Suggestion(line, tuple(line.split()), ("NN",), 8, 1, rhyme.Kind.PERFECT, (), 0.5, ("8 syllables",))


@pytest.fixture()
def write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a writer into the engine."""

    def put_in(writer: SmallWriter) -> SmallWriter:
        monkeypatch.setattr(desk.engine, "missing", lambda: "")
        monkeypatch.setattr(desk.engine, "_loaded", lambda tell: writer)
        return writer

    return put_in


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in answer.text.split("\n\n") if block and not block.startswith(":")]
    return [(head.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for head, data in blocks]


def test_without_an_engine_there_are_no_made_up_lines(
    client: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.engine, "missing", lambda: "There is no voice yet.")
    answer = client.post("/api/suggest", json={"draft": ["a"]})
    assert (answer.status_code, fault(answer)) == (503, "not_ready")
    assert client.get("/api/state").json()["engine"] == {"ready": False, "message": "There is no voice yet."}


def test_lines_stream_in(client: httpx.Client, write: Any) -> None:
    writer = write(SmallWriter(["one line", "two lines"]))
    wishes = {"scheme": "ABAB", "kinds": ["perfect", "family"], "filters": {"names": False}, "seed": 7, "end": None}
    answer = client.post("/api/suggest", json={"draft": ["I [Am]left", "[Chorus]"], "wishes": wishes})
    assert answer.headers["content-type"].startswith("text/event-stream")
    (first, one), (_, _), (last, done) = events(answer)
    assert (first, one["text"], one["rhyme"], one["reasons"]) == ("suggestion", "one line", "perfect", ["8 syllables"])
    assert last == "done" and (done["count"], done["seed"]) == (2, 7)
    draft, asked = writer.asked
    assert draft == ["I left", "[Chorus]"]
    assert asked == wished(wishes)
    assert asked.kinds == (rhyme.Kind.PERFECT, rhyme.Kind.FAMILY) and not asked.filters.names


def test_the_voice_may_be_loaded_before_it_is_asked(client: httpx.Client, desk: Desk, write: Any) -> None:
    write(SmallWriter([]))
    assert client.post("/api/warm").json() == {"ready": True, "message": "Ready."}


def test_what_fits_nothing_is_said(client: httpx.Client, write: Any) -> None:
    write(SmallWriter(NothingFits("Relax the rhyme.")))
    assert events(client.post("/api/suggest", json={"draft": []})) == [
        ("failed", {"code": "nothing_fits", "message": "Relax the rhyme."})
    ]
    write(SmallWriter(ZeroDivisionError("x")))
    ((name, failure),) = events(client.post("/api/suggest", json={"draft": []}))
    assert (name, failure["code"]) == ("failed", "internal")
    answer = client.post("/api/suggest", json={"draft": [], "wishes": {"syllables": 21}})
    assert (answer.status_code, fault(answer)) == (422, "bad_request")


def test_nobody_waits_so_it_stops(client: httpx.Client, write: Any) -> None:
    writer = write(SmallWriter(["a line"] * 100, slow=0.05))
    with client.stream("POST", "/api/suggest", json={"draft": []}) as answer:
        for chunk in answer.iter_text():
            assert chunk.startswith("event: suggestion")
            break
    other = write(SmallWriter(["other"]))
    assert events(client.post("/api/suggest", json={"draft": []}))[0][1]["text"] == "other"
    assert writer.told < 50 and other.told == 1


def test_the_blind_page_says_what_it_needs(client: httpx.Client, desk: Desk) -> None:
    assert client.get("/blind/").status_code == 403
    answer = client.get("/blind/", headers={"Cookie": f"quatrain={desk.cookie}"})
    assert (answer.status_code, fault(answer)) == (503, "not_ready")


def test_the_blind_page_is_mounted_when_there_is_a_study(client: httpx.Client, desk: Desk) -> None:
    pair = blind.Pair("p1", "prompt", ("The lamp is low",), ("truth", "base"), ("One line", "Other line"))
    blind.Study((pair,), 1, {}).save(desk.songs.folder / "blind" / "study.json")
    invited = {"Cookie": f"quatrain={desk.cookie}", "X-Quatrain-Token": ""}
    page = client.get("/blind/", headers=invited)
    assert page.status_code == 200 and "'sha256-" in page.headers["content-security-policy"]
    assert client.get("/blind", headers=invited).headers["location"] == "/blind/"
    shown = client.get("/blind/api/pair", params={"rater": "Ann"}, headers=invited).json()
    assert set(shown["lines"]) == {"One line", "Other line"}
    vote = {"rater": "Ann", "pair": shown["pair"], "choice": "first", "milliseconds": 900}
    assert client.post("/blind/api/vote", json=vote, headers=invited).json() == {"done": 1, "total": 1}
    assert client.post("/blind/api/vote", json=vote).status_code == 403
    assert len((desk.songs.folder / "blind" / "votes.jsonl").read_text().splitlines()) == 1
