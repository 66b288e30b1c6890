"""Kill the server at random moments of autosave, again and again, and see what is left.

    python packages/quatrain/tests/notepad/kill.py 200

A real server in a process of its own; a typist who behaves as the page does: one save in flight, begun 0.25 s after the
first key that is not saved. Every round ends with SIGKILL; the server is started again, and the song is compared with
what was typed. In every other round the page lives on and saves again what it still has; else it is loaded anew.
"""

from __future__ import annotations

import json
import random
import secrets
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from quatrain.notepad.desk import KEY, derived

DELAY = 0.25
START = """
import sys
from pathlib import Path
from quatrain.notepad.open import serve
serve(int(sys.argv[1]), False, Path(sys.argv[2]))
"""
WORDS = ("I", "left", "my", "coat", "beside", "the", "garden", "gate", "and", "never", "saw", "the", "river", "rise")


@dataclass
class Typist:
    """A page: what was typed when, what the server said it kept."""

    song: str
    client: str = field(default_factory=lambda: secrets.token_hex(8))
    base: int = 0
    sequence: int = 0
    text: str = ""
    kept: str = ""
    keys: list[tuple[float, str]] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def save(self, client: httpx.Client) -> None:
        text = self.text
        self.sequence += 1
        body = {
            "base": self.base, "client": self.client, "sequence": self.sequence,
            "document": {"title": "Kill", "lines": [{"text": line} for line in text.split("\n")]},
        }  # fmt: skip
        began = time.monotonic()
        answer = client.put(f"/api/songs/{self.song}", json=body)
        self.latencies.append(time.monotonic() - began)
        assert answer.status_code == 200 and answer.json()["status"] == "saved", answer.text
        self.base, self.kept = answer.json()["revision"], text

    def type(self, chance: random.Random) -> None:
        while not self.stop.is_set():
            self.text += chance.choice([" ", "\n"]) + chance.choice(WORDS)
            self.keys.append((time.monotonic(), self.text))
            time.sleep(chance.uniform(0.005, 0.06))

    def autosave(self, client: httpx.Client) -> None:
        while not self.stop.is_set():
            if self.text == self.kept:
                time.sleep(0.005)
                continue
            time.sleep(DELAY)
            try:
                self.save(client)
            except httpx.HTTPError:
                return  # the server is gone; the page would try again


def start(folder: Path, port: int = 0) -> tuple[subprocess.Popen[str], httpx.Client]:
    """A server and a client for it."""
    server = subprocess.Popen([sys.executable, "-c", START, str(port), str(folder)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = server.stdout.readline().split()[-1].partition("/?")[0]
    token = derived((folder / KEY).read_text().strip(), "token")
    client = httpx.Client(base_url=address, headers={"X-Quatrain-Token": token}, trust_env=False, timeout=60)
    client.get("/api/state").raise_for_status()
    return server, client


def rounds(count: int, folder: Path, seed: int = 1) -> dict[str, float | int]:
    """So many kills; fails when something that was answered is lost.

    Returns:
        Rounds, songs, keys, the most seconds of typing that were lost, the most keys, and the time of a save.
    """
    chance, songs = random.Random(seed), list[Typist]()
    lost_seconds, lost_keys, keys, latencies = [0.0], [0], 0, list[float]()
    server, client = start(folder)
    for number in range(count):
        page = songs[-1] if songs and number % 5 else Typist(secrets.token_hex(16))
        if page not in songs:
            songs.append(page)
        page.stop, page.keys = threading.Event(), []
        threads = [
            threading.Thread(target=page.type, args=(random.Random(chance.random()),)),
            threading.Thread(target=page.autosave, args=(client,)),
        ]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.05, 1.5))
        server.kill()
        killed = time.monotonic()
        page.stop.set()
        for thread in threads:
            thread.join()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
        client.close()
        server, client = start(folder)
        stored = _stored(client, page.song)
        typed = ["", page.kept, *(text for _, text in page.keys)]
        assert stored in typed, "the server has something that was never typed"
        assert len(stored) >= len(page.kept), "something is lost that the server had answered"
        missing = [at for at, text in page.keys if len(text) > len(stored) and at <= killed]
        lost_seconds.append(killed - min(missing, default=killed))
        lost_keys.append(len(missing))
        keys, latencies = keys + len(page.keys), latencies + page.latencies
        page.latencies = []
        if number % 2:  # the page is still open: it has everything
            page.save(client)
        else:
            page.client, page.sequence = secrets.token_hex(8), 0
            page.base, page.text, page.kept = _revision(client, page.song), stored, stored
        for song in songs:
            assert _stored(client, song.song) == song.kept
    versions = [client.get(f"/api/songs/{song.song}/versions").json()["versions"] for song in songs]
    assert not any(version["kind"] == "branch" for listed in versions for version in listed)
    server.kill()
    server.wait()
    assert server.stdout is not None
    server.stdout.close()
    client.close()
    latencies.sort()
    return {
        "rounds": count, "songs": len(songs), "keys": keys, "most_seconds_lost": round(max(lost_seconds), 3),
        "most_keys_lost": max(lost_keys), "saves": len(latencies),
        "save_ms_median": round(1000 * latencies[len(latencies) // 2], 1) if latencies else 0.0,
        "save_ms_p95": round(1000 * latencies[int(len(latencies) * 0.95)], 1) if latencies else 0.0,
    }  # fmt: skip


def _stored(client: httpx.Client, song: str) -> str:
    answer = client.get(f"/api/songs/{song}")
    if answer.status_code == 404:  # killed before the first save
        return ""
    return "\n".join(line["text"] for line in answer.json()["document"]["lines"])


def _revision(client: httpx.Client, song: str) -> int:
    answer = client.get(f"/api/songs/{song}")
    return 0 if answer.status_code == 404 else answer.json()["revision"]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(rounds(int(sys.argv[1]) if len(sys.argv) > 1 else 200, Path(place))))
