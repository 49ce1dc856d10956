"""Acts on allegations: reading an incident under a category, moving its status, naming suspects."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.models import Confidence, Suspect, Unit
from evidence_tracker.casework.allegations.categories import (
    CrimeCategory,
    Mode,
    Pack,
    codes_in,
    ihl_provision,
    lies_under,
)
from evidence_tracker.casework.allegations.models import Allegation, AllegationStatus, AllegationSuspect
from evidence_tracker.casework.allegations.packs import library
from evidence_tracker.casework.incidents.evidence import asserter
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput

SERIES = "A"
AMENDABLE: Mapping[str, stated.Reader] = {"rationale": stated.text, "ihl_basis": stated.texts}


def allege(
    session: Session,
    incident: Incident,
    category: str,
    *,
    rationale: str,
    actor: Actor,
    ihl_basis: Iterable[str] = (),
) -> Allegation:
    """Read an incident under a category (``pack:code``); returns the allegation, claimed.

    The pack's version and digest are pinned. Where the category is a blanket reference to
    treaties, ``ihl_basis`` names their articles. Dates and forums never stand in the way:
    ``queries.cautions`` says what counsel should look at.
    """
    pack, code = library().resolve(category)
    chosen = pack.category(code)
    _refuse_heading(pack, chosen)
    require(session, actor, Permission.READ, incident.compartment_id, level=incident.level)
    return records.create(
        session,
        Allegation,
        compartment_id=incident.compartment_id,
        governance=Governance.of(incident),
        actor=actor,
        reference=records.next_reference(session, SERIES),
        incident_id=incident.id,
        pack_id=pack.id,
        pack_version=pack.version,
        pack_sha256=pack.sha256,
        code=chosen.code,
        status=AllegationStatus.CLAIMED,
        rationale=stated.text(rationale, "rationale"),
        ihl_basis=_ihl_basis(chosen, list(ihl_basis)),
    )


def amend_allegation(
    session: Session,
    allegation: Allegation,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Allegation:
    """Change the rationale, the treaty articles or the governance; never the incident or the category."""
    read = stated.read(changes, {**AMENDABLE, **stated.GOVERNED})
    if "ihl_basis" in read:
        read["ihl_basis"] = _ihl_basis(pinned(allegation)[1], read["ihl_basis"])
    return stated.amend_stated(session, allegation, read, actor=actor, expected_version=expected_version)


def change_status(
    session: Session,
    allegation: Allegation,
    status: AllegationStatus | str,
    *,
    reason: str,
    actor: Actor,
    expected_version: int | None = None,
) -> Allegation:
    """Move an allegation on; the reason is in the custody log. A withdrawn one stays withdrawn."""
    to = stated.word(AllegationStatus)(status, "status")
    why = stated.text(reason, "reason")
    if allegation.status is AllegationStatus.WITHDRAWN:
        raise GateClosed(
            f"{allegation.reference} was withdrawn and is not taken up again.",
            advice="Record a new allegation.",
        )
    if allegation.status is to:
        raise InvalidInput(f"{allegation.reference} is {to} already.")
    return records.amend(
        session,
        allegation,
        {"status": to},
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
        facts={"reason": why, "from_status": allegation.status.value},
    )


def name_suspect(
    session: Session,
    allegation: Allegation,
    suspect: Suspect | Unit,
    *,
    confidence: Confidence | str,
    basis: str,
    actor: Actor,
    mode: str | None = None,
    asserted_by: str | None = None,
) -> AllegationSuspect:
    """Name a suspect or unit under an allegation, with the mode of liability where one is stated.

    ``mode`` is a code of the allegation's own pack or ``pack:code`` of another.
    """
    pack, category = pinned(allegation)
    chosen = mode_for(mode, pack, category) if mode else None
    level = max(allegation.level, suspect.level, key=lambda item: item.rank)
    require(session, actor, Permission.READ, suspect.compartment_id, level=suspect.level)
    return records.create(
        session,
        AllegationSuspect,
        compartment_id=allegation.compartment_id,
        governance=Governance(level, allegation.purpose, allegation.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        allegation_id=allegation.id,
        suspect_id=suspect.id if isinstance(suspect, Suspect) else None,
        unit_id=suspect.id if isinstance(suspect, Unit) else None,
        mode_pack_id=chosen[0].id if chosen else None,
        mode_pack_version=chosen[0].version if chosen else None,
        mode_code=chosen[2] if chosen else None,
        confidence=stated.word(Confidence)(confidence, "confidence"),
        basis=stated.text(basis, "basis"),
        asserted_by=asserter(asserted_by, actor),
        ended_at=None,
        ended_reason=None,
    )


def release_suspect(
    session: Session,
    link: AllegationSuspect,
    *,
    reason: str,
    actor: Actor,
    expected_version: int | None = None,
) -> AllegationSuspect:
    """End the naming of a suspect or unit; it stays on record with the reason."""
    if link.ended_at is not None:
        raise Conflict("This was ended before.", advice="Read it again.")
    changes = {"ended_at": now(session), "ended_reason": stated.text(reason, "reason")}
    return records.amend(
        session, link, changes, actor=actor, expected_version=expected_version, verb=CustodyVerb.UNLINKED
    )


def pinned(allegation: Allegation) -> tuple[Pack, CrimeCategory]:
    """Return the pack and the category that an allegation pins."""
    pack = library().pack(allegation.pack_id, allegation.pack_version)
    return pack, pack.category(allegation.code)


def mode_for(mode: str, pack: Pack, category: CrimeCategory) -> tuple[Pack, Mode, str]:
    """Return the pack, the mode and its code, or refuse one that cannot go with the category.

    A mode limited to some categories (incitement: genocide) goes with those, or with a
    category of another pack that corresponds to one of them or to nothing there.
    """
    named = mode.strip()
    source, code = library().resolve(named) if ":" in named else (pack, named)
    found = source.mode(code)
    codes = codes_in(source.id, pack, category)
    fits = any(lies_under(own, prefix) for own in codes for prefix in found.only_for)
    if found.only_for and codes and not fits:
        raise InvalidInput(
            f"{source.id} {code} is only for {', '.join(found.only_for)}, not for {category.code}.",
            advice="Choose another mode of liability.",
        )
    return source, found, code


def _refuse_heading(pack: Pack, category: CrimeCategory) -> None:
    if category.is_heading:
        below = pack.children.get(category.code, ())[:6]
        raise InvalidInput(
            f"{pack.id} {category.code} is a heading, not a category.",
            advice=f"Choose one below it, such as {', '.join(below)}.",
        )


def _ihl_basis(category: CrimeCategory, articles: Iterable[str]) -> list[str]:
    named = list(dict.fromkeys(ihl_provision(text) for text in articles))
    if category.needs_ihl_basis and not named:
        raise InvalidInput(
            f"{category.code} refers to treaties: name the articles that were violated.",
            advice="For example GC IV art 49; 'crime show' lists the usual ones.",
        )
    return named
