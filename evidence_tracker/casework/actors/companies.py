"""Acts on companies: who made, sold, shipped or owns."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors import names
from evidence_tracker.casework.actors.models import Company
from evidence_tracker.custody.events import Actor

READERS: Mapping[str, stated.Reader] = {
    **names.READERS,
    "registration_number": stated.optional_text,
    "registration_country": stated.optional(stated.country),
    "headquarters_country": stated.optional(stated.country),
    "address": stated.optional_text,
    "ownership": stated.optional_text,
    "description": stated.optional_text,
    "source": stated.text,
}


def add_company(
    session: Session,
    *,
    name: str,
    source: str,
    actor: Actor,
    name_language: str | None = None,
    name_latin: str | None = None,
    registration_number: str | None = None,
    registration_country: str | None = None,
    headquarters_country: str | None = None,
    address: str | None = None,
    ownership: str | None = None,
    description: str | None = None,
    compartment_id: UUID | None = None,
    governance: Governance = Governance(),  # noqa: B008 - frozen
) -> Company:
    """Record a company; in the organisation compartment unless another is named."""
    facts = stated.read(
        {
            "registration_number": registration_number,
            "registration_country": registration_country,
            "headquarters_country": headquarters_country,
            "address": address,
            "ownership": ownership,
            "description": description,
            "source": source,
        },
        READERS,
    )
    return records.create(
        session,
        Company,
        compartment_id=compartment_id or records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        reference=records.next_reference(session, "U"),
        **names.named(name, name_language, name_latin),
        **facts,
    )


def amend_company(
    session: Session,
    company: Company,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Company:
    """Change what is known of a company."""
    read = names.renamed(company, stated.read(changes, {**READERS, **stated.GOVERNED}))
    return stated.amend_stated(session, company, read, actor=actor, expected_version=expected_version)
