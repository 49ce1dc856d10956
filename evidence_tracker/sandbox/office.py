"""Office files as a person reads them: paragraphs, slides and rows in their order. Child only.

Sources: ECMA-376 parts 1 and 4 (WordprocessingML, SpreadsheetML, PresentationML), OASIS
OpenDocument 1.3 part 3. Pictures, charts and formulas are left out.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta

from evidence_tracker.sandbox import markup
from evidence_tracker.sandbox.documents import MOST_UNPACKED, Words, archive_of, unpacked
from evidence_tracker.sandbox.failures import BROKEN, in_words

#: Parts with running text, in the order in which they are read.
WRITTEN = [
    re.compile(pattern)
    for pattern in (
        r"word/document\.xml",
        r"word/(foot|end)notes\.xml",
        r"word/comments\.xml",
        r"word/(header|footer)\d*\.xml",
        r"ppt/slides/slide\d+\.xml",
        r"ppt/notesSlides/notesSlide\d+\.xml",
        r"content\.xml",
    )
]
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
SHARED, STYLES, BOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
BOOK_LINKS = "xl/_rels/workbook.xml.rels"
CELL = re.compile(r"([A-Z]{1,3})\d+")
MOST_COLUMNS = 256
MOST_STRINGS = 1_000_000
DAYS_FROM = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zone
DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def read_office(content: io.BytesIO, words: Words) -> None:
    """Read the text of a document, the slides of a talk or the rows of a table."""
    with archive_of(content) as archive:
        if any(SHEET.fullmatch(name) for name in archive.namelist()):
            _read_book(archive, words)
        for name in _written_parts(archive):
            text = _Text(words, is_marked=name != "content.xml")
            _read(archive, name, text, words)
            text.flush()


def _written_parts(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    return [name for pattern in WRITTEN for name in sorted(names, key=_by_number) if pattern.fullmatch(name)]


def _by_number(name: str) -> tuple[str, int]:
    number = re.search(r"\d+", name)
    return re.sub(r"\d+", "", name), int(number[0][:9]) if number else 0


def _read(archive: zipfile.ZipFile, name: str, handler: markup.Handler, words: Words) -> None:
    """Go through one part; one that is broken does not cost the others."""
    try:
        markup.read(unpacked(archive, archive.getinfo(name), MOST_UNPACKED), handler)
    except KeyError:
        return
    except BROKEN as error:
        words.miss(f"The part {name} could not be read ({in_words(error)}).")


class _Text:
    """Puts paragraphs into lines and the cells of a row into one line.

    ``is_marked``: words stand only in elements made for them (``w:t``); else everything in the
    body is text. What is there a second time for old programs is passed over.
    """

    def __init__(self, words: Words, *, is_marked: bool) -> None:
        self._words = words
        self._is_marked = is_marked
        self._line: list[str] = []
        self._cells = 0
        self._taking = 0
        self._again = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        name = markup.local(name)
        self._again += name == "Fallback"
        if name in ({"t", "delText"} if self._is_marked else {"body"}):
            self._taking += 1
        elif name in {"tc", "table-cell"}:
            self._cells += 1
        elif name == "tab":
            self._line.append("\t")
        elif name in {"br", "cr", "line-break"}:
            self._line.append(" " if self._cells else "\n")
        elif name == "s" and not self._is_marked:  # a space of OpenDocument
            self._line.append(" ")
        if name == "delText":
            self._line.append("[deleted: ")

    def end(self, name: str) -> None:
        name = markup.local(name)
        self._again -= name == "Fallback"
        if name in ({"t", "delText"} if self._is_marked else {"body"}):
            self._taking -= 1
        if name == "delText":
            self._line.append("]")
        elif name in {"tc", "table-cell"}:
            self._cells -= 1
            self._line.append("\t")
        elif name in {"p", "h", "tr", "table-row"}:
            if self._cells:
                self._line.append(" ")
            else:
                self.flush()

    def text(self, text: str) -> None:
        if self._taking and not self._again:
            self._line.append(text)

    def flush(self) -> None:
        """End the line."""
        self._words.add(re.sub(r" ?\t", "\t", "".join(self._line)).rstrip())
        self._line.clear()


def _read_book(archive: zipfile.ZipFile, words: Words) -> None:
    shared, styles = _Strings(), _Styles()
    _read(archive, SHARED, shared, words)
    _read(archive, STYLES, styles, words)
    for title, name in _sheets(archive, words):
        words.add(f"── {title} ──")
        _read(archive, name, _Rows(words, shared.found, styles.dates), words)


def _sheets(archive: zipfile.ZipFile, words: Words) -> Iterator[tuple[str, str]]:
    """Go through the sheets as (title, part), in the order of the book, else of the parts."""
    book, links = _Elements("sheet"), _Elements("Relationship")
    _read(archive, BOOK, book, words)
    _read(archive, BOOK_LINKS, links, words)
    targets = {link.get("Id", ""): link.get("Target", "").lstrip("/") for link in links.found}
    left = sorted(filter(SHEET.fullmatch, archive.namelist()), key=_by_number)
    for sheet in book.found:
        target = targets.get(sheet.get("id", ""), "")
        part = target if target.startswith("xl/") else f"xl/{target}"
        if part in left:
            left.remove(part)
            yield sheet.get("name", part), part
    yield from ((part, part) for part in left)


class _Elements:
    """Collects the attributes of one kind of element, by local names."""

    def __init__(self, wanted: str) -> None:
        self.found: list[dict[str, str]] = []
        self._wanted = wanted

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if markup.local(name) == self._wanted:
            self.found.append({markup.local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        """Nothing."""

    def text(self, text: str) -> None:
        """Nothing."""


class _Strings:
    """Collects the strings that cells refer to by number; how they are pronounced is left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._taking = False
        self._aside = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        name = markup.local(name)
        self._taking = name == "t" and not self._aside
        self._aside += name == "rPh"

    def end(self, name: str) -> None:
        name = markup.local(name)
        self._taking = False
        self._aside -= name == "rPh"
        if name == "si":
            if len(self.found) >= MOST_STRINGS:
                raise ValueError("it has more texts than can be read")
            self.found.append("".join(self._parts))
            self._parts.clear()

    def text(self, text: str) -> None:
        if self._taking:
            self._parts.append(text)


