r"""ChordPro: the lyric sheet that other songwriting programs read.

    {title: The Gate}                                   the title
    {x_quatrain: {"by": {"4": "suggested"}}}            what ChordPro has no word for; other programs skip it
    {start_of_verse: Verse 1}                           a heading, [Verse 1]
    I [Am]left my coat                                  any other line as it is
    \# and \{ and \\                                    a line that would mean something else
    {end_of_verse}

A file with the `x_quatrain` line is ours, and is read back exactly. Any other is read the way people write them.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from ..errors import BadText
from ..text import sheets
from . import schema as s
from .document import BY, MINE, SCHEMA, Document, Line, heading

_DIRECTIVE = re.compile(r"\{\s*([A-Za-z_]\w*)\s*(?:[:\s]\s?(.*))?\}\s*")
_KNOWN = {"verse": "verse", "chorus": "chorus", "bridge": "bridge"}
_SHORT = {"sov": "verse", "soc": "chorus", "sob": "bridge", "eov": "", "eoc": "", "eob": ""}
_LABEL = re.compile(r'label\s*=\s*"([^"]*)"')
_PLACES = s.mapping(s.choice(*BY), names=6)
_EXTRA = s.record(
    "Extra",
    {},
    {key: SCHEMA["properties"][key] for key in ("scheme", "words", "parked")}
    | {"by": _PLACES, "schemes": s.mapping(SCHEMA["properties"]["scheme"], names=6)},
)


def write(song: Document) -> str:
    """A song as ChordPro."""
    lines, open_part = [f"{{title: {song.title}}}", f"{{x_quatrain: {json.dumps(_extra(song))}}}"], ""
    for line in song.lines:
        name = heading(line.text)
        if name is None or line.text != f"[{name}]" or set(name) & set("{}"):
            lines.append("\\" + line.text if line.text[:1] in ("{", "#", "\\") else line.text)
            continue
        if open_part:
            lines.append(f"{{end_of_{open_part}}}")
        open_part = _KNOWN.get(name.split()[0].lower(), "part")
        lines.append(f"{{start_of_{open_part}: {name}}}")
    if open_part:
        lines.append(f"{{end_of_{open_part}}}")
    return "\n".join(lines) + "\n"


def is_chordpro(lines: list[str]) -> bool:
    """Whether a text has ChordPro's directives."""
    return any(
        re.fullmatch(r"\s*\{\s*(?:title|t|start_of_\w+|so[cvb]|x_quatrain)\s*(?::.*)?\}\s*", line) for line in lines
    )


def read(lines: list[str], title: str) -> tuple[Document, list[str]]:
    """A song from ChordPro, and what should be said about it.

    Args:
        lines: of the file.
        title: if it names none.
    """
    if any(line.startswith("{x_quatrain:") for line in lines[:3]):
        return _ours(lines), []
    return _foreign(lines, title)


def _extra(song: Document) -> dict[str, Any]:
    plain = song.plain()
    by = {str(n): line.by for n, line in enumerate(song.lines, 1) if line.by != MINE}
    schemes = {str(n): line.scheme for n, line in enumerate(song.lines, 1) if line.scheme}
    extra = {key: plain[key] for key in ("scheme", "words", "parked") if key in plain}
    return extra | ({"by": by} if by else {}) | ({"schemes": schemes} if schemes else {})


def _ours(lines: list[str]) -> Document:
    title, extra, found = "", "{}", []
    for line in lines[:-1] if lines and not lines[-1] else lines:
        directive = _DIRECTIVE.fullmatch(line)
        if directive is None:
            found.append(Line(line[1:] if line.startswith("\\") else line))
        elif directive[1] == "title":
            title = directive[2] or ""
        elif directive[1] == "x_quatrain":
            extra = directive[2] or "{}"
        elif directive[1].startswith("start_of_"):
            found.append(Line(f"[{directive[2]}]"))
        elif not directive[1].startswith("end_of_"):
            found.append(Line(line))  # somebody put it in: it is not ours to drop
    try:
        known = json.loads(extra)
        s.check(known, _EXTRA)
    except (ValueError, RecursionError) as error:
        raise BadText(f"The line {{x_quatrain: ...}} of this file cannot be read ({error}). Take it out.") from error
    by, schemes = known.pop("by", {}), known.pop("schemes", {})
    marked = [replace(line, by=by.get(str(n), MINE), scheme=schemes.get(str(n), "")) for n, line in enumerate(found, 1)]
    parts = Document.read({"title": title, "lines": [], **known})
    return replace(parts, lines=tuple(marked))


def _foreign(lines: list[str], title: str) -> tuple[Document, list[str]]:
    """Other people's ChordPro: sections become headings, tablature and comments are left out."""
    found: list[str] = []
    sections: dict[str, list[str]] = {}
    part, held, dropped = "", False, 0
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        name, value = (directive[1].lower(), (directive[2] or "").strip()) if directive else ("", "")
        name = (_SHORT.get(name) and f"start_of_{_SHORT[name]}") or name
        if name in ("title", "t"):
            title = value or title
        elif name in ("start_of_tab", "sot", "start_of_grid", "sog"):
            held = True
        elif name in ("end_of_tab", "eot", "end_of_grid", "eog"):
            held = False
        elif name.startswith("start_of_"):
            label = _LABEL.search(value)
            part = (label[1] if label else value) or name.removeprefix("start_of_").capitalize()
            found.append(f"[{part}]")
            sections[name] = []
        elif name.startswith("end_of_") or name in _SHORT:
            part = ""
        elif name == "chorus":
            found += [f"[{value or 'Chorus'}]", *sections.get("start_of_chorus", [])]
        elif name in ("comment", "c", "ci", "cb", "highlight") and sheets.heading(value):
            found.append(f"[{sheets.heading(value)}]")
        elif name or held or line.lstrip().startswith("#"):
            dropped += bool(line.strip())
        else:
            found.append(line)
            if part and sections:
                sections[next(reversed(sections))].append(line)
    notes = [f"{dropped} lines of notes, tablature or settings were left out."] if dropped else []
    while found and not found[-1].strip():
        found.pop()
    return Document.of(title, "\n".join(found)), notes
