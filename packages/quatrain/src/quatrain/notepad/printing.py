"""Lyric sheets on paper: Word and PDF, every line in order, a section never torn apart where it fits on a page.

The PDF is set in Source Serif (SIL Open Font License 1.1), which has Latin, Greek and Cyrillic letters. A character
that it lacks is drawn as a box, and the sheet says so at its end.
"""

from __future__ import annotations

import functools
import io
import re
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING, Any

from .document import Document, heading, sections

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

TEXT, BOLD = "SourceSerifPro-Regular", "SourceSerifPro-Semibold"
_MARGIN, _SIZE, _LEAD, _TITLE = 72.0, 11.5, 16.5, 20.0
"""Points: the margin of the page, the size of letters, from line to line, the size of the title's letters."""
_NO_XML = re.compile(r"[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = str.maketrans({"♯": "#", "♭": "b", "\t": "    "})
BOX = "\u25a1"


def to_word(song: Document) -> bytes:
    """A song as a Word file."""
    from docx import Document as Word
    from docx.shared import Pt

    file = Word()
    normal: Any = file.styles["Normal"]
    normal.font.name, normal.font.size = "Georgia", Pt(11.5)
    normal.paragraph_format.space_after = Pt(0)
    file.core_properties.title = _xml(song.title)[:255]
    file.core_properties.author = ""
    file.add_heading(_xml(song.title) or "Untitled", level=1)
    for head, lines in sections(song.lines):
        if head is not None:
            file.add_heading(_xml(heading(head.text) or head.text), level=2)
        for line in lines:
            file.add_paragraph(_xml(line.text))
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def to_pdf(song: Document) -> bytes:
    """A song as a PDF, A4."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(song.title or "Untitled")
    canvas.setAuthor("")
    _Sheet(canvas, A4[0], A4[1]).draw(song)
    canvas.save()
    return out.getvalue()


class _Sheet:
    """Where the pen is on the page."""

    def __init__(self, canvas: Canvas, width: float, height: float) -> None:
        self._canvas, self._width, self._height = canvas, width, height
        self._glyphs = _fonts()
        self._y, self._lacking, self._page = height - _MARGIN, 0, 1

    def draw(self, song: Document) -> None:
        for row in self._wrapped(song.title or "Untitled", BOLD, _TITLE):
            self._line(row, BOLD, _TITLE, 26.0)
        self._y -= 10.0
        for head, lines in sections(song.lines):
            rows = [row for line in lines for row in self._wrapped(line.text, TEXT, _SIZE)]
            block = len(rows) * _LEAD + (_LEAD * 1.6 if head is not None else 0.0)
            if block > self._y - _MARGIN and block <= self._height - 2 * _MARGIN:
                self._turn()
            if head is not None:
                self._y -= _LEAD * 0.4
                for row in self._wrapped(heading(head.text) or head.text, BOLD, _SIZE):
                    self._line(row, BOLD, _SIZE, _LEAD * 1.2)
            for row in rows:
                self._line(row, TEXT, _SIZE, _LEAD)
        if self._lacking:
            self._y -= _LEAD
            note = f"{self._lacking} characters are not in this font and are drawn as boxes; the Word file has them."
            for row in self._wrapped(note, TEXT, 8.5):
                self._line(row, TEXT, 8.5, 11.0)
        self._number()

    def _line(self, row: str, font: str, size: float, lead: float) -> None:
        if self._y - lead < _MARGIN:
            self._turn()
        self._y -= lead
        self._canvas.setFont(font, size)
        self._canvas.drawString(_MARGIN, self._y, row)

    def _turn(self) -> None:
        if self._y < self._height - _MARGIN:
            self._number()
            self._canvas.showPage()
            self._y, self._page = self._height - _MARGIN, self._page + 1

    def _number(self) -> None:
        if self._page > 1:
            self._canvas.setFont(TEXT, 9)
            self._canvas.drawCentredString(self._width / 2, _MARGIN / 2, str(self._page))

    def _wrapped(self, text: str, font: str, size: float) -> list[str]:
        """A line in as many rows as it needs; later rows are set in."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        text = unicodedata.normalize("NFC", text).translate(_PLAIN)
        known = "".join(char if ord(char) in self._glyphs or char == " " else BOX for char in text)
        self._lacking += sum(a != b for a, b in zip(text, known, strict=True))
        room, rows, row = self._width - 2 * _MARGIN, [], ""
        for word in re.findall(r"\s*\S+|\s+$", known):
            if row and stringWidth(row + word, font, size) > room:
                rows.append(row)
                row, word = "", "    " + word.lstrip()
            for char in word if stringWidth(word, font, size) > room else ():  # longer than a row: letter by letter
                if row and stringWidth(row + char, font, size) > room:
                    rows.append(row)
                    row = ""
                row, word = row + char, ""
            row += word
        return [*rows, row]


@functools.cache
def _fonts() -> frozenset[int]:
    """Make the fonts known; the characters that they have."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    files = resources.files("font_source_serif_pro") / "files"
    for name in (TEXT, BOLD):
        font = TTFont(name, io.BytesIO((files / f"{name}.ttf").read_bytes()))
        pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph) | {ord(BOX)}


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
