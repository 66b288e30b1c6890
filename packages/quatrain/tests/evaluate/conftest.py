"""A corpus made of the committed prompts (public-domain verse), and systems that need no model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from quatrain.evaluate import prompts
from quatrain.text import cache
from quatrain.text.corpus import Document, Form, Part
from quatrain.text.words import words
from quatrain.wishes import Wishes


@pytest.fixture(scope="session")
def form_prompts():
    return prompts.load("form")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory, form_prompts):
    """Held-out verse: a document for each source, its prompts as stanzas; and one training document."""
    folder = tmp_path_factory.mktemp("corpus")
    by_source: dict[str, list[str]] = {}
    for prompt in form_prompts:
        by_source.setdefault(prompt.source, []).extend(["", *prompt.draft, prompt.next])
    documents = [Document(name, Form.VERSE, tuple(lines), Part.TEST) for name, lines in by_source.items()]
    learned = ("I left my coat beside the garden gate", "And wandered down the river, it was late;")
    documents.append(Document("learned", Form.VERSE, learned, Part.TRAIN))
    cache.build("verse", documents, folder)
    return cache.load("verse", folder)


class Echo:
    """A system that gives the draft's last line, its end word replaced, and remembers what it was asked."""

    def __init__(self, ends: Sequence[str] = ("sea", "sky", "stone")) -> None:
        self.ends, self.asked = tuple(ends), []

    def __call__(self, draft: Sequence[str], wishes: Wishes, seed: int) -> Iterator[str]:
        self.asked.append((tuple(draft), wishes, seed))
        for end in self.ends[: wishes.count]:
            yield " ".join([*words(draft[-1])[:-1], end])


@pytest.fixture
def echo():
    return Echo()
