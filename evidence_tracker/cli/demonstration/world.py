"""The demonstration's world: the instance, its clock, who works there, and what they recorded so far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits import folders
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit, PersonRole, SourceKind
from evidence_tracker.casework.exhibits.people import link_person
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.cli.demonstration.story import Expectations, Telling
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.db import Evidential
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.examinations import JOBS
from evidence_tracker.jobs.worker import run_owed
from evidence_tracker.values.place import Place

#: Opens the demonstration's instance; it protects nothing, and everything in it is invented.
PASSPHRASE = "fictional demo passphrase"  # noqa: S105
PURPOSE = "documentation of international crimes"
BASIS = "Fictional Data Protection Act, section 12"
LAWFUL = Governance(Level.CONFIDENTIAL, PURPOSE, BASIS)
PROTECTED = Governance(Level.RESTRICTED, PURPOSE, BASIS)
ZONE = "Europe/Kyiv"
BETWEEN_ACTS = timedelta(minutes=3, seconds=7)

AnyRow = TypeVar("AnyRow", bound=Evidential)


@dataclass
class World:
    """What every scene needs: where things lie, who acts, what is known by a short name."""

    path: Path
    instance: Instance
    clock: FrozenClock
    telling: Telling
    expect: Expectations
    staff: dict[str, Actor] = field(default_factory=dict)
    homes: dict[str, UUID] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)

    @property
    def evidence(self) -> Path:
        """Return the folder of the demonstration's own files."""
        return self.path / "evidence"

    def at(self, moment: str) -> None:
        """Move the clock to a moment in UTC (``2025-09-09 08:10``); it never goes back."""
        self.clock.at = max(self.clock.at, datetime.fromisoformat(moment).replace(tzinfo=UTC))

    @contextmanager
    def acting(self, login: str) -> Iterator[tuple[Session, Actor]]:
        """Open the one transaction of an act of one of the staff; some minutes pass with it."""
        with self.instance.transaction() as session:
            yield session, self.staff[login]
        self.clock.at += BETWEEN_ACTS

    def keep(self, name: str, record: AnyRow) -> AnyRow:
        """Remember a record under a short name."""
        self.records[name] = record
        return record

    def get(self, session: Session, model: type[AnyRow], name: str) -> AnyRow:
        """Return a record by its short name, as this session sees it."""
        return session.get_one(model, self.records[name].id)

    def let_in(self, compartment: str, logins: Mapping[str, Sequence[Role]], *, purpose: str) -> None:
        """Grant roles in a compartment, by its lead."""
        with self.acting("halyna") as (session, actor):
            place = session.get_one(Compartment, self.homes[compartment])
            for login, roles in logins.items():
                account = session.get_one(Account, self.staff[login].account_id)
                for role in roles:
                    level = Level.SEALED if role is Role.CUSTODIAN else Level.RESTRICTED
                    grant(
                        session, place, role=role, level=level, purpose=purpose, actor=actor, account=account
                    )

    def receive(
        self,
        name: str,
        file: str,
        *,
        by: str,
        mission: str | None = None,
        source: str | None = None,
        governance: Governance | None = None,
        **facts: Any,
    ) -> Exhibit:
        """Take one of the demonstration's files in, as evidence of a mission, from a person or our own."""
        stated = {"source_kind": SourceKind.PERSON if source else SourceKind.OWN, **facts}

        def take(session: Session, actor: Actor, deposited: Deposited, original: str) -> Exhibit:
            exhibit = receive_exhibit(
                session,
                self.instance.vault,
                deposited,
                facts=ExhibitFacts(**stated),
                actor=actor,
                mission=None if mission is None else self.get(session, Mission, mission),
                compartment=session.get_one(Compartment, self.homes["case"]) if mission is None else None,
                governance=governance,
                original_name=original,
            )
            if source is not None:
                person = self.get(session, Person, source)
                link_person(session, exhibit, person, role=PersonRole.SOURCE, actor=actor)
            return exhibit

        found = folders.receive_file(
            self.evidence / file, vault=self.instance.vault, acting=lambda: self.acting(by), receive=take
        )
        return self.keep(name, found)

    def examine(self) -> None:
        """Let the worker examine what was taken in."""
        run_owed(self.instance, JOBS)

    def stop(self, refusal_of: str, do: Callable[[], object], *kinds: type[Any]) -> str:
        """Do what the rules forbid, and note the sentence that stopped it; returns that sentence."""
        with self.expect.refused(f"It was not stopped: {refusal_of}", *kinds) as refusal:
            do()
        self.stopped.append(refusal_of)
        return refusal.says


def place(name: str, *, latitude: str | None = None, longitude: str | None = None) -> Place:
    """Return an invented place, with the coordinates that the camera gave."""
    return Place(
        name,
        language="uk",
        country="UA",
        latitude=latitude,
        longitude=longitude,
        precision_m=15 if latitude else None,
        how_known="GPS of the camera" if latitude else None,
    )
