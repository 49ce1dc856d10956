"""Papers: typeset forms and orders, a Word document, tables. All invented."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

import typst

_HEAD = '#set page(width: 148mm, height: 210mm, margin: 16mm)\n#set text(size: 11pt, lang: "uk")\n'
_STAMP = (1980, 1, 1, 0, 0, 0)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/></Relationships>'
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def consent_form(name: str, day: str, chosen: str, words: str) -> bytes:
    """Return a filled-in consent form as a picture (PNG), to be scanned."""
    page = _HEAD + (
        "= Згода / Consent form (fictional)\n"
        "Fictional Documentation Centre\n\n"
        f"*Ім'я / Name:* {_typed(name)}\n\n*Дата / Date:* {day}\n\n"
        f"*Обрано / Chosen:* {_typed(chosen)}\n\n{_typed(words)}\n\n"
        "#v(12mm)\n#line(length: 60mm)\n_підпис / signature_\n"
        '#place(dx: 6mm, dy: -16mm)[#text(size: 18pt, style: "italic")['
        + _typed(name.split(maxsplit=1)[0])
        + "]]\n"
    )
    return bytes(typst.compile(page.encode(), format="png", ppi=96.0, ignore_system_fonts=True))


def order(title: str, paragraphs: Sequence[str], *, written: datetime) -> bytes:
    """Return a typed order as a PDF of two pages, of the date that it claims."""
    body = "\n\n".join(_typed(paragraph) for paragraph in paragraphs)
    page = _HEAD + f"= {_typed(title)}\n\n{body}\n\n#pagebreak()\n== Додаток / Annex\n\n{body}\n"
    return bytes(typst.compile(page.encode(), format="pdf", ignore_system_fonts=True, timestamp=written))


def letter(paragraphs: Sequence[str]) -> bytes:
    """Return a Word document of these paragraphs (ECMA-376, the three parts that it needs)."""
    lines = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(paragraph)}</w:t></w:r></w:p>'
        for paragraph in paragraphs
    )
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{_WORD}">'
        f"<w:body>{lines}</w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
        ):
            archive.writestr(zipfile.ZipInfo(path, _STAMP), text)
    return out.getvalue()


def table(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def _typed(text: str) -> str:
    # Everything is put into a string literal, so that no sign of a name becomes markup.
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{quoted}"'
