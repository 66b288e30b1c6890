"""The page: blind, local, resumable; bad requests get a sentence."""

import asyncio
import re
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from quatrain.errors import BadSetting
from quatrain.evaluate import blind, page, prompts, running
from quatrain.evaluate.blind import Votes

PEOPLE = prompts.load("people")[:6]
BASE = "http://127.0.0.1:8000"


class Browser:
    """Asks an app without a network in between."""

    def __init__(self, app) -> None:
        self._app = app

    def _ask(self, method, path, **more):
        async def ask():
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE, follow_redirects=True) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def get(self, path, **more):
        return self._ask("GET", path, **more)

    def post(self, path, **more):
        return self._ask("POST", path, **more)


@pytest.fixture(scope="module")
def study():
    own = [running.Reply(prompt.id, (running.Answer(f"we saw {prompt.next}"),)) for prompt in PEOPLE]
    return blind.study(PEOPLE, {"masks": own, "truth": running.truth(PEOPLE)}, [("masks", "truth")])


@pytest.fixture
def votes(tmp_path):
    return Votes(tmp_path / "votes.jsonl")


@pytest.fixture
def client(study, votes):
    return Browser(page.app(study, votes))


def pair(client, rater="ann", **more):
    return client.get("/api/pair", params={"rater": rater, **more})


def choose(client, pair_id, choice="first", rater="ann", **more):
    return client.post("/api/vote", json={"rater": rater, "pair": pair_id, "choice": choice, **more})


def test_a_whole_session(client, study, votes):
    turns = study.session("ann")
    for number, turn in enumerate(turns, 1):
        found = pair(client).json()
        assert (found["number"], found["done"], found["total"]) == (number, number - 1, len(turns))
        assert tuple(found["lines"]) == turn.lines and tuple(found["before"]) == turn.pair.before
        answer = choose(client, found["pair"], ("first", "second", "neither")[number % 3], milliseconds=1234)
        assert answer.status_code == 200 and answer.json()["done"] == number
        kept = votes.read()[-1]
        assert (kept.first, kept.second) == turn.systems and (kept.kind, kept.milliseconds) == ("person", 1234)
        assert kept.at.endswith("+00:00")
    assert pair(client).json() == {"done": len(turns), "total": len(turns), "finished": True}


def test_nothing_says_who_wrote_a_line(client, study):
    text = "".join(pair(client, number=number).text for number in range(1, len(study.pairs) + 1))
    assert not any(name in text for name in ("masks", "truth", "shuffled", "system"))
    assert set(pair(client).json()) == {"done", "total", "finished", "number", "pair", "before", "lines", "choice"}


def test_going_back_and_changing_ones_mind(client, votes):
    first = pair(client).json()["pair"]
    choose(client, first, "first")
    assert pair(client).json()["number"] == 2
    again = pair(client, number=1).json()
    assert (again["pair"], again["choice"]) == (first, "first")
    assert choose(client, first, "second").json()["done"] == 1
    assert [vote.choice for vote in votes.read()] == ["second"] and len(votes.path.read_text().splitlines()) == 2


def test_another_server_goes_on(client, study, votes):
    choose(client, pair(client).json()["pair"])
    other = Browser(page.app(study, Votes(votes.path)))
    assert pair(other).json()["number"] == 2
    assert pair(other, rater="  ann ").json()["number"] == 2
    assert pair(other, rater="bob").json()["number"] == 1


@pytest.mark.parametrize("rater", ["", " ", "<script>", "x" * 41, "../../etc", "a\nb\0"])
def test_names_that_are_none(client, rater):
    answer = pair(client, rater=rater)
    assert answer.status_code == 400 and "Give a name" in answer.json()["error"]


@pytest.mark.parametrize(("number", "status"), [("999", 404), ("-1", 400), ("1e3", 400), ("²", 400), ("9" * 99, 400)])
def test_numbers_that_are_none(client, number, status):
    assert pair(client, number=number).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[1]", 400),
        (b"[" * 4000, 400),
        (b"\xff\xfe", 400),
        (b"{}", 400),
        (b'{"rater": "ann", "pair": "none", "choice": "first"}', 400),
        (b'{"rater": ["ann"], "pair": 1, "choice": {}}', 400),
        (b" " * 5000, 413),
    ],
)
def test_votes_that_are_none(client, votes, body, status):
    answer = client.post("/api/vote", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status and answer.json()["error"].endswith((".", "yours."))
    assert votes.read() == []


@pytest.mark.parametrize("choice", ["left", "", None, 1, ["first"]])
def test_choices_that_are_none(client, votes, choice):
    assert choose(client, pair(client).json()["pair"], choice).status_code == 400 and votes.read() == []


@pytest.mark.parametrize("time", [-1, "soon", None, 1e300, True])
def test_odd_times_do_not_cost_the_vote(client, votes, time):
    assert choose(client, pair(client).json()["pair"], milliseconds=time).status_code == 200
    assert votes.read()[0].milliseconds in (0, 1)


def test_other_pages_and_other_names_of_this_computer_are_refused(client, votes):
    body = {"rater": "ann", "pair": pair(client).json()["pair"], "choice": "first"}
    for headers, status in (
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"host": "evil.example"}, 400),
    ):
        assert client.post("/api/vote", json=body, headers=headers).status_code == status
    assert votes.read() == []
    assert client.post("/api/vote", json=body, headers={"origin": BASE}).status_code == 200


def test_a_full_disk_is_said_and_the_page_can_try_again(client, votes):
    wanted = pair(client).json()["pair"]
    votes.path.mkdir()
    answer = choose(client, wanted)
    assert answer.status_code == 500 and "cannot be" in answer.json()["error"]
    votes.path.rmdir()
    assert choose(client, wanted).status_code == 200


def test_the_page_is_whole_and_asks_nobody(client):
    answer = client.get("/")
    text = answer.text
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text), "no address of the network in it"
    assert not re.search(r"\son\w+=|\sstyle=|<script[^>]+>|<style[^>]+>", text), "what the policy would stop"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and policy.count("sha256-") == 2 and "unsafe" not in policy
    assert "innerHTML" not in text
    for name in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', text):
        assert f'id="{name}"' in text
    assert '<html lang="en">' in text and 'role="alert"' in text and 'aria-live="polite"' in text


def test_mounted_in_another_app(study, votes):
    client = Browser(Starlette(routes=[Mount("/blind", page.app(study, votes))]))
    assert client.get("/blind").url.path == "/blind/", "so that relative addresses are right"
    assert client.get("/blind/api/pair", params={"rater": "ann"}).json()["number"] == 1
    assert 'ask("api/' in page.html(), "addresses in the page are relative"


def test_a_port_that_is_taken(study, votes):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadSetting, match="Give another one"):
            page.serve(study, votes, taken.getsockname()[1])
    with pytest.raises(BadSetting, match="Give another one"):
        page.serve(study, votes, 70_000)
