"""The index for people: one PDF (typst, PDF/A-3a and PDF/UA-1) and one CSV.

Both are made from the plan and the logged versions, so they say nothing that the JSON
beside them does not. The same input gives the same bytes.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from evidence_tracker.casework.submissions.words import WORDS, word
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

if TYPE_CHECKING:
    from evidence_tracker.casework.submissions.payload import Item

TEMPLATE = Path(__file__).with_name("index.typ")
STANDARDS: list[Any] = ["a-3a", "ua-1"]
COLUMNS = (
    "number",
    "kind",
    "title",
    "date",
    "place",
    "media_type",
    "size_bytes",
    "sha256",
    "file",
    "persons",
)
#: Characters with which a spreadsheet begins a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def index_csv(plan: Mapping[str, Any], items: Sequence["Item"]) -> bytes:
    """Return ``data/index.csv``: UTF-8 with BOM, CRLF, every text safe to open in a spreadsheet."""
    del plan
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in items:
        writer.writerow([defused(value) for value in _row(item)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def defused(value: object) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe is put in front."""
    text = "" if value is None else str(value)
    # Leading white space does not disarm a formula in every program.
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) or text[:1] in {"\t", "\r"} else text


def _row(item: "Item") -> list[object]:
    record = item.record
    return [
        item.number,
        item.plan["kind"],
        record.get("title") or item.plan["annotations"].get("label", {}).get("en", ""),
        said_when(record.get("collected") or record.get("occurred") or record.get("started")),
        said_where(record.get("place")),
        record.get("media_type"),
        record.get("size_bytes"),
        record.get("sha256"),
        f"data/exhibits/{item.number}/{item.plan['file']}" if item.plan["kind"] == "exhibit" else "",
        "; ".join(item.plan["annotations"].get("persons", [])),
    ]


def index_pdf(plan: Mapping[str, Any], items: Sequence["Item"], frame: Mapping[str, str]) -> bytes:
    """Return ``data/index.pdf``: cover, list with digests, chronology, elements, custody of each item."""
    content = index_content(plan, items, frame)
    sealed = datetime.combine(date.fromisoformat(frame["sealed_on"]), datetime.min.time(), UTC)
    try:
        pdf = typst.compile(
            TEMPLATE.read_bytes(),
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            format="pdf",
            pdf_standards=STANDARDS,
            ignore_system_fonts=True,
            timestamp=sealed,
        )
    except typst.TypstError as error:
        raise InvalidInput(
            f"The index cannot be set: {error.message}.",
            advice="Look for characters that no font has in the titles.",
        ) from error
    return bytes(pdf)


def index_content(
    plan: Mapping[str, Any], items: Sequence["Item"], frame: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the index shows, as data for the template."""
    language = plan["language"]
    words = WORDS[language]
    sealed = date.fromisoformat(frame["sealed_on"])
    return {
        "words": dict(words),
        "language": language,
        "title": plan["title"],
        "organisation": frame["organisation"],
        "year": sealed.year,
        "month": sealed.month,
        "day": sealed.day,
        "cover": [
            [words["from"], frame["organisation"]],
            [words["to"], plan["recipient_name"]],
            [words["use"], word(language, plan["use"])],
            [words["sealed_on"], frame["sealed_on"]],
            [words["log"], frame["origin"]],
        ],
        "statement": [part for part in plan["statement"].split("\n") if part.strip()],
        "items": [_shown(item, language) for item in items],
        "chronology": _chronology(items),
        "allegations": [_allegation(item, language) for item in items if item.plan["kind"] == "allegation"],
        "custody": [_custody(item, language) for item in items],
    }


def _title(item: "Item", language: str) -> str:
    label = item.plan["annotations"].get("label", {})
    return str(
        item.record.get("title")
        or label.get(language)
        or label.get("en")
        or word(language, item.plan["kind"])
    )


def _shown(item: "Item", language: str) -> dict[str, str]:
    record = item.record
    kind = word(language, item.plan["kind"])
    size = (
        f"{record['size_bytes']:,} {WORDS[language]['bytes']}".replace(",", "\u202f")
        if "size_bytes" in record
        else ""
    )
    return {
        "number": item.number,
        "title": _title(item, language),
        "kind": kind,
        "type": " · ".join(part for part in (record.get("media_type") or "", size) if part),
        "sha256": record.get("sha256") or "",
        "persons": ", ".join(item.plan["annotations"].get("persons", [])),
    }


def _chronology(items: Sequence["Item"]) -> list[dict[str, str]]:
    incidents = [item for item in items if item.plan["kind"] == "incident"]
    incidents.sort(key=lambda item: Moment.from_json(item.record["occurred"]).bounds())
    return [
        {
            "number": item.number,
            "when": said_when(item.record["occurred"]),
            "where": said_where(item.record.get("place")),
            "title": item.record["title"],
            "what": item.record["narrative"],
        }
        for item in incidents
    ]


def _allegation(item: "Item", language: str) -> dict[str, Any]:
    notes = item.plan["annotations"]
    rows = list(notes["elements"])
    if notes["whole"]:
        rows.append({"n": "–", "text": "", "finding": "open", "bearings": notes["whole"]})
    return {
        "number": item.number,
        "code": item.record["code"],
        "label": notes["label"].get(language) or notes["label"].get("en", ""),
        "caution": notes.get("caution") or "",
        "elements": [
            {
                "n": row["n"],
                "text": row["text"],
                "finding": word(language, row["finding"]),
                "inculpatory": _bearings(row["bearings"], "for"),
                "exculpatory": _bearings(row["bearings"], "against"),
                "context": _bearings(row["bearings"], "context"),
            }
            for row in rows
        ],
    }


def _bearings(bearings: Sequence[Mapping[str, Any]], way: str) -> str:
    return "; ".join(
        f"{row['item']} ({row['passage']})" if row["passage"] else row["item"]
        for row in bearings
        if row["way"] == way
    )


def _custody(item: "Item", language: str) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": _title(item, language),
        "events": [_event(sent.event.values, sent.opened, language) for sent in item.chain],
    }


def _event(values: Mapping[str, Any], opened: frozenset[str], language: str) -> dict[str, Any]:
    is_open = "act" in opened
    return {
        "seq": values["seq"],
        "withheld": not is_open,
        "act": word(language, values["act"]) if is_open else "",
        "occurred": said_when(values["occurred"]) if is_open else "",
        "logged": str(values["logged_at"])[:16].replace("T", " ") if is_open else "",
    }


def said_when(value: object) -> str:
    """Return a logged moment (fields of ``Moment``, or UTC text) as a person reads it."""
    if isinstance(value, dict):
        return str(Moment.from_json(value))
    return str(value)[:16].replace("T", " ") + " UTC" if value else ""


def said_where(value: object) -> str:
    """Return a logged place as a person reads it."""
    if not isinstance(value, dict):
        return ""
    name = str(value["name"])
    return f"{name} ({value['current_name']})" if value.get("current_name") else name
