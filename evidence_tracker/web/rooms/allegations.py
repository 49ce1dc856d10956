"""Allegations: an incident read under a crime category, element by element, for and against."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import PAGE
from evidence_tracker.casework.allegations import alleging, queries
from evidence_tracker.casework.allegations.alleging import pinned
from evidence_tracker.casework.allegations.coverage import coverage_of
from evidence_tracker.casework.allegations.models import Allegation, AllegationStatus
from evidence_tracker.casework.allegations.packs import library
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.queries import find_incident
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import door, frame, lists, matrix
from evidence_tracker.web.fields import Long, Word, governance
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Tab,
)
from evidence_tracker.web.rooms import asked, categories
from evidence_tracker.web.rooms.allegation_parts import SECTIONS, is_standing
from evidence_tracker.web.rooms.categories import CATEGORY, label

MINE = "me"
_RATIONALE, _IHL = CATEGORY[1:]


def _page(
    session: Session,
    *,
    actor: Actor,
    after: After | None = None,
    limit: int = PAGE,
    incident: str | None = None,
    category: tuple[str, str | None] = ("", None),
    mine: str | None = None,
    **chosen: Any,
) -> Sequence[Allegation]:
    """Return one page: the incident by its reference, the category as pack and code, ``mine`` as one's own."""
    pack_id, code = category
    return queries.list_allegations(
        session,
        actor=actor,
        incident=find_incident(session, incident, actor=actor) if incident else None,
        pack_id=pack_id or None,
        code=code,
        recorded_by=actor.account_id if mine == MINE else None,
        after=after,
        limit=limit,
        **chosen,
    )


def _category(text: str) -> tuple[str, str | None]:
    pack_id, _, code = text.partition(":")
    return pack_id, code or None


def _used(session: Session, actor: Actor) -> list[tuple[str, Any]]:
    found = []
    for pack_id, code in queries.categories_used(session, actor=actor):
        category = library().pack(pack_id).categories.get(code)
        words = label(category.label) if category is not None else ""
        found.append((f"{pack_id}:{code}", f"{code} · {words}"))
    return found


def _statused(session: Session, rows: Sequence[Allegation], actor: Actor) -> dict[str, Any]:
    """Put beside each allegation of a page its incident and how far it is covered: three queries a page."""
    incidents = queries.incident_references(session, rows, actor=actor)
    for coverage in coverage_of(session, rows, actor=actor):
        row: Any = coverage.allegation
        row.shown_incident = incidents.get(row.incident_id)
        row.shown_coverage = coverage
    return {}


def _covered(row: Any) -> str:
    coverage = row.shown_coverage
    return str(gettext("%(covered)s of %(all)s", covered=coverage.covered, all=len(coverage.elements)))


def category_words(row: Allegation) -> str:
    """Return the words of the category that an allegation pins."""
    return label(pinned(row)[1].label)


def _title(row: Allegation) -> str:
    return f"{row.code} {category_words(row)}"


def _overview(session: Session, row: Allegation, actor: Actor) -> dict[str, Any]:
    """Return what stands around the facts of an allegation: its incident, its cautions, its elements."""
    shown, incident = queries.with_incident(session, row, actor=actor)
    pack, category = pinned(shown)
    namings = queries.suspects_of(session, row, actor=actor)
    return {
        "incident": incident,
        "pack": pack,
        "category": category,
        "cautions": queries.cautions_in(shown, incident, [link for link, _part in namings]),
        "coverage": coverage_of(session, [shown], actor=actor)[0],
        "columns": matrix.COLUMNS,
        "may_bear": is_standing(row)
        and frame.held(session, actor).may(Permission.RECORD, row.compartment_id, row.level),
        "noted": [incident],
    }


def _pack(_session: Session, row: Allegation, _actor: Actor) -> Markup:
    pack, category = pinned(row)
    url = url_for("allegations.category", pack_id=pack.name, code=category.code)
    caution = category.certainty.caution
    words = f"{pack.name}: {category.code}" + (f" ({caution})" if caution else "")
    return Markup('<a href="{}">{}</a>').format(url, words)


def _rationale(_session: Session, row: Allegation, _actor: Actor) -> Markup:
    return Markup('<div class="words">{}</div>').format(row.rationale)


def _allege(deed: Deed) -> Any:
    return alleging.allege(
        deed.session,
        deed.stated["incident"],
        deed.stated["category"],
        rationale=deed.stated["rationale"],
        ihl_basis=deed.stated["ihl_basis"] or (),
        actor=deed.actor,
    )


def _move(deed: Deed) -> Any:
    return _to(deed, deed.stated["to"])


