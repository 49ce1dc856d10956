"""Incidents and what hangs on them, made through the acts. All fictional."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import grant, open_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.models import OffenceBasis, Suspect, Unit, UnitKind
from evidence_tracker.casework.actors.suspects import add_suspect
from evidence_tracker.casework.actors.units import add_unit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.recording import record_incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.osint.captures import CaptureFacts, record_capture
from evidence_tracker.casework.osint.models import Capture, CaptureMethod, ControlLevel
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.registration import add_person
from evidence_tracker.custody.events import Actor
from tests.cast import Cast
from tests.factories.interviews import planned

LAWFUL = Governance(Level.CONFIDENTIAL, "documentation", "fictional act, article 1")

CONFINEMENT: dict[str, Any] = {
    "title": "Cellar of the school, Vyhadane",
    "kind": "confinement",
    "occurred": {"value": "2022-03-12T14:30", "zone": "Europe/Kyiv", "zone_basis": "as the witness said"},
    "place": {"name": "Вигадане", "language": "uk", "country": "UA"},
    "narrative": "Some thirty villagers were kept in the cellar of the school for twelve days.",
    "basis": "Two first accounts and a photo of the cellar.",
}


def incident(session: Session, cast: Cast, *, actor: Actor | None = None, **facts: Any) -> Incident:
    """Return an incident in the compartment of the mission, recorded by amina."""
    governance = facts.pop("governance", LAWFUL)
    compartment_id = facts.pop("compartment_id", cast.mission)
    return record_incident(
        session,
        {**CONFINEMENT, **facts},
        actor=actor or cast.amina,
        compartment_id=compartment_id,
        governance=governance,
    )


def interview(session: Session, cast: Cast) -> Interview:
    """Return an interview at RESTRICTED, in the compartment of the mission."""
    return planned(
        session,
        cast,
        governance=Governance(Level.RESTRICTED, "documentation", "fictional act, article 1"),
    )


def capture(session: Session, cast: Cast, **facts: Any) -> Capture:
    """Return the capture of a post."""
    stated: dict[str, Any] = {
        "url_requested": "https://example.org/post/1",
        "captured_at": datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
        "method": CaptureMethod.UPLOAD_SCREENSHOT,
        "control": ControlLevel.UNCONTROLLED,
        "tool": "phone",
        "tool_version": "1",
        "collector": "amina",
        "legality_attestation": "Public post, no sign-in.",
        "reason": "Shows the school in March 2022.",
    }
    compartment = facts.pop("compartment", None) or session.get_one(Compartment, cast.mission)
    return record_capture(
        session,
        CaptureFacts(**{**stated, **facts}),
        actor=cast.amina,
        compartment=compartment,
        governance=facts.pop("governance", None),
    )


def person(session: Session, cast: Cast, **facts: Any) -> Person:
    """Return a protected person."""
    governance = facts.pop(
        "governance", Governance(Level.RESTRICTED, "documentation", "fictional act, article 1")
    )
    stated = {"age_band": "25-39", "roles": ["witness"]}
    return add_person(
        session,
        compartment_id=cast.mission,
        facts={**stated, **facts},
        actor=cast.amina,
        governance=governance,
    )


def unit(session: Session, cast: Cast, **facts: Any) -> Unit:
    """Return a unit in the directory of the organisation."""
    stated: dict[str, Any] = {
        "kind": UnitKind.ARMED_FORCES,
        "name": "999-й вигаданий полк",
        "name_latin": "999th Fictional Regiment",
        "source": "first accounts",
    }
    return add_unit(session, actor=cast.amina, **{**stated, **facts})


def suspect(session: Session, cast: Cast, **facts: Any) -> Suspect:
    """Return a named person, recorded with a legal basis."""
    stated: dict[str, Any] = {
        "name": "Ivan Vyhadanyi",
        "source": "first account",
        "offence_basis": OffenceBasis.NATIONAL_LAW,
        "governance": Governance(Level.RESTRICTED, "documentation", "fictional act, article 10"),
    }
    return add_suspect(session, actor=cast.amina, **{**stated, **facts})


def closed_compartment(session: Session, cast: Cast, reference: str = "KYI-2026-02") -> Compartment:
    """Return a compartment that only amina and olena may enter, for evidence that others may not see."""

    compartment = open_compartment(
        session,
        kind=CompartmentKind.PROJECT,
        reference=reference,
        title="Fictional closed project",
        actor=cast.olena,
    )
    grant(
        session,
        compartment,
        role=Role.INVESTIGATOR,
        level=Level.SEALED,
        purpose="tests",
        actor=cast.olena,
        account=session.get_one(Account, cast.amina.account_id),
    )
    return compartment
