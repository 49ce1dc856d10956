"""Taking in: bytes that are already in the vault become an exhibit.

The bytes come first (``Vault.deposit``, outside any transaction, because a long write must
not hold the log's lock), then one transaction names them. A client states neither digest
nor size nor media type: the vault and the sandbox do.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import Governance, needed
from evidence_tracker.access.stated import amend_stated
from evidence_tracker.casework.exhibits import particulars
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.raising import raise_exhibit
from evidence_tracker.casework.exhibits.registration import Home, bounds_of, register
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.vault import Deposited, Vault
from evidence_tracker.errors import InvalidInput

#: Opens the one transaction of an act; what is done in it to deposited bytes.
Acting = Callable[[], AbstractContextManager[tuple[Session, Actor]]]
Naming = Callable[[Session, Actor, Deposited], Exhibit]

AMENDABLE = frozenset(ExhibitFacts.__dataclass_fields__) - {"kind"} | {"level", "purpose", "legal_basis"}


def home_for(
    session: Session,
    *,
    actor: Actor,
    mission: Mission | None = None,
    compartment: Compartment | None = None,
    governance: Governance | None = None,
) -> Home:
    """Return where an exhibit will be kept, or refuse an actor who may not take in there.

    Ask before bytes are read. Without ``governance`` an exhibit inherits the mission's level,
    purpose and legal basis; a compartment has none, so they stay unstated.
    """
    if mission is not None and compartment is None:
        home = Home(mission.compartment_id, mission.id, governance or Governance.of(mission))
    elif compartment is not None and mission is None:
        home = Home(compartment.id, None, governance or Governance())
    else:
        raise InvalidInput(
            "An exhibit is taken in for one mission or into one compartment.",
            advice="Name the mission; where there is none, name the compartment.",
        )
    require(session, actor, Permission.TAKE_IN, home.compartment_id, level=home.governance.level)
    return home


def receive_exhibit(
    session: Session,
    vault: Vault,
    deposited: Deposited,
    *,
    facts: ExhibitFacts,
    actor: Actor,
    mission: Mission | None = None,
    compartment: Compartment | None = None,
    governance: Governance | None = None,
    original_name: str | None = None,
) -> Exhibit:
    """Register deposited bytes as a new exhibit, also if the same bytes are here already.

    ``original_name`` is the file's name, or its path inside the folder that was given. The
    event opens with ``sha256``, ``size`` (bytes), ``media_type``, ``detector`` and
    ``detector_version``. The examination of the bytes is owed in the same transaction.
    """
    return register(
        session,
        vault,
        deposited,
        facts=facts,
        home=home_for(session, actor=actor, mission=mission, compartment=compartment, governance=governance),
        original_name=original_name,
        actor=actor,
        permission=Permission.TAKE_IN,
        verb=CustodyVerb.EXHIBIT_RECEIVED,
    )


def name_deposited(deposited: Deposited, *, vault: Vault, acting: Acting, act: Naming) -> Exhibit:
    """Name deposited bytes in one transaction, by the act that makes an exhibit of them.

    If the act refuses, the bytes go at once. Once it has succeeded they stay, whatever
    happens: the commit may have been written, and the sweeper removes what no row names.
    """
    with ExitStack() as if_refused:
        if_refused.callback(vault.discard, deposited)
        with acting() as (session, actor):
            exhibit = act(session, actor, deposited)
            if_refused.pop_all()
    return exhibit


def amend_exhibit(
    session: Session,
    exhibit: Exhibit,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Exhibit:
    """Change what is stated about an exhibit; its bytes, kind, origin and receipt never change.

    A higher level takes along everything that hangs on the exhibit.
    """
    fixed = sorted(set(changes) - AMENDABLE)
    if fixed:
        raise InvalidInput(
            f"The {', '.join(fixed)} of an exhibit cannot be changed.",
            advice=f"What can be: {', '.join(sorted(AMENDABLE))}.",
        )
    values = dict(changes)
    if "title" in values:
        values["title"] = needed(values["title"], "The title")
    if "particulars" in values:
        values["particulars"] = particulars.checked(exhibit.kind, values["particulars"])
    if "collected" in values:
        values |= bounds_of(values["collected"])
    amend_stated(session, exhibit, values, actor=actor, expected_version=expected_version)
    if "level" in values:
        raise_exhibit(session, exhibit, actor=actor)
    return exhibit