def _withdraw(deed: Deed) -> Any:
    return _to(deed, AllegationStatus.WITHDRAWN)


def _to(deed: Deed, status: AllegationStatus) -> Any:
    return alleging.change_status(
        deed.session,
        deed.row,
        status,
        reason=deed.stated["reason"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _routes(made: Blueprint) -> None:
    categories.routes(made)

    @made.get("/against")
    def against() -> ResponseReturnValue:
        """Answer all that speaks against allegations: what must go along wherever the rest goes."""
        asked_for = {name: request.args.get(name, "").strip().upper() for name in _AGAINST}
        with door.reading() as (session, actor):
            frame.prepare(session, actor)
            found = queries.exculpatory(
                session,
                actor=actor,
                **{
                    name: _AGAINST[name](session, text, actor=actor)
                    for name, text in asked_for.items()
                    if text
                },
            )
            rows = [(one, Pair(one.bearing, one.evidence)) for one in found]
            door.note_reading("exculpatory evidence", lists.highest([one.bearing for one in found]))
            return render_template("rooms/against.html", rows=rows, asked=asked_for)


_AGAINST: dict[str, Any] = {
    "incident": find_incident,
    "allegation": queries.find_allegation,
    "suspect": queries.find_nameable,
}


ROOM = Room(
    name="allegations",
    icon="scale",
    one=_l("allegation"),
    many=_l("Allegations"),
    intro=_l("Incidents read under crime categories, for and against. Only a prosecutor charges."),
    model=Allegation,
    find=queries.find_allegation,
    title=_title,
    status=lambda row: row.status,
    listing=Listing(
        page=_page,
        prepare=_statused,
        is_scoped=True,
        template="rooms/allegation_list.html",
        columns=(
            Column(name="category", label=_l("Category"), cell=_title),
            Column(name="status", label=_l("Status"), cell=lambda row: row.status, kind="state"),
            Column(name="incident", label=_l("Incident"), cell=lambda row: row.shown_incident, kind="ref"),
            Column(name="elements", label=_l("Elements with something for them"), cell=_covered),
            Column(
                name="against",
                label=_l("Against"),
                cell=lambda row: row.shown_coverage.against,
                is_narrow=True,
            ),
        ),
        filters=(
            Filter(name="category", label=_l("Category"), choices=_used, read=_category),
            Filter(name="status", label=_l("Status"), enum=AllegationStatus, read=AllegationStatus),
            Filter(name="incident", label=_l("Incident"), read=str.upper),
            Filter(
                name="mine",
                label=_l("Recorded by"),
                choices=lambda _session, _actor: [(MINE, _l("me"))],
            ),
        ),
        empty=_l("No allegation yet. Begin at an incident: read it under a crime category."),
    ),
    facts=(
        Facts(
            title=_l("The reading"),
            names=("rationale", "category", "ihl_basis"),
        ),
    ),
    show={"category": _pack, "rationale": _rationale},
    template="rooms/allegation.html",
    data=_overview,
    tabs=(Tab(name=matrix.TAB, title=_l("Matrix"), template="kinds/matrix.html", data=matrix.data),),
    sections=SECTIONS,
    actions=(
        Action(
            name="allege",
            label=_l("Read an incident under a crime category"),
            scope=Scope.LIST,
            fields=(
                asked.ref("incident", _l("Incident"), Incident, lambda row: row.title, required=True),
                *CATEGORY,
            ),
            run=_allege,
            done=_l("The allegation is claimed. What counsel should look at stands at its top."),
        ),
        Action(
            name="status",
            label=_l("Change the status"),
            fields=(
                Word(
                    name="to",
                    label=_l("Status"),
                    enum=AllegationStatus,
                    only=tuple(one for one in AllegationStatus if one is not AllegationStatus.WITHDRAWN),
                    widget="radio",
                    required=True,
                ),
                Long(name="reason", label=_l("Why"), required=True, rows=2),
            ),
            when=is_standing,
            run=_move,
        ),
        Action(
            name="amend",
            label=_l("Change the reading"),
            fields=(_RATIONALE, _IHL, *governance()),
            amends=True,
            run=amender(alleging.amend_allegation),
            help=_l("Never the incident or the category: another reading is another allegation."),
        ),
        Action(
            name="withdraw",
            label=_l("Withdraw"),
            fields=(asked.reason(),),
            when=is_standing,
            run=_withdraw,
            typed=True,
            warning=_l(
                "A withdrawn allegation is not taken up again, and nothing is added to it. It stays on record."
            ),
        ),
    ),
    more_routes=_routes,
)
