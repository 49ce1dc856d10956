"""People who need protection: under a code that means nothing, with what gates must know, and who cares."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.exhibits import people as exhibits
from evidence_tracker.casework.incidents import queries as incidents
from evidence_tracker.casework.interviews import queries as interviews
from evidence_tracker.casework.parties.models import InstructionKind
from evidence_tracker.casework.parties.queries import instructions_against
from evidence_tracker.casework.persons import queries, registration
from evidence_tracker.casework.persons.models import (
    AgeBand,
    Person,
    ProtectionLevel,
    Referral,
    RoleInEvents,
    ThreatAssessment,
)
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.web import door, frame
from evidence_tracker.web.fields import Tick, governance
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    Tab,
)
from evidence_tracker.web.lists import highest
from evidence_tracker.web.rooms import asked, consent, people_care, people_facts
from evidence_tracker.web.rooms.people_reveal import REVEAL
from evidence_tracker.web.tongues import tongues
from evidence_tracker.web.words import said

MOST = 50
MOST_DUE = 500
LINKS = Tab(name="links", title=_l("Where they appear"))


def find(session: Session, code: str, *, actor: Actor) -> Person:
    """Return the person with this code; what cannot be a code is not said again, for it may be a name."""
    try:
        return queries.find_person(session, code, actor=actor)
    except InvalidInput as error:
        raise NotFound(
            gettext("There is no such person here, or you may not see them."),
            advice=gettext("Codes look like PN-7KQ2MX: six letters or digits."),
        ) from error


def title(row: Person) -> str:
    """Return in words what a person is to the events, which names nobody."""
    roles = ", ".join(words(row.roles)).capitalize() or str(gettext("Person"))
    return roles if row.age_band is AgeBand.UNKNOWN else f"{roles}, {said(row.age_band)}"


def words(stored: Sequence[str]) -> list[str]:
    """Return words of a list as a person reads them."""
    return [said(word) for word in stored]


def cautions(row: Person) -> list[str]:
    """Return what closes gates of a person."""
    flags = (
        (row.is_child, gettext("Under 18")),
        (row.is_crsv_survivor, gettext("Survivor of sexual violence")),
        (row.is_severely_traumatised, gettext("Severely traumatised")),
    )
    return [str(words) for is_so, words in flags if is_so]


def _overview(session: Session, row: Person, actor: Actor) -> dict[str, Any]:
    against = instructions_against(session, kinds=tuple(InstructionKind), actor=actor, person_code=row.code)
    standing = [one for one in against.shown if one.person_code == row.code]
    newest = queries.assessments(session, row, actor=actor)[:1]
    return {
        "standing": standing,
        "is_hidden": against.is_blocked and not standing,
        "may_plan": not against.is_blocked
        and frame.held(session, actor).may(Permission.RECORD, row.compartment_id),
        "threat": newest[0] if newest else None,
        "is_due": bool(newest) and people_care.is_due(newest[0].review_on),
        "sealed": queries.recorded_fields(session, row, actor=actor),
        "noted": [*standing, *newest],
    }


def _interviews(session: Session, row: Person, actor: Actor) -> Sequence[Pair]:
    found = interviews.links_to(session, row, actor=actor, limit=MOST + 1)
    return [Pair(link, interview) for link, interview in found]


def _exhibits(session: Session, row: Person, actor: Actor) -> Sequence[Pair]:
    found = exhibits.links_to(session, row, actor=actor, limit=MOST + 1)
    return [Pair(link, exhibit) for link, exhibit in found]


def _incidents(session: Session, row: Person, actor: Actor) -> Sequence[Pair]:
    found = incidents.links_of_person(session, row, actor=actor, limit=MOST + 1)
    return [Pair(link, incident) for link, incident in found]


def _count_due(session: Session, _rows: Sequence[Person], actor: Actor) -> int:
    today = asked.now().date()
    due = (queries.reviews_due, queries.follow_ups_due)
    return sum(len(question(session, on=today, actor=actor, limit=MOST_DUE)) for question in due)


def _due_page(made: Blueprint) -> None:
    @made.get("/due")
    def due_page() -> ResponseReturnValue:
        until = request.args.get("until", "").strip()
        return _due(day(until, "day") if until else asked.now().date())


def _due(until: date) -> ResponseReturnValue:
    """Answer which threats are to be looked at again, and whom to ask again about help, until a day."""
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        reviews = queries.reviews_due(session, on=until, actor=actor, limit=MOST_DUE)
        asks = queries.follow_ups_due(session, on=until, actor=actor, limit=MOST_DUE)
        persons = {one.person_id for one in reviews} | {one.person_id for one in asks}
        codes = queries.codes_of(session, persons, actor=actor)
        rows: list[tuple[date | None, str, ThreatAssessment | Referral]] = [
            *((one.review_on, "review", one) for one in reviews),
            *((one.follow_up_on, "follow-up", one) for one in asks),
        ]
        door.note_reading(gettext("what is due for persons"), highest([*reviews, *asks]))
        return render_template(
            "rooms/people_due.html",
            room=ROOM,
            rows=sorted((row for row in rows if row[2].person_id in codes), key=lambda row: str(row[0])),
            codes=codes,
            until=until,
            today=asked.now().date(),
            may_record=_may_record(session, [*reviews, *asks], actor),
            person_link=asked.person_link,
            is_cut=MOST_DUE in {len(reviews), len(asks)},
        )


def _may_record(session: Session, rows: Sequence[Any], actor: Actor) -> set[UUID]:
    held = frame.held(session, actor)
    return {one.id for one in rows if held.may(Permission.RECORD, one.compartment_id, one.level)}


ROOM = Room(
    name="people",
    icon="user-shield",
    one=_l("person"),
    many=_l("People"),
    intro=_l("Who needs protection. A code says nothing of its bearer; the identity lies sealed."),
    model=Person,
    find=find,
    reference=lambda row: str(row.code),
    title=title,
    status=lambda row: f"care-{row.protection_level.value}",
    template="rooms/people.html",
    data=_overview,
    listing=Listing(
        page=queries.list_persons,
        columns=(
            Column(name="role", label=_l("To the events"), cell=lambda row: words(row.roles)),
            Column(name="age", label=_l("Age"), cell=lambda row: row.age_band),
            Column(name="care", label=_l("Care"), cell=lambda row: row.protection_level, kind="state"),
            Column(name="cautions", label=_l("Cautions"), cell=cautions),
            Column(
                name="languages",
                label=_l("Languages"),
                cell=lambda row: tongues(row.languages),
                is_narrow=True,
            ),
        ),
        filters=(
            Filter(
                name="protection_level",
                label=_l("Care"),
                says=_l("care: %(words)s"),
                enum=ProtectionLevel,
                read=ProtectionLevel,
            ),
            Filter(
                name="role", label=_l("To the events"), says="%(words)s", enum=RoleInEvents, read=RoleInEvents
            ),
            Filter(name="age_band", label=_l("Age"), says=_l("aged %(words)s"), enum=AgeBand, read=AgeBand),
            Filter(
                name="is_child",
                label=_l("Under 18"),
                says="%(words)s",
                choices=lambda _session, _actor: [("yes", _l("under 18")), ("no", _l("adults"))],
                read=lambda text: text == "yes",
            ),
            Filter(
                name="is_crsv_survivor",
                label=_l("Survivor of sexual violence"),
                says="%(words)s",
                choices=lambda _session, _actor: [("yes", _l("survivors of sexual violence"))],
                read=lambda text: text == "yes",
            ),
        ),
        prepare=_count_due,
        is_scoped=True,
        template="rooms/people_list.html",
        empty=_l("Nobody is registered yet, or nobody whom you may see."),
    ),
    facts=(
        Facts(
            title=_l("What gates must know"),
            names=(
                *("protection_level", "roles", "age_band", "is_child", "civil_status"),
                *("is_crsv_survivor", "is_severely_traumatised", "vulnerabilities", "languages"),
            ),
        ),
    ),
    show={
        "roles": lambda _session, row, _actor: words(row.roles),
        "vulnerabilities": lambda _session, row, _actor: words(row.vulnerabilities),
    },
    tabs=(people_care.PROTECTION, consent.TAB, LINKS),
    sections=(
        people_care.THREATS,
        people_care.INCIDENTS,
        people_care.REFERRALS,
        *consent.SECTIONS,
        Section(
            name="interviews",
            title=_l("Interviews"),
            tab=LINKS.name,
            rows=_interviews,
            most=MOST,
            columns=(
                Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("Kind of account"), cell=lambda row: row.other.account_type),
                Column(label=_l("As"), cell=lambda row: row.item.role),
                Column(label=_l("Begun"), cell=lambda row: row.other.started),
                Column(label=_l("State"), cell=lambda row: row.other.state, kind="state"),
            ),
            link=lambda row: asked.way("interviews", row.other.reference),
            empty=_l("Linked to no interview that you may see."),
        ),
        Section(
            name="exhibits",
            title=_l("Evidence items"),
            tab=LINKS.name,
            rows=_exhibits,
            most=MOST,
            columns=(
                Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("Title"), cell=lambda row: row.other.title),
                Column(label=_l("As"), cell=lambda row: row.item.role),
                Column(label=_l("Basis"), cell=lambda row: row.item.basis),
            ),
            link=lambda row: asked.way("evidence", row.other.reference),
            empty=_l("Linked to no evidence item that you may see."),
        ),
        Section(
            name="incidents",
            title=_l("Incidents"),
            tab=LINKS.name,
            rows=_incidents,
            most=MOST,
            columns=(
                Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("Incident"), cell=lambda row: row.other.title),
                Column(label=_l("As"), cell=lambda row: row.item.role),
                Column(label=_l("When"), cell=lambda row: row.other.occurred),
            ),
            link=lambda row: asked.way("incidents", row.other.reference),
            empty=_l("Linked to no incident that you may see."),
        ),
        people_care.SUSPECTS,
    ),
    actions=(
        Action(
            name="register",
            label=_l("Register a person"),
            scope=Scope.LIST,
            fields=(asked.home(), *people_facts.PERSON, *people_facts.IDENTITY, *governance()),
            run=people_facts.register,
            help=_l("Under a new code that means nothing. RESTRICTED unless you say otherwise."),
            done=_l("Registered, and recorded in the custody log. Use the code, and no name, from now on."),
        ),
        *consent.ACTIONS,
        Action(
            name="amend",
            label=_l("Change"),
            fields=(*people_facts.PERSON, *governance(is_amended=True)),
            amends=True,
            run=amender(registration.amend_person),
            help=_l("Taking back what closes a gate needs the right to approve exceptions."),
        ),
        Action(
            name="seal",
            label=_l("Seal more of the identity"),
            permission=Permission.SEAL_IDENTITY,
            fields=(
                *people_facts.IDENTITY,
                Tick(
                    name="beside",
                    label=_l("Keep the earlier words of these parts current, too"),
                    help=_l("Otherwise new words supersede the earlier ones, which are kept."),
                ),
            ),
            run=people_facts.seal,
            is_drafted=False,
            done=_l("Sealed, and recorded in the custody log."),
        ),
        REVEAL,
    ),
    more_routes=_due_page,
)
