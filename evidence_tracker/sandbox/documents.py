"""Documents: pages, properties and words of PDF, office files, mail and text. Child only.

Nothing is unpacked to anywhere, no script or macro is looked at, nothing referred to is fetched.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from ctypes import POINTER, create_string_buffer
from ctypes import cast as as_type
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pypdfium2
from pypdfium2 import raw

from evidence_tracker.sandbox import markup
from evidence_tracker.sandbox.answers import LONGEST_TEXT
from evidence_tracker.sandbox.escapes import unescaped
from evidence_tracker.sandbox.failures import BROKEN, in_words

EDGE = 256 * 1024
MOST_ENTRIES = 10_000
MOST_UNPACKED = 64 * 1024 * 1024
MOST_MESSAGES = 5_000
NAMING_ATTRIBUTES = {"author", "creator", "title", "descr", "name", "userId", "alt", "initials"}
ENDS_OF_LINES = {"p", "h", "si", "c", "row", "br", "tab", "cr", "list-item", "table-cell", "s", "line-break"}
SILENT_PARTS = re.compile(
    r".*/|mimetype|\[Content_Types\]\.xml|META-INF/.*|manifest\.rdf|settings\.xml|layout-cache|Configurations2/.*"
    r"|Thumbnails/.*|docProps/thumbnail\..*|.*/printerSettings/.*"
)
SPOKEN_PARTS = re.compile(r"(word|xl|ppt)/.*\.xml|.*\.rels|(content|styles|meta)\.xml|docProps/.*\.xml")
# The order matters little: what was written in one of these is found, what was not reads as noise.
OLD_ENCODINGS = ("cp1251", "cp866", "koi8_u", "iso8859_5", "mac_cyrillic", "cp1252", "cp1256", "iso8859_8")
OFFICE_PROPERTIES = (
    {"title", "subject", "description", "keywords", "keyword", "category", "company", "manager"}
    | {"creator", "initial_creator", "last_modified_by", "printed_by", "created", "modified", "date"}
    | {"creation_date", "print_date", "application", "generator", "template", "pages", "page_count"}
)
MAIL_PROPERTIES = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "X-Mailer")


class Words:
    """Collects text up to its limit, and what could not be read."""

    def __init__(self, longest: int = LONGEST_TEXT) -> None:
        self._longest = longest
        self._parts: list[str] = []
        self._length = 0
        self._missing: list[str] = []

    def add(self, text: str) -> bool:
        """Add a line; False when no more can be taken."""
        self._parts.append(text[: max(self._longest - self._length, 0)])
        self._length += len(text) + 1
        if self._length > self._longest:
            self.miss(f"Only the first {self._longest:,} characters were read.")
        return self._length <= self._longest

    def miss(self, what: str) -> None:
        """Say what was not read; the first few are enough."""
        if what not in self._missing and len(self._missing) < 5:
            self._missing.append(what)

    def text(self) -> str:
        """Return what was read."""
        return "\n".join(self._parts)

    def missing(self) -> str | None:
        """Return what was not, in words."""
        return " ".join(self._missing) or None


def warm_up() -> None:
    """Use each reader once, since nothing can be loaded later."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    content = io.BytesIO()
    document.save(content)
    document.close()
    examine_pdf(content)
    words_of_pdf(content, Words())
    message = (
        b"Subject: =?utf-8?q?=D0=B0?=\nFrom: a <a@example.org>\nContent-Type: text/plain; charset=koi8-u\n\na"
    )
    examine_mail(io.BytesIO(message))
    words_of_mail(io.BytesIO(message), Words())


def examine_pdf(content: io.BytesIO) -> dict[str, Any]:
    """Return pages and properties."""
    with closing(pypdfium2.PdfDocument(content.getvalue())) as document:
        said = {
            f"pdf.{name.lower()}": value
            for name, value in document.get_metadata_dict(skip_empty=True).items()
        }
        attached = document.count_attachments()
        if attached:
            said["pdf.attachments"] = str(attached)
        return {"pages": len(document), "properties": said}


