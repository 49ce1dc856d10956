"""Units, named persons and companies, made through the acts. All fictional."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.actors.models import Company, Suspect, Unit
from evidence_tracker.casework.actors.suspects import add_suspect
from evidence_tracker.casework.actors.units import add_unit
from evidence_tracker.custody.events import Actor

LAWFUL = Governance(Level.RESTRICTED, "command analysis", "Fictional Data Act, article 10(2)")


def unit(session: Session, actor: Actor, **facts: Any) -> Unit:
    """Return an invented motor rifle regiment."""
    stated: dict[str, Any] = {
        "kind": "armed-forces",
        "echelon": "regiment",
        "name": "777-й вигаданий мотострілецький полк",
        "name_language": "uk",
        "name_latin": "777th Fictional Motor Rifle Regiment",
        "source": "order found at the checkpoint",
    }
    return add_unit(session, actor=actor, **{**stated, **facts})


def suspect(session: Session, actor: Actor, **facts: Any) -> Suspect:
    """Return an invented commander, recorded on a stated legal basis."""
    stated: dict[str, Any] = {
        "name": "Вигадник Зеновій Ярославович",
        "name_language": "uk",
        "name_latin": "Vyhadnyk Zenovii Yaroslavovych",
        "capacity": "commander",
        "offence_basis": "authorised-by-national-law",
        "governance": LAWFUL,
        "source": "two intercepted calls",
    }
    return add_suspect(session, actor=actor, **{**stated, **facts})


def company(session: Session, actor: Actor, **facts: Any) -> Company:
    """Return an invented maker of chips."""
    stated: dict[str, Any] = {
        "name": "Fictional Semiconductors N.V.",
        "registration_number": "00-000-000",
        "registration_country": "NL",
        "headquarters_country": "NL",
        "source": "company register, extract of 1 March 2026",
    }
    return add_company(session, actor=actor, **{**stated, **facts})
