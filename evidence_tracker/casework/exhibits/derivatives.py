"""Working copies: made from an exhibit, checked by a second person; the original is never touched."""

from dataclasses import replace

from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, needed
from evidence_tracker.casework.exhibits.chain import note
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import DerivativeKind, Exhibit
from evidence_tracker.casework.exhibits.registration import Home, Made, register
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.vault import Deposited, Vault
from evidence_tracker.errors import GateClosed, InvalidInput, SecondPersonNeeded

#: Working copies that show less than their original; all others show the same.
SHOWS_LESS = frozenset({DerivativeKind.REDACTION, DerivativeKind.IDENTIFIERS_REMOVED})


def derive(
    session: Session,
    vault: Vault,
    original: Exhibit,
    deposited: Deposited,
    *,
    kind: DerivativeKind,
    how: str,
    tool: str,
    actor: Actor,
    facts: ExhibitFacts | None = None,
    governance: Governance | None = None,
    original_name: str | None = None,
) -> Exhibit:
    """Register deposited bytes as a working copy of ``original``; it stays in its compartment.

    ``how`` says what was done, ``tool`` with which program and version. Without
    ``governance`` the copy has the level, purpose and legal basis of its original.
    """
    require(session, actor, Permission.READ, original.compartment_id, level=original.level)
    rules = governance or Governance.of(original)
    require(session, actor, Permission.RECORD, original.compartment_id, level=rules.level)
    if kind not in SHOWS_LESS and rules.level.rank < original.level.rank:
        raise GateClosed(
            f"A {kind.value} shows what {original.reference} shows and cannot be less restricted.",
            advice="Make a redaction or a copy with identifiers removed.",
        )
    # Titles go out, references stay here.
    title = kind.value.replace("-", " ").capitalize()
    stated = facts or ExhibitFacts(kind=original.kind if kind is DerivativeKind.COPY else None, title=title)
    made = Made(
        original, kind, needed(how, "What was done to make it"), needed(tool, "The tool and its version")
    )
    derivative = register(
        session,
        vault,
        deposited,
        facts=stated if stated.title else replace(stated, title=title),
        home=Home(original.compartment_id, original.mission_id, rules),
        original_name=original_name,
        actor=actor,
        permission=Permission.RECORD,
        verb=CustodyVerb.DERIVATIVE_MADE,
        made=made,
    )
    copy = {
        "derivative": derivative.reference,
        "derivative_kind": kind,
        "derivative_sha256": derivative.sha256,
    }
    note(session, original, CustodyVerb.COPIED, actor=actor, facts=copy)
    return derivative


def check_derivative(
    session: Session,
    derivative: Exhibit,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Exhibit:
    """Sign a working copy off, as somebody other than its maker, having compared it with its original."""
    if derivative.made_from_id is None:
        raise InvalidInput(f"{derivative.reference} is an original; only working copies are checked.")
    if derivative.checked_by is not None:
        raise InvalidInput(f"{derivative.reference} is checked already.")
    # Compared means: may see both.
    original = session.get_one(Exhibit, derivative.made_from_id)
    require(session, actor, Permission.READ, original.compartment_id, level=original.level)
    if derivative.recorded_by == actor.account_id:
        raise SecondPersonNeeded(
            f"{actor.login} made {derivative.reference}, so somebody else has to check it.",
            advice="Ask a colleague who may see both the copy and its original.",
        )
    return amend(
        session,
        derivative,
        {"checked_by": actor.account_id, "checked_at": now(session)},
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.SIGNED_OFF,
        facts={"sha256": derivative.sha256},
    )