def words_of_pdf(content: io.BytesIO, words: Words) -> None:
    """Read the text, the notes and the form fields of each page."""
    with closing(pypdfium2.PdfDocument(content.getvalue())) as document:
        for value in document.get_metadata_dict(skip_empty=True).values():
            words.add(value)
        for number in range(document.count_attachments()):
            words.add(document.get_attachment(number).get_name())
            words.miss("Files attached to it were not read.")
        for number in range(len(document)):
            if not _words_of_page(document, number, words):
                return


def _words_of_page(document: Any, number: int, words: Words) -> bool:
    try:
        with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
            text = text_page.get_text_range()
            more = words.add(text)
            for note in _notes(page):
                more = more and words.add(note)
    except BROKEN as error:
        words.miss(f"Page {number + 1} could not be read ({in_words(error)}).")
        return True
    if not text.strip():
        words.miss("Pages without text were found: what is shown on them as a picture was not read.")
    return more


def _notes(page: Any) -> Iterator[str]:
    """Go through the texts of annotations and form fields."""
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        if annotation:
            yield from (_annotation_text(annotation, key) for key in (b"T", b"Contents", b"V", b"Subj"))
            raw.FPDFPage_CloseAnnot(annotation)


def _annotation_text(annotation: Any, key: bytes) -> str:
    length = min(raw.FPDFAnnot_GetStringValue(annotation, key, None, 0), 200_000)
    room = create_string_buffer(length + 2)
    raw.FPDFAnnot_GetStringValue(annotation, key, as_type(room, POINTER(raw.FPDF_WCHAR)), length)
    return room.raw[:length].decode("utf-16-le", "replace").rstrip("\0")


def examine_office(content: io.BytesIO) -> dict[str, Any]:
    """Return the document properties: authors, dates, program."""
    leaves = markup.Leaves(
        lambda name: name.startswith(("xmlns", "xsi")) or markup.local(name) in {"Properties", "meta"}
    )
    with archive_of(content) as archive:
        for name in ("docProps/core.xml", "docProps/app.xml", "meta.xml"):
            if name in archive.namelist():
                markup.read(unpacked(archive, archive.getinfo(name), MOST_UNPACKED), leaves)
    said = {_snake(name): "; ".join(values) for name, values in leaves.found.items()}
    return {"properties": {f"office.{name}": said[name] for name in said if name in OFFICE_PROPERTIES}}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", name).lower()


def words_of_office(content: io.BytesIO, words: Words) -> None:
    """Read the text of all parts: body, notes, comments, headers, authors, targets of links."""
    left = MOST_UNPACKED
    with archive_of(content) as archive:
        for entry in archive.infolist():
            if SPOKEN_PARTS.fullmatch(entry.filename):
                left -= _words_of_part(archive, entry, left, words)
            elif not SILENT_PARTS.fullmatch(entry.filename):
                words.miss("Pictures and files inside it were not read.")


def _words_of_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, words: Words) -> int:
    """Read one part and return its length."""
    try:
        part = unpacked(archive, entry, most)
        markup.read(part, _Lines(words, whole_elements="docProps" in entry.filename))
    except BROKEN as error:
        words.miss(f"The part {entry.filename} could not be read ({in_words(error)}).")
        return 0
    return len(part)


class _Lines:
    """Joins the runs of a paragraph, since a name may change its typeface in the middle."""

    def __init__(self, words: Words, *, whole_elements: bool) -> None:
        self._words = words
        self._whole_elements = whole_elements
        self._line: list[str] = []

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if markup.local(key) in NAMING_ATTRIBUTES or (key.endswith(("Target", "href")) and ":" in value):
                self._words.add(value)

    def end(self, name: str) -> None:
        if self._line and (self._whole_elements or markup.local(name) in ENDS_OF_LINES):
            self._words.add("".join(self._line))
            self._line.clear()

    def text(self, text: str) -> None:
        self._line.append(text)


def examine_zip(content: io.BytesIO) -> dict[str, Any]:
    """Return how many entries an archive lists, and the first names; nothing is unpacked."""
    with archive_of(content) as archive:
        names = archive.namelist()
    return {"properties": {"zip.entries": str(len(names)), "zip.names": "; ".join(names[:50])}}


def words_of_zip(content: io.BytesIO, words: Words) -> None:
    """Read the names of the entries."""
    with archive_of(content) as archive:
        for name in archive.namelist():
            words.add(name)
    words.miss("The files inside the archive were not read.")


