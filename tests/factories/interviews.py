"""Interviews and what leads to them, made through the acts. All fictional."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import end_grant, grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, Grant, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell
from evidence_tracker.casework.interviews import closing, conduct, exceptions, statements
from evidence_tracker.casework.interviews.models import Interview, InterviewException, Question
from evidence_tracker.casework.interviews.planning import plan_interview
from evidence_tracker.casework.missions.models import Competence, CompetenceCategory, Mission
from evidence_tracker.casework.missions.team import add_member, record_competence
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from tests.cast import Cast
from tests.factories import consent, missions, persons

ACCOUNT = "Ми сиділи в підвалі три дні. Потім прийшли солдати і забрали брата."
STORAGE = Cell(RecipientClass.OWN_ORGANISATION, Use.STORAGE, IdentityLevel.FULL)
ASKED = {
    "account_type": "first_account",
    "ground": "imminent-loss",
    "justification": "The family leaves the country tonight and the authority cannot come.",
}


def planned(
    session: Session,
    cast: Cast,
    person: Person | None = None,
    *,
    mission: Mission | None = None,
    governance: Governance | None = None,
    **facts: Any,
) -> Interview:
    """Return an interview that amina planned, with an adult witness unless somebody else is named."""
    home = cast.mission if mission is None else mission.compartment_id
    return plan_interview(
        session,
        person or persons.person(session, cast.amina, home),
        {"language": "uk", **facts},
        actor=cast.amina,
        mission=mission,
        compartment_id=None if mission else home,
        governance=governance,
    )


def begun(session: Session, cast: Cast, person: Person | None = None, **facts: Any) -> Interview:
    """Return an interview that amina holds; nothing is explained yet."""
    return conduct.begin_interview(session, planned(session, cast, person, **facts), actor=cast.amina)


def introduced(session: Session, cast: Cast, person: Person | None = None, **facts: Any) -> Interview:
    """Return an interview in which everything is explained and the person allows us to keep the account."""
    who = person or persons.person(session, cast.amina, cast.mission)
    interview = begun(session, cast, who, **facts)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, who, STORAGE)
    return interview


def told(session: Session, cast: Cast, person: Person | None = None, **facts: Any) -> Interview:
    """Return an interview with its first account in Ukrainian."""
    return statements.record_account(
        session, introduced(session, cast, person, **facts), ACCOUNT, actor=cast.amina
    )


def question(session: Session, cast: Cast, interview: Interview, **facts: Any) -> Question:
    """Return the next question and its answer."""
    said = {"question": "Що сталося далі?", "question_type": "open", "answer": "Не знаю.", **facts}
    return statements.record_question(session, interview, said, actor=cast.amina)


def read(session: Session, cast: Cast, person: Person | None = None, **facts: Any) -> Interview:
    """Return an interview whose account was read back and signed."""
    return closing.read_back(session, told(session, cast, person, **facts), is_signed=True, actor=cast.amina)


def closed(session: Session, cast: Cast, person: Person | None = None, **facts: Any) -> Interview:
    """Return a closed interview."""
    return closing.close_interview(session, read(session, cast, person, **facts), actor=cast.amina)


def specialist(session: Session, cast: Cast, mission: Mission, *categories: CompetenceCategory) -> None:
    """Put amina on the team, with a training in each of these categories."""
    add_member(
        session, mission, missions.account_of(session, cast.amina), role="interviewer", actor=cast.olena
    )
    for category in categories:
        trained(session, cast, cast.amina, category)


def trained(
    session: Session, cast: Cast, who: Actor, category: CompetenceCategory | str, until: str = "2099-01-01"
) -> Competence:
    """Return a training that chen records."""
    return record_competence(
        session,
        missions.account_of(session, who),
        category=category,
        basis="Course of the Fictional Institute",
        awarded_on="2025-06-01",
        expires_on=until,
        actor=cast.chen,
    )


def asked(session: Session, cast: Cast, interview: Interview, **facts: Any) -> InterviewException:
    """Return a request for an exception, with amina as the specialist."""
    account = missions.account_of(session, cast.amina)
    return exceptions.ask_exception(
        session, interview, {**ASKED, **facts}, interviewer=account, actor=cast.amina
    )


def lowered(session: Session, cast: Cast, level: Level, home: UUID | None = None) -> None:
    """Leave amina an investigator's grant up to this level only (in the organisation, or in ``home``)."""
    place = session.get_one(Compartment, home or cast.home)
    account = missions.account_of(session, cast.amina)
    held = select(Grant).where(Grant.account_id == account.id, Grant.compartment_id == place.id)
    for row in session.scalars(held.where(Grant.ended_at.is_(None))).all():
        end_grant(session, row, reason="tests", actor=cast.olena)
    grant(
        session,
        place,
        role=Role.INVESTIGATOR,
        level=level,
        purpose="tests",
        actor=cast.olena,
        account=account,
    )
