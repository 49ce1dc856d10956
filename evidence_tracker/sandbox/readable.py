"""The text of a file as a person reads it: one reading, in order, cut at a length. Child only.

For the page that shows an exhibit. The scan of names asks ``documents`` instead, which reads
everything in every way that it may have been meant.
"""

import html
import io
import re
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage, MIMEPart

import pypdfium2

from evidence_tracker.sandbox.answers import LONGEST_SHOWN
from evidence_tracker.sandbox.documents import Words, archive_of, message_of, messages_of
from evidence_tracker.sandbox.escapes import unescaped
from evidence_tracker.sandbox.failures import BROKEN, in_words
from evidence_tracker.sandbox.kinds import Kind, kind_of
from evidence_tracker.sandbox.office import read_office
from evidence_tracker.sandbox.readings import best_reading

HEADERS = ("From", "To", "Cc", "Reply-To", "Date", "Subject")
UNSEEN = re.compile(r"<(script|style|head|title)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
ENDS_OF_LINES = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/table|/blockquote)\b[^>]*>", re.IGNORECASE)
CELLS = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,5000}>")


def read(content: io.BytesIO, media_type: str) -> tuple[dict[str, str | None], bytes]:
    """Answer the text as the body; ``omitted`` says what is not in it, ``encoding`` what was guessed."""
    words = Words(LONGEST_SHOWN)
    readers: dict[Kind, Callable[[io.BytesIO, Words], str | None]] = {
        Kind.TEXT: _read_json if media_type.endswith("json") else _read_text,
        Kind.PDF: _read_pdf,
        Kind.OFFICE: read_office,
        Kind.MAIL: _read_mail,
        Kind.MAILBOX: _read_mailbox,
        Kind.ARCHIVE: _read_archive,
    }
    encoding = readers[kind_of(media_type)](content, words)
    text = words.text().replace("\r\n", "\n").replace("\r", "\n")
    answer = {"encoding": encoding, "omitted": words.missing()}
    return answer, text.encode("utf-8", "replace")


def _read_text(content: io.BytesIO, words: Words) -> str | None:
    """Read text of any kind as it is written: of a page of the web, its source."""
    text, encoding = best_reading(content.getvalue())
    if text.lstrip().startswith("{\\rtf"):
        text = (unescaped(text) or "").strip()
        words.miss("Only its words are shown.")
    words.add(text)
    return encoding


def _read_json(content: io.BytesIO, words: Words) -> str | None:
    """Read what messengers export, where letters that are not Latin stand as numbers."""
    text, encoding = best_reading(content.getvalue())
    plain = unescaped(text)
    words.add(text if plain is None else plain)
    if plain is not None:
        words.miss("Letters that are written as numbers in the file are shown as letters.")
    return encoding


def _read_pdf(content: io.BytesIO, words: Words) -> None:
    with closing(pypdfium2.PdfDocument(content.getvalue())) as document:
        empty = 0
        for number in range(len(document)):
            text = _text_of_page(document, number, words)
            empty += not text.strip()
            if text.strip() and not words.add(f"── {number + 1} ──\n{text}\n"):
                return
        if empty:
            words.miss(f"Pages without text, which may be pictures: {empty} of {len(document)}.")


def _text_of_page(document: pypdfium2.PdfDocument, number: int, words: Words) -> str:
    try:
        with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
            return str(text_page.get_text_range())
    except BROKEN as error:
        words.miss(f"Page {number + 1} could not be read ({in_words(error)}).")
        return ""


def _read_mail(content: io.BytesIO, words: Words) -> None:
    _read_message(message_of(content.getvalue()), words)


def _read_mailbox(content: io.BytesIO, words: Words) -> None:
    for number, message in enumerate(filter(None, messages_of(content)), 1):
        words.add(f"── {number} ──")
        _read_message(message_of(message), words)
        if not words.add(""):
            return


def _read_message(message: EmailMessage, words: Words) -> None:
    """Read who wrote to whom, the words, and the names of what is attached."""
    for name in HEADERS:
        if message[name]:
            words.add(f"{name}: {message[name]}")
    words.add("")
    body = message.get_body(("plain", "html"))
    if body is not None:
        text = _text_of_part(body)
        words.add(without_markup(text) if body.get_content_subtype() == "html" else text)
    attached = [part for part in message.walk() if part is not body and not part.is_multipart()]
    others = [part for part in attached if part.get_content_maintype() != "text" or part.get_filename()]
    for part in others:
        payload = part.get_payload(decode=True)
        size = len(payload) if isinstance(payload, bytes) else 0
        words.add(f"[{part.get_filename() or '—'}; {part.get_content_type()}; {size:,} bytes]")


def _text_of_part(part: MIMEPart) -> str:
    """Read a part in the encoding that it states, if that fits, else in the likeliest."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return best_reading(data)[0]


def without_markup(text: str) -> str:
    """Return the words of a page of the web, in lines."""
    seen = ENDS_OF_LINES.sub("\n", CELLS.sub("\t", UNSEEN.sub("", re.sub(r"\s+", " ", text))))
    lines = (re.sub(r"[ \xa0]+", " ", line).strip() for line in html.unescape(TAG.sub("", seen)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _read_archive(content: io.BytesIO, words: Words) -> None:
    """List what an archive says it holds; nothing is unpacked."""
    with archive_of(content) as archive:
        for entry in archive.infolist():
            when = "{:04}-{:02}-{:02} {:02}:{:02}".format(*entry.date_time[:5])
            is_locked = "  [password]" if entry.flag_bits & 1 else ""
            if not words.add(f"{when}  {entry.file_size:>15,}  {entry.filename}{is_locked}"):
                return
    words.miss("The files inside the archive were not looked into.")