def archive_of(content: io.BytesIO) -> zipfile.ZipFile:
    """Open a ZIP that lists no more than can be gone through."""
    archive = zipfile.ZipFile(content)
    if len(archive.infolist()) > MOST_ENTRIES:
        raise ValueError(f"it lists more than {MOST_ENTRIES:,} files")
    return archive


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Return one part in memory; its stated size is not trusted."""
    with archive.open(entry) as stream:
        part = stream.read(most + 1)
    if len(part) > most:
        raise ValueError("it unpacks to more than can be read")
    return part


def examine_mail(content: io.BytesIO) -> dict[str, Any]:
    """Return the header lines that say who wrote to whom, and when."""
    message = message_of(content.getvalue())
    said = {f"mail.{name.lower()}": str(message.get(name, "")) for name in MAIL_PROPERTIES}
    return {"properties": {name: value for name, value in said.items() if value}}


def words_of_mail(content: io.BytesIO, words: Words) -> None:
    """Read headers and text parts."""
    _words_of_message(message_of(content.getvalue()), words)


def words_of_mailbox(content: io.BytesIO, words: Words) -> None:
    """Read each message."""
    messages = messages_of(content)
    for message in messages[:MOST_MESSAGES]:
        _words_of_message(message_of(message), words)
    if len(messages) > MOST_MESSAGES:
        words.miss(f"Only the first {MOST_MESSAGES:,} messages were read.")


def messages_of(content: io.BytesIO) -> list[bytes]:
    """Return the messages of a mailbox."""
    return re.split(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\r?\n", content.getvalue())


def message_of(content: bytes) -> EmailMessage:
    """Return a mail in its parts."""
    return message_from_bytes(content, policy=policy.default)


def _words_of_message(message: EmailMessage, words: Words) -> None:
    for part in message.walk():
        for name, value in part.items():
            words.add(f"{name}: {value}")
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            for reading in readings(content if isinstance(content, bytes) else b""):
                words.add(_plain(reading))
        elif not part.is_multipart():
            words.miss("Files attached to it were not read.")


def words_of_text(content: io.BytesIO, words: Words) -> None:
    """Read text of any kind in each encoding it may have."""
    for reading in readings(content.getvalue()):
        words.add(_plain(reading))


def readings(data: bytes) -> list[str]:
    """Return the text; where the encoding cannot be told, in each likely one.

    Valid UTF-8 is hardly ever anything else. Among the old 8-bit encodings nothing in the bytes
    decides, and a name must not escape the scan by being in the other one.
    """
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return [data.decode(encoding, "replace")]
    if b"\0" in data[:200]:
        return [data.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")]
    try:
        return [data.decode("utf-8-sig")]
    except UnicodeDecodeError:
        return [data.decode(encoding, "replace") for encoding in (*OLD_ENCODINGS, "utf-8")]


def _plain(text: str) -> str:
    """Return text as written, and once more with its escapes undone."""
    again = unescaped(text)
    return _without_markup(text) if again is None else f"{_without_markup(text)}\n{_without_markup(again)}"


def _without_markup(text: str) -> str:
    """Return markup as written (attributes hold names too), then without it (tags split words)."""
    if "<" not in text and "&" not in text:
        return text
    return html.unescape(text) + "\n" + html.unescape(re.sub(r"<[^<>]{0,5000}>", "", text))


def words_of_unknown(content: io.BytesIO, words: Words) -> None:
    """Look for letters where recordings keep their titles and authors: at both ends."""
    data = content.getvalue()
    for run in readable_runs(data if len(data) <= 2 * EDGE else data[:EDGE] + b"\0" + data[-EDGE:]):
        words.add(run)
    words.miss("There is no reader for this type: only letters near its start and end were looked at.")


def readable_runs(data: bytes) -> list[str]:
    """Return runs of four and more letters, in each of the ways they may have been written."""
    readings = [
        data.decode(encoding, "replace") for encoding in ("utf-8", "cp1251", "utf-16-le", "utf-16-be")
    ]
    return [run for reading in readings for run in re.findall(r"[\w@.,:;'\u2019/ +-]{4,}", reading)]