class _Styles:
    """Learns which numbers of styles show a date."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[str, bool] = {}
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = markup.local(name)
        if name == "numFmt":
            code = QUOTED.sub("", attributes.get("formatCode", "")).lower()
            self._formats[attributes.get("numFmtId", "")] = "y" in code or "d" in code
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "")
            is_built_in = number.isdecimal() and int(number[:6]) in DATES
            self.dates.append(self._formats.get(number, is_built_in))

    def end(self, name: str) -> None:
        self._in_cells = self._in_cells and markup.local(name) != "cellXfs"

    def text(self, text: str) -> None:
        """Nothing."""


class _Rows:
    """Writes each row of a sheet as a line, its cells between tabs."""

    def __init__(self, words: Words, shared: list[str], dates: list[bool]) -> None:
        self._words = words
        self._shared = shared
        self._dates = dates
        self._cells: list[str] = []
        self._kind = self._style = ""
        self._value: list[str] = []
        self._taking = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = markup.local(name)
        if name == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._move_to(attributes.get("r", ""))
        self._taking = name in {"v", "t"}

    def _move_to(self, place: str) -> None:
        """Leave empty cells empty, so that columns stay below each other."""
        found = CELL.fullmatch(place)
        if found:
            column = 0
            for letter in found[1]:
                column = 26 * column + ord(letter) - 64
            self._cells += [""] * (min(column, MOST_COLUMNS) - 1 - len(self._cells))

    def end(self, name: str) -> None:
        name = markup.local(name)
        self._taking = False
        if name == "c":
            if len(self._cells) < MOST_COLUMNS:
                self._cells.append(self._shown("".join(self._value)).replace("\n", " "))
            self._value.clear()
        elif name == "row":
            self._words.add("\t".join(self._cells).rstrip())
            self._cells.clear()

    def text(self, text: str) -> None:
        if self._taking:
            self._value.append(text)

    def _shown(self, value: str) -> str:
        if self._kind == "s":
            number = int(value) if value.isdecimal() else -1
            return self._shared[number] if 0 <= number < len(self._shared) else ""
        if self._kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        is_date = self._style.isdecimal() and self._dates[int(self._style[:6]) :][:1] == [True]
        return _date(value) if self._kind == "n" and is_date else value


def _date(value: str) -> str:
    """Return the day (and time, if there is one) of a serial number, as ISO 8601."""
    try:
        moment = DAYS_FROM + timedelta(seconds=round(float(value) * 86_400))
    except (ValueError, OverflowError):
        return value
    return moment.isoformat(" ", "minutes") if float(value) % 1 else moment.date().isoformat()
