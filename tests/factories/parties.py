"""Parties, agreements and instructions, made through the acts. All fictional."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.parties.agreements import record_agreement
from evidence_tracker.casework.parties.directory import add_party
from evidence_tracker.casework.parties.instructions import record_instruction
from evidence_tracker.casework.parties.models import (
    Agreement,
    DataProtectionRole,
    Instruction,
    InstructionKind,
    Party,
    PartyKind,
    RecipientClass,
)
from evidence_tracker.custody.events import Actor


def prosecutor(session: Session, actor: Actor, **facts: Any) -> Party:
    """Return the prosecution service of the invented state, written in Cyrillic and Latin."""
    stated: dict[str, Any] = {
        "kind": PartyKind.PROSECUTOR,
        "recipient_class": RecipientClass.NATIONAL_PROSECUTOR,
        "name": "Прокуратура Вигаданої області",
        "name_latin": "Prokuratura Vyhadanoi oblasti",
        "country": "UA",
        "language": "uk",
    }
    return add_party(session, actor=actor, **{**stated, **facts})


def partner(session: Session, actor: Actor, **facts: Any) -> Party:
    """Return a partner organisation."""
    stated: dict[str, Any] = {
        "kind": PartyKind.PARTNER,
        "recipient_class": RecipientClass.PARTNER,
        "name": "Fictional Legal Aid",
        "country": "NL",
    }
    return add_party(session, actor=actor, **{**stated, **facts})


def agreement(session: Session, actor: Actor, party: Party, **facts: Any) -> Agreement:
    """Return a signed agreement with one party."""
    stated: dict[str, Any] = {
        "subject": "Sharing of first accounts",
        "scope": "First accounts of the spring missions, without identities",
        "parties": [(party, DataProtectionRole.JOINT_CONTROLLER)],
        "signed_on": "2026-01-15",
        "valid_until": "2026-12-31",
    }
    return record_agreement(session, actor=actor, **{**stated, **facts})


def instruction(session: Session, actor: Actor, party: Party, **facts: Any) -> Instruction:
    """Return an instruction not to interview one person, in force since February."""
    stated: dict[str, Any] = {
        "kind": InstructionKind.DO_NOT_INTERVIEW,
        "person_code": "PN-7KQ2MX",
        "wording": "Please do not interview this person before our hearing.",
        "source": "letter 12/2026, by courier",
        "since": "2026-02-01",
    }
    return record_instruction(session, party, actor=actor, **{**stated, **facts})
