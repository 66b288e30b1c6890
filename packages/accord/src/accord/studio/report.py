"""The report of a run: one HTML file that needs no server, no network and no other file.

The story comes first and is told by sentences made of the numbers (`story.py`); then come the pictures (`figures.py`,
`film.py`), each with its table. All text of a result is data: it is escaped (`sections.py`), and the page's own policy
lets no script run but the one it was written with, and nothing load from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..core.errors import BadCheckpoint, StorageError
from ..experiments.store import write_whole
from . import sections, story

FORMAT = 1
"""Format of `result.json`; a newer one is refused."""

STYLES = ("report.css",)
SCRIPTS = ("charts.js", "replay.js", "report.js")


def write_report(run_folder: str | Path) -> Path:
    """Write `report.html` into a run's folder, from its `result.json` and replays.

    A section whose numbers are missing is left out; one whose numbers can't be read leaves a note in its place.

    Raises:
        StorageError: there is no result, or the report can't be written.
        BadCheckpoint: the result is damaged or of a newer format.
    """
    folder = Path(run_folder)
    path = folder / "report.html"
    write_whole(path, page(read_result(folder), folder))
    return path


def read_result(folder: Path) -> dict[str, Any]:
    """The numbers of a finished run."""
    path = folder / "result.json"
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise StorageError(f"There is no run folder {folder}. Give the folder that a run has written.") from error
        raise StorageError(
            f"There is no result.json in {folder}: the run is not finished, or this is no run folder. "
            f"Finish it with: accord resume {folder}"
        ) from error
    except OSError as error:
        raise StorageError(f"{path} could not be read ({error.strerror or error}). Mend its rights.") from error
    except ValueError as error:  # JSON and Unicode both
        raise BadCheckpoint(f"{path} is damaged ({error}). Write it again with: accord report {folder}") from error
    number = result.get("format") if isinstance(result, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadCheckpoint(f"{path} is no result of a run: it has no format number. Give a run's folder.")
    if number > FORMAT:
        raise BadCheckpoint(f"{path} has format {number}, this version reads up to {FORMAT}. Update accord.")
    return result


def page(result: dict[str, Any], folder: Path) -> str:
    """The whole page as text."""
    charts: sections.Charts = {}
    films: list[dict[str, Any]] = []
    opening = guarded("schemes", lambda: sections.opening(result, charts))
    body = [
        guarded("replays", lambda: sections.replays(result, folder, films)),
        *(guarded(part, lambda build=build: build(result, charts)) for part, build in sections.BUILDERS),
    ]
    return filled(
        title=escape(str(result.get("title") or "A run of accord")),
        version=escape(str(result.get("accord", ""))),
        kicker=escape(guarded("game", lambda: _kicker(result))),
        opening=opening,
        sections="\n".join(part for part in body if part),
        footer=guarded("game", lambda: _footer(result)),
        data=embedded({"charts": charts, "films": films}),
    )


def guarded(part: str, build: Callable[[], str]) -> str:
    """A piece of the page, or a note in its place: one bad number must not cost a person the rest of the report."""
    try:
        return build()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        text = f"The part “{part}” of this result could not be read ({type(error).__name__}: {error})."
        return sections.section(part, sections.note(text))


def _kicker(result: dict[str, Any]) -> str:
    number = story.seeds(result)
    return " · ".join(
        part
        for part in (
            str(result.get("game", {}).get("name", "")),
            f"{number} seed{'s' if number != 1 else ''}" if number else "",
            str(result.get("created", ""))[:10],
        )
        if part
    )


def _footer(result: dict[str, Any]) -> str:
    source = str(result.get("game", {}).get("source") or "")
    rules = f"<p>Rules of the game: {escape(source)}.</p>" if source else ""
    return f"{rules}<p>Written by accord {escape(str(result.get('accord', '')))}.</p>"


def filled(*, styles: Sequence[str] = STYLES, scripts: Sequence[str] = SCRIPTS, **parts: str) -> str:
    """The template with its parts, styles and scripts in it; nothing that is filled in is looked through again."""
    templates = files("accord.studio").joinpath("templates")
    read = lambda name: templates.joinpath(name).read_text(encoding="utf-8")
    style = "\n".join(map(read, styles))
    script = '(() => {\n"use strict";\n' + "\n".join(map(read, scripts)) + "})();\n"
    parts |= {"style": style, "script": script, "style_hash": _hash(style), "script_hash": _hash(script)}
    return re.sub(r"@([a-z_]+)@", lambda match: parts[match[1]], read("report.html"))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def embedded(value: Any) -> str:
    """JSON that can stand inside a script element: no character that could end it, no number that JSON lacks."""

    def tidy(part: Any) -> Any:
        if isinstance(part, float):
            return float(f"{part:.6g}") if math.isfinite(part) else None
        if isinstance(part, dict):
            return {name: tidy(entry) for name, entry in part.items() if entry is not None}
        return [tidy(entry) for entry in part] if isinstance(part, list | tuple) else part

    text = json.dumps(tidy(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


__all__ = ["FORMAT", "embedded", "filled", "guarded", "page", "read_result", "write_report"]
