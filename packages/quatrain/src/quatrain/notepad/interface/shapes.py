"""What answers and bodies look like."""

from __future__ import annotations

from ...text.rhyme import Kind
from .. import schema as s
from ..cards import KINDS
from ..document import LINE, SCHEMA
from ..saving import HISTORY
from .route import NAME, VOICE_NAME

_MANY = 1 << 53
WHOLE = s.whole(0, _MANY)
WORDS = s.text(100_000)
TIME = s.text(40)
TEXT_LINE = s.text(LINE, pattern=r"[^\r\n]*")

ERROR = s.record("Error", {"error": s.record("Fault", {"code": s.text(40), "message": WORDS})})

_CARD = {
    "id": NAME, "title": s.text(300), "revision": WHOLE, "created": TIME, "updated": TIME, "trashed": s.maybe(TIME),
    "lines": WHOLE, "words": WHOLE, "opening": WORDS,
}  # fmt: skip
CARD = s.record("Card", _CARD, {"snippet": WORDS})
VERSION = s.record("Version", _VERSION := {
    "id": NAME, "song": NAME, "name": s.text(200), "kind": s.choice(*KINDS), "created": TIME, "revision": WHOLE,
    "lines": WHOLE, "words": WHOLE,
})  # fmt: skip
VERSION_TEXT = s.record("VersionText", _VERSION | {"document": SCHEMA})
SONG = s.record(
    "Song", _CARD | {"document": SCHEMA, "history": s.maybe(s.text(HISTORY)), "branches": s.array(VERSION)}
)  # fmt: skip
SHELF = s.record("Shelf", {"songs": s.array(CARD), "total": WHOLE})
VERSIONS = s.record("Versions", {"versions": s.array(VERSION)})
DELETED = s.record("Deleted", {"deleted": WHOLE}, {"kept_aside": s.array(WORDS)})
SAVE = s.record(
    "Save",
    {
        "base": s.whole(0, _MANY, "the revision that the text grew from; 0 for a new song"),
        "client": s.text(64, 8, "[A-Za-z0-9_-]{8,64}", "8 to 64 letters, digits, dashes: the page's own name"),
        "sequence": s.whole(0, _MANY, "grows with every save of this client"),
        "document": SCHEMA,
    },
    {"history": s.maybe(s.text(3 * HISTORY)), "resolves": s.maybe(NAME)},
)
SAVED = s.record(
    "Saved",
    {"status": s.choice("saved", "merged"), "revision": WHOLE, "updated": TIME}
    | {"history": s.flag(), "restored": s.flag()},
    {"document": SCHEMA},
)
CONFLICT = s.record(
    "Conflict",
    {"error": ERROR["properties"]["error"]},
    {"revision": WHOLE, "document": SCHEMA, "branch": VERSION},
)
_CHANGE = s.record("Change", {
    "op": s.choice("same", "add", "remove"), "text": s.text(LINE), "from": s.maybe(WHOLE), "to": s.maybe(WHOLE),
})  # fmt: skip
DIFF = s.record("Diff", {
    "from": WORDS, "to": WORDS, "added": WHOLE, "removed": WHOLE, "lines": s.array(_CHANGE),
})  # fmt: skip
ARRIVED = s.record("Arrived", {"songs": s.array(CARD), "notes": s.array(WORDS)})

ENTRY = s.record(
    "Entry",
    {"readings": s.array(WORDS), "found": s.choice("yours", "dictionary", "rule", "guess")},
    {"syllables": s.array(WHOLE)},
)
SPOKEN = s.record("Spoken", {"words": s.mapping(ENTRY), "problems": s.mapping(WORDS)})
_WORD = {"word": WORDS, "syllables": WHOLE, "stress": WORDS}
RHYMES = s.record("Rhymes", {"word": WORDS, "groups": s.array(s.record("Rhyming", {
    "kind": s.choice(*Kind), "label": WORDS, "syllables": WHOLE,
    "words": s.array(s.record("RhymingWord", _WORD | {"common": WHOLE})),
}))})  # fmt: skip
SYNONYMS = s.record("Synonyms", {"word": WORDS, "tag": WORDS, "groups": s.array(s.record("Sense", {
    "gloss": WORDS, "tag": WORDS, "words": s.array(s.record("Synonym", _WORD | {
        "step": s.choice("same", "narrower", "wider", "beside"), "same_metre": s.flag()})),
}))})  # fmt: skip

WISHES = s.record("Wishes", {}, {
    "scheme": s.text(32, pattern="[A-Z]*", note="letters, repeated over the section's lines"),
    "rhyme_with": s.maybe(s.whole(1, 20_000)), "like": s.maybe(s.whole(1, 20_000)),
    "syllables": s.maybe(s.whole(1, 20)), "end": s.maybe(s.text(60, 1)), "words": s.array(s.text(60, 1), 20),
    "kinds": s.array(s.choice("perfect", "feminine", "rich", "family", "consonance", "last syllable", "assonance"), 7),
    "filters": s.record("Filters", {}, {name: s.flag() for name in ("archaic", "dialect", "profane", "names")}),
    "count": s.whole(1, 40), "seed": s.whole(0, 2**31 - 1), "strict": s.flag(), "running_on": s.flag(),
})  # fmt: skip
DRAFT = s.array(TEXT_LINE, 20_000)
SUGGEST = s.record("Suggest", {"draft": DRAFT}, {"wishes": WISHES})
VERSE = s.record("Verse", {"draft": DRAFT}, {"wishes": WISHES, "lines": s.whole(1, 12)})
REWRITE = s.record(
    "Rewrite", {"draft": DRAFT, "line": s.whole(1, 20_000)}, {"word": s.maybe(s.whole(0, 1000)), "wishes": WISHES}
)
FILL = s.record("Fill", {"draft": DRAFT, "pattern": s.text(400, 1, r"[^\r\n]*")}, {"wishes": WISHES})

_LIMITS = s.mapping(WHOLE)
ENGINE = s.record("Engine", {"ready": s.flag(), "message": WORDS})
STATE = s.record("State", {
    "version": WORDS, "limits": _LIMITS, "engine": ENGINE,
    "voice": WORDS, "notice": s.maybe(WORDS), "songs": WHOLE, "trashed": WHOLE, "folder": WORDS,
    "blind": s.flag(),
})  # fmt: skip
JOB = s.record("Job", {
    "id": NAME, "voice": VOICE_NAME, "state": s.choice("waiting", "running", "done", "failed", "stopped"),
    "share": s.number(0, 1), "seconds_left": s.maybe(s.number(0, 1e9)), "message": WORDS, "started": TIME,
    "log": s.array(WORDS),
})  # fmt: skip
VOICES = s.record("Voices", {
    "current": WORDS, "job": s.maybe(JOB), "voices": s.array(s.record("Voice", {
        "name": WORDS, "kind": s.choice("base", "yours"), "created": s.maybe(TIME), "bytes": WHOLE, "note": WORDS,
    })),
})  # fmt: skip
NEW_VOICE = s.record(
    "NewVoice",
    {"name": VOICE_NAME, "texts": s.array(s.record("Text", {"name": s.text(200), "text": s.text(10_000_000)}), 2000)},
    {"songs": s.array(NAME, 5000)},
)
