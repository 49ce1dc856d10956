"""A submission with everything in it, made through the acts. All fictional."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pyrage
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.allegations.alleging import allege
from evidence_tracker.casework.allegations.bearings import bear
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell, give
from evidence_tracker.casework.exhibits.models import Exhibit, PersonRole, SourceKind
from evidence_tracker.casework.exhibits.people import link_person
from evidence_tracker.casework.incidents.links import link_evidence
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.plan import Plan, make_plan
from evidence_tracker.casework.submissions.preparation import Opening, add_item, open_submission
from evidence_tracker.custody.events import Actor
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.bundles import Desk
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import PASSPHRASE, Cast
from tests.factories import exhibits, incidents, interviews, parties, persons

LAWFUL = Governance(Level.CONFIDENTIAL, "documentation", "fictional act, article 1")
SAID = {
    "form": "written",
    "language": "uk",
    "obtained_by": "amina",
    "obtained": "2026-02-20",
    "capacity_ok": True,
}
STATEMENT = "Selected photographs and first accounts. Material without consent for this use is not included."


@dataclass(frozen=True)
class Scene:
    """What was made; ``identity`` opens the age file of the recipient."""

    submission: str
    recipient: UUID
    witness: UUID
    source: UUID
    photo: UUID
    document: UUID
    incident: UUID
    allegation: UUID
    interview: UUID
    identity: pyrage.x25519.Identity


def identity_key(instance: Instance) -> PrivateKey:
    """Open the identity root as its first custodian."""
    holder = instance.keys.custodians()[0]
    return instance.keys.unlock_identity(holder, Passphrase(PASSPHRASE, CHEAP))


def desk(instance: Instance, actor: Actor) -> Desk:
    """Return a person at work on submissions."""
    return Desk(instance, actor, identity_key(instance))


def allow(
    session: Session,
    person: Person,
    recipient: Party,
    level: IdentityLevel,
    actor: Actor,
    *,
    use: Use = Use.INVESTIGATION,
    items: tuple[UUID, ...] = (),
) -> None:
    """Let a person allow one use by one recipient."""
    give(session, person, [Cell(recipient, use, level, items)], facts=SAID, actor=actor)


def interview_with(session: Session, cast: Cast, person: Person) -> Interview:
    """Return an interview of a person with its first account."""
    return interviews.told(session, cast, person, governance=LAWFUL)


def exhibit_from(
    session: Session, instance: Instance, cast: Cast, person: Person | None, data: bytes, **facts: Any
) -> Exhibit:
    """Return an exhibit that a person gave, or one of our own."""
    stated = {"source_kind": SourceKind.PERSON if person else SourceKind.OWN, "title": "Photograph", **facts}
    exhibit = exhibits.receive(session, instance.vault, cast, data, governance=LAWFUL, **stated)
    if person is not None:
        link_person(session, exhibit, person, role=PersonRole.SOURCE, actor=cast.amina)
    return exhibit


def stage(instance: Instance, cast: Cast, *, level: IdentityLevel = IdentityLevel.FULL) -> Scene:
    """Make a mission's worth of records and a submission of them, ready to be checked."""
    identity = pyrage.x25519.Identity.generate()
    with instance.transaction() as session:
        recipient = parties.prosecutor(
            session,
            cast.olena,
            age_recipients=[str(identity.to_public())],
            keys_checked_how="read aloud on the telephone",
        )
        witness = persons.person(
            session,
            cast.amina,
            cast.mission,
            governance=LAWFUL,
            identity={"legal_name": "Оксана Вигаданенко"},
        )
        source = persons.person(
            session, cast.amina, cast.mission, governance=LAWFUL, identity={"legal_name": "Тарас Неіснуючий"}
        )
        for person in (witness, source):
            allow(session, person, recipient, level, cast.amina)
        photo = exhibit_from(session, instance, cast, source, exhibits.png(1))
        document = exhibit_from(
            session, instance, cast, None, b"A list of names of streets.\n", title="Note on streets"
        )
        interview = interview_with(session, cast, witness)
        incident = incidents.incident(session, cast)
        link_evidence(session, incident, photo, shows="the cellar door", stance="supports", actor=cast.amina)
        link_evidence(session, incident, interview, shows="twelve days", stance="supports", actor=cast.amina)
        allegation = allege(
            session,
            incident,
            "rome-statute:8(2)(a)(vii)-2",
            rationale="Thirty villagers were kept in a cellar for twelve days.",
            actor=cast.chen,
        )
        for element, direction in ((1, "inculpatory"), (2, "exculpatory")):
            bear(session, allegation, element, photo, direction=direction, note="door", actor=cast.chen)
        submission = open_submission(
            session,
            compartment_id=cast.mission,
            recipient=recipient,
            opening=Opening("Confinement in Vyhadane", Use.INVESTIGATION, STATEMENT),
            governance=LAWFUL,
            actor=cast.daria,
        )
        for subject in (photo, document, interview, incident, allegation):
            add_item(session, submission, subject, actor=cast.daria)
        return Scene(
            submission.reference,
            recipient.id,
            witness.id,
            source.id,
            photo.id,
            document.id,
            incident.id,
            allegation.id,
            interview.id,
            identity,
        )


def plan_of(
    session: Session, cast: Cast, recipient: Party, *subjects: Any, use: Use = Use.INVESTIGATION
) -> Plan:
    """Return the plan of a new submission of these records to this recipient, as daria sees it."""
    return make_plan(session, submission_of(session, cast, recipient, *subjects, use=use), actor=cast.daria)


def submission_of(
    session: Session, cast: Cast, recipient: Party, *subjects: Any, use: Use = Use.INVESTIGATION
) -> Submission:
    """Return a new submission of these records that daria prepared."""
    submission = open_submission(
        session,
        compartment_id=cast.mission,
        recipient=recipient,
        opening=Opening("Confinement in Vyhadane", use, STATEMENT),
        governance=LAWFUL,
        actor=cast.daria,
    )
    for subject in subjects:
        add_item(session, submission, subject, actor=cast.daria)
    return submission


def codes(plan: Plan) -> set[str]:
    """Return which gates of a plan are not open."""
    return {gate.code.value for gate in plan.gates}


def decrypted(path: Path, identity: pyrage.x25519.Identity, to: Path) -> Path:
    """Return the ZIP inside an age file."""
    to.write_bytes(pyrage.decrypt(path.read_bytes(), [identity]))
    return to


def home(session: Session, cast: Cast) -> Compartment:
    """Return the compartment of the mission."""
    return session.get_one(Compartment, cast.mission)


def again(session: Session, scene: Scene) -> Submission:
    """Return the submission in another session."""
    return session.query(Submission).filter_by(reference=scene.submission).one()


def record_of(session: Session, model: type[Any], record_id: UUID) -> Any:
    """Return a record of the scene in another session."""
    return session.get_one(model, record_id)


__all__ = ["Allegation", "Incident", "Scene", "desk", "stage"]
