"""The matrix: elements down, what bears on each in the cells, one element opened beside it.

Elements stand in the groups of their kind, in the order in which the pack first names each kind. The
columns are the three directions and not the pieces of evidence: with four hundred videos a column for each
would be read by nobody, and what speaks against an element must not be somewhere at the right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.allegations.categories import WHOLE, ElementKind
from evidence_tracker.casework.allegations.coverage import coverage_by_named, coverage_in
from evidence_tracker.casework.allegations.matrix import Borne, ElementMatrix, ElementRow, matrix
from evidence_tracker.casework.allegations.models import Allegation, Direction
from evidence_tracker.casework.incidents.citations import Citation
from evidence_tracker.casework.incidents.evidence import Cited, EvidenceKind
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.citing import playable_by_id
from evidence_tracker.web.rooms import asked

TAB = "matrix"
COLUMNS: tuple[tuple[Direction, LazyString, LazyString], ...] = (
    (Direction.INCULPATORY, _l("Speaks for it"), _l("for")),
    (Direction.EXCULPATORY, _l("Speaks against it"), _l("against")),
    (Direction.CONTEXT, _l("Context"), _l("context")),
)
#: The rooms in which what is cited is opened.
ROOMS_OF = {
    EvidenceKind.EXHIBIT: "evidence",
    EvidenceKind.INTERVIEW: "interviews",
    EvidenceKind.CAPTURE: "captures",
}
_GROUPS: dict[str | None, LazyString] = {
    None: _l("The category as a whole"),
    ElementKind.MATERIAL: _l("Material elements: the act, its object, its consequences"),
    ElementKind.MENTAL: _l("Mental elements: knowledge and intent"),
    ElementKind.CONTEXTUAL: _l("Contextual elements: what it was part of"),
}


@dataclass(frozen=True)
class Group:
    """The elements of one kind."""

    title: LazyString
    rows: Sequence[ElementRow]


def matrix_of(session: Session, row: Allegation, actor: Actor) -> ElementMatrix:
    """Return the matrix of an allegation, read once a request."""
    known: dict[Any, ElementMatrix] = g.setdefault("matrices", {})
    if row.id not in known:
        known[row.id] = matrix(session, row, actor)
    return known[row.id]


def bearings_of(session: Session, row: Allegation, actor: Actor) -> list[Borne]:
    """Return every bearing of an allegation, those that were taken back last."""
    found = matrix_of(session, row, actor)
    return [*(borne for element in found.rows for borne in element.bearings), *found.ended]


def data(session: Session, row: Allegation, actor: Actor) -> dict[str, Any]:
    """Return what the tab shows: coverage, groups of elements, and the one that is open."""
    found = matrix_of(session, row, actor)
    opened = _opened(found)
    shown = opened.bearings if opened else ()
    named = coverage_by_named(session, [row], actor=actor)
    return {
        "matrix": found,
        "groups": groups(found),
        "columns": COLUMNS,
        "said": {direction: said for direction, _title, said in COLUMNS},
        "way": _way,
        "short": passage_in_short,
        "coverage": coverage_in(found),
        "named": named,
        "opened": opened,
        "playable": playable_by_id(session, [one.bearing.exhibit_id for one in shown], actor=actor),
        "noted": [
            *(borne.bearing for borne in bearings_of(session, row, actor)),
            *(naming.link for one in named for naming in one.namings),
        ],
    }


def passage_in_short(citation: Citation) -> str:
    """Return a passage as it fits on a chip: a region as a word, no hours where there are none."""
    before, is_region, _numbers = citation.anchor.partition("xywh=")
    words = f"{before}{gettext('region')}" if is_region else citation.anchor
    return re.sub(r"\b00:(\d\d:\d\d)", r"\1", words)


def _way(cited: Cited) -> str | None:
    return asked.way(ROOMS_OF[cited.kind], cited.reference)


def groups(found: ElementMatrix) -> list[Group]:
    """Return the elements by kind."""
    kinds = list(dict.fromkeys(element.kind for element in found.rows))
    return [
        Group(_GROUPS[kind], [element for element in found.rows if element.kind == kind]) for kind in kinds
    ]


def address(reference: str, element: int) -> str:
    """Return the address of the matrix with one element opened."""
    return url_for("allegations.tab_page", reference=reference, tab=TAB, element=element)


def _opened(found: ElementMatrix) -> ElementRow | None:
    """Return the element that the address asks for, None where it asks for none that is there."""
    asked = request.args.get("element", "")
    if not asked.isdecimal():
        return None
    known = {element.n: element for element in found.rows}
    if int(asked) == WHOLE and WHOLE not in known:
        return ElementRow(WHOLE, None, str(_GROUPS[None]), None, ())
    return known.get(int(asked))
