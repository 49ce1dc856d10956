"""The element matrix on a terminal: elements as paragraphs, what bears on each below it."""

import textwrap
from collections.abc import Iterator

from evidence_tracker.casework.allegations.matrix import Borne, ElementMatrix, ElementRow
from evidence_tracker.casework.allegations.models import Direction

WIDTH = 100
SIGNS = {Direction.INCULPATORY: "FOR", Direction.EXCULPATORY: "AGAINST", Direction.CONTEXT: "context"}


def readable(found: ElementMatrix) -> Iterator[str]:
    """Yield the lines of a matrix: heading, sums and gaps, elements, what was taken back."""
    row = found.allegation
    label = found.category.label.get("en") or next(iter(found.category.label.values()))
    yield f"{row.reference}  {row.pack_id}@{row.pack_version}:{row.code}  {label}  [{row.status.value}]"
    yield f"{found.incident.reference}  {found.incident.title}"
    if found.certainty.caution:
        yield f"NOT A FACT TO CITE: {found.certainty.caution}."
    yield ", ".join(f"{SIGNS[one].lower()} {found.count(one)}" for one in SIGNS) + "."
    yield f"Nothing inculpatory bears on: {', '.join(map(str, found.gaps))}." if found.gaps else "No gaps."
    for element in found.rows:
        yield ""
        yield from _element(element)
    if found.ended:
        yield ""
        yield "Taken back:"
        for borne in found.ended:
            yield from _bearing(borne, f" Taken back: {borne.bearing.ended_reason}")


def _element(element: ElementRow) -> Iterator[str]:
    kind = f"{element.kind}: " if element.kind else ""
    head = f"{element.n:>3}  "
    yield from textwrap.wrap(
        f"{kind}{element.text}", WIDTH, initial_indent=head, subsequent_indent=" " * len(head)
    )
    reasoning = f": {element.finding.reasoning} ({element.finding.found_by})" if element.finding else ""
    yield from _wrapped(f"[{element.state.value}]{reasoning}", 5)
    if not element.bearings:
        yield "       nothing bears on it"
    for borne in element.bearings:
        yield from _bearing(borne)


def _bearing(borne: Borne, more: str = "") -> Iterator[str]:
    row = borne.bearing
    changed = " The evidence was changed since." if borne.is_evidence_changed else ""
    yield from _wrapped(
        f"{SIGNS[row.direction]:<7} {'*' * row.strength:<3} {borne.evidence.reference} {row.citation}:"
        f" {row.note} ({row.asserted_by}){changed}{more}",
        7,
    )


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 12))
