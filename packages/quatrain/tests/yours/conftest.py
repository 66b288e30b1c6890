"""Songs of one voice in a folder, and a place of their own for voices."""

import random

import pytest

from quatrain.models import voice

RIDERS = ("cowboy", "rider", "drover", "rancher")
BEASTS = ("pony", "steer", "bronco", "maverick")
LANDS = ("canyon", "prairie", "mesa", "corral")
DEEDS = ("roped", "rode", "branded", "saddled")


def song(seed, lines=14):
    """Lines such as: The drover roped a maverick beside the old corral."""
    rng = random.Random(seed)
    made = []
    for _ in range(lines):
        rider, beast, land, deed = (rng.choice(words) for words in (RIDERS, BEASTS, LANDS, DEEDS))
        made.append(f"The {rider} {deed} a {beast} beside the old {land}")
    return "\n".join(made) + "\n"


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """Twelve songs."""
    folder = tmp_path_factory.mktemp("songs")
    for number in range(12):
        (folder / f"song{number:02}.txt").write_text(song(number), encoding="utf-8")
    return folder


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The folder of a songwriter's own voices, empty."""
    monkeypatch.setattr(voice, "own_folder", lambda: tmp_path / "voices")
    return tmp_path / "voices"
