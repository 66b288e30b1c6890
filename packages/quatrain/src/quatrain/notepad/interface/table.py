"""The one table of routes: the server is built from it, and so is the description of the interface."""

from __future__ import annotations

from .. import schema as s
from ..document import SCHEMA
from . import files, house, language, shapes, shelf, writing
from .route import IMPORT, VOICE, VOICE_NAME, Route

_NAMED = s.record("Named", {"name": s.text(200, 1, r"[^\r\n]*")})
_FLAG, _COUNT = s.flag(), s.whole(0, 1_000_000)
_SIDE = s.text(32, 3, "now|[a-z0-9]{16,32}", "`now` or a version")
_EXPORT = s.record("Export", {"document": SCHEMA})
_NEW = s.record("NewSong", {}, {"document": SCHEMA})
_SPEAK = s.record(
    "Speak", {"words": s.array(s.text(100, 1), 500)}, {"overrides": s.mapping(s.text(200), 1000, names=100)}
)
_WORD = s.text(100, 1, note="one word")
_NOTHING = s.record("Nothing", {})
_CHOICE = s.record("Choice", {"name": VOICE_NAME})

SONGS, VERSIONS = "/api/songs/{song}", "/api/songs/{song}/versions"
ROUTES = (
    Route("GET", "/api/state", "What the notepad can do now", house.state, {200: shapes.STATE}),
    Route("GET", "/api/songs", "The shelf", shelf.shelf, {200: shapes.SHELF}, query={
        "q": (s.text(500), ""), "trash": (_FLAG, False), "limit": (s.whole(1, 5000), 500), "offset": (_COUNT, 0)}),
    Route("POST", "/api/songs", "A new song", shelf.new, {201: shapes.SONG}, _NEW),
    Route("GET", SONGS, "A song", shelf.song, {200: shapes.SONG}),
    Route("PUT", SONGS, "Autosave", shelf.save, {200: shapes.SAVED, 409: shapes.CONFLICT}, shapes.SAVE),
    Route("DELETE", SONGS, "To the trash", shelf.trash, {200: shapes.CARD}),
    Route("POST", SONGS + "/restore", "Back from the trash", shelf.restore, {200: shapes.CARD}, _NOTHING),
    Route("DELETE", "/api/trash/{song}", "For good", shelf.delete, {200: shapes.DELETED}),
    Route("DELETE", "/api/trash", "Empty the trash", shelf.empty, {200: shapes.DELETED}),
    Route("GET", VERSIONS, "Kept states", shelf.versions, {200: shapes.VERSIONS}),
    Route("POST", VERSIONS, "Keep the present state", shelf.name_version, {201: shapes.VERSION}, _NAMED),
    Route("GET", VERSIONS + "/{version}", "A kept state", shelf.version, {200: shapes.VERSION_TEXT}),
    Route("PATCH", VERSIONS + "/{version}", "Name it", shelf.rename_version, {200: shapes.VERSION}, _NAMED),
    Route("DELETE", VERSIONS + "/{version}", "Forget it", shelf.delete_version, {200: shapes.DELETED}),
    Route("POST", VERSIONS + "/{version}/restore", "Make it the song", shelf.restore_version, {200: shapes.SONG},
          _NOTHING),
    Route("GET", SONGS + "/diff", "What changed", shelf.diff, {200: shapes.DIFF},
          query={"from": (_SIDE, "now"), "to": (_SIDE, "now")}),
    Route("GET", SONGS + "/export/{format}", "A song as a file", files.export, {200: None}),
    Route("POST", "/api/export/{format}", "A text as a file", files.export_text, {200: None}, _EXPORT),
    Route("GET", "/api/export", "Every song as a file", files.everything, {200: None}),
    Route("POST", "/api/import", "Songs from a file", files.arrive, {201: shapes.ARRIVED}, file=True, limit=IMPORT,
          query={"name": (s.text(300), "")}),
    Route("GET", "/api/table/{part}", "The browser's words", language.words, {200: None}),
    Route("POST", "/api/sound", "How words sound", language.sound, {200: shapes.SPOKEN}, _SPEAK),
    Route("GET", "/api/rhymes", "Words that rhyme", language.rhymes, {200: shapes.RHYMES}, query={
        "word": (_WORD, ""), "kinds": (s.text(200), ""), "syllables": (s.whole(0, 20), 0),
        "limit": (s.whole(1, 500), 60)}),
    Route("GET", "/api/synonyms", "Words that mean the same", language.alike, {200: shapes.SYNONYMS}, query={
        "word": (_WORD, ""), "line": (s.text(2000), ""), "place": (s.whole(0, 1000), 0)}),
    Route("POST", "/api/suggest", "The next line", writing.suggest, {200: None}, shapes.SUGGEST),
    Route("POST", "/api/warm", "Load the voice, for the first line to come soon", house.warm, {200: shapes.ENGINE}),
    Route("POST", "/api/verse", "The next lines", writing.verse, {200: None}, shapes.VERSE),
    Route("POST", "/api/rewrite", "A line or a word anew", writing.rewrite, {200: None}, shapes.REWRITE),
    Route("POST", "/api/fill", "A line with gaps", writing.fill, {200: None}, shapes.FILL),
    Route("GET", "/api/voices", "Every voice", house.voices, {200: shapes.VOICES}),
    Route("PUT", "/api/voices/current", "Let a voice write", house.choose, {200: shapes.VOICES}, _CHOICE),
    Route("POST", "/api/voices", "Make a voice", house.train, {202: shapes.JOB}, shapes.NEW_VOICE, limit=VOICE),
    Route("DELETE", "/api/voices/{voice}", "Delete a voice", house.delete_voice, {200: shapes.DELETED}),
    Route("GET", "/api/jobs/{job}", "A training", house.job, {200: shapes.JOB}),
    Route("GET", "/api/jobs/{job}/events", "A training as it goes on", house.follow, {200: None}),
    Route("DELETE", "/api/jobs/{job}", "Stop a training", house.stop, {200: shapes.JOB}),
    Route("GET", "/api/openapi.json", "This interface", house.description, {200: s.mapping({})}),
)  # fmt: skip
"""Every way in."""

STREAMS = frozenset(("/api/suggest", "/api/verse", "/api/rewrite", "/api/fill", "/api/jobs/{job}/events"))
"""Those that answer with events."""
