"""What is known about an evidence item: whom it touches, who held it, whose digests agree, what it says itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits import (
    digests,
    examination,
    people,
    provenance,
)
from evidence_tracker.casework.exhibits.models import (
    DigestRole,
    Exhibit,
    ExhibitPerson,
    HolderKind,
    LinkBasis,
    PersonRole,
)
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import as_json
from evidence_tracker.vault.models import Blob
from evidence_tracker.web import door
from evidence_tracker.web.fields import Asking, Field, Long, Number, Text, When, Word
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import Action, Column, Deed, Scope, Section, ongoing
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.works import Progress


def _as_it_is(name: str, asking: Asking) -> str:
    """Return what the link says now, to be changed."""
    value = getattr(asking.item, name, None)
    return "" if value is None else str(as_json(value))


BASIS: tuple[Field, ...] = (
    Word(
        name="basis",
        label=_l("Why it may be used although the person is in it"),
        enum=LinkBasis,
        help=_l("Without a basis, an item that shows or names somebody does not leave this house."),
    ),
    Text(
        name="basis_note",
        label=_l("The reasons for that basis"),
        help=_l("Every basis but consent has to be explained."),
    ),
)
STATED_BASIS: tuple[Field, ...] = tuple(
    replace(one, required=True, default=partial(_as_it_is, one.name)) for one in BASIS
)
STEP: tuple[Field, ...] = (
    Text(
        name="holder",
        label=_l("Holder"),
        help=_l("A device, a channel, a partner, a person's code, or us."),
        required=True,
    ),
    Word(name="kind", label=_l("What kind of holder"), enum=HolderKind, required=True),
    When(name="held_from", label=_l("Held it since")),
    When(name="held_until", label=_l("Held it until")),
    Text(name="stated_by", label=_l("Who says so (a code)"), required=True),
    Long(name="note", label=_l("What else is known"), rows=2),
)
DIGEST: tuple[Field, ...] = (
    Word(
        name="role",
        label=_l("Whose digest it is"),
        enum=DigestRole,
        only=(DigestRole.STATED_BY_THIRD_PARTY, DigestRole.CLAIMED_BY_CAMERA),
        required=True,
    ),
    Text(
        name="algorithm",
        label=_l("Algorithm"),
        help=", ".join(digests.LENGTHS),
        default=digests.OURS,
        required=True,
    ),
    Text(name="value", label=_l("Hexadecimal digits"), required=True),
    Text(name="stated_by", label=_l("Who states it"), required=True),
)


def _known(deed: Deed) -> dict[str, Any]:
    return {name: value for name, value in deed.stated.items() if value is not None}


def _link(deed: Deed) -> Any:
    person = deed.took("person")
    return people.link_person(deed.session, deed.row, person, actor=deed.actor, **_known(deed))


def _state_basis(deed: Deed) -> Any:
    return people.state_basis(
        deed.session, deed.item, actor=deed.actor, expected_version=deed.version, **_known(deed)
    )


def _unlink(deed: Deed) -> Any:
    return people.end_link(deed.session, deed.item, actor=deed.actor, **deed.stated)


def _add_step(deed: Deed) -> Any:
    position = deed.took("position")
    facts = provenance.StepFacts(**_known(deed))
    return provenance.add_step(deed.session, deed.row, facts, actor=deed.actor, position=position)


def _state_digest(deed: Deed) -> Callable[[Progress], Any]:
    """Compare a stated digest outside the transaction: reading a long recording takes minutes."""
    facts = deed.stated
    algorithm, value = digests.normal(facts["algorithm"], facts["value"])
    instance, exhibit_id, actor = door.instance(), deed.row.id, deed.actor

    def work(progress: Progress) -> str:
        with instance.reading() as session:
            row = session.get_one(Exhibit, exhibit_id)
            progress(row.reference, 0, row.size_bytes or 0)
            blob = session.get(Blob, row.blob_id) if algorithm != digests.OURS else None
            found = None
            if blob is not None:
                found = digests.compute(instance.vault.chunks(session, blob), algorithm)
        with instance.transaction() as session:
            made = digests.state_digest(
                session,
                session.get_one(Exhibit, exhibit_id),
                role=facts["role"],
                algorithm=algorithm,
                value=value,
                stated_by=facts["stated_by"],
                computed=found,
                actor=actor,
            )
            return str(made.id)

    return work


@dataclass(frozen=True)
class Linked:
    """A link of a person, the person, and the way to them."""

    item: ExhibitPerson
    other: Person
    way: Markup


def _persons(session: Session, row: Exhibit, actor: Actor) -> Sequence[Linked]:
    found = people.persons_of(session, row, actor=actor)
    return [Linked(link, person, asked.person_link(person.code)) for link, person in found]


def _has_bytes(row: Exhibit) -> bool:
    return row.sha256 is not None


PERSONS = Section(
    name="persons",
    title=_l("Persons"),
    rows=_persons,
    is_aside=True,
    template="rooms/evidence_persons.html",
    actions=(
        Action(
            name="link",
            label=_l("Link a person"),
            scope=Scope.SECTION,
            fields=(
                asked.person(required=True),
                Word(name="role", label=_l("What the person is to it"), enum=PersonRole, required=True),
                *BASIS,
            ),
            run=_link,
        ),
    ),
    item_actions=(
        Action(
            name="basis",
            label=_l("State the basis"),
            scope=Scope.ITEM,
            fields=STATED_BASIS,
            run=_state_basis,
            when=ongoing,
        ),
        Action(
            name="unlink",
            label=_l("Unlink"),
            scope=Scope.ITEM,
            fields=(asked.reason(),),
            run=_unlink,
            when=ongoing,
            help=_l("A wrong link ends; it stays on record with the reason."),
        ),
    ),
)

PROVENANCE = Section(
    name="provenance",
    title=_l("Who held it, from the first to us"),
    tab="origin",
    rows=lambda session, row, actor: provenance.provenance_of(session, row, actor=actor),
    columns=(
        Column(label=_l("Holder"), cell=lambda row: f"{row.position}. {row.holder}"),
        Column(label=_l("Kind"), cell=lambda row: row.kind),
        Column(label=_l("Since"), cell=lambda row: row.held_from),
        Column(label=_l("Until"), cell=lambda row: row.held_until),
        Column(label=_l("Stated by"), cell=lambda row: row.stated_by),
        Column(label=_l("Note"), cell=lambda row: row.note),
    ),
    empty=_l("Nothing is stated about who held it before it came here."),
    actions=(
        Action(
            name="add",
            label=_l("Add a holder"),
            scope=Scope.SECTION,
            fields=(
                *STEP,
                Number(
                    name="position",
                    label=_l("Place in the chain"),
                    help=_l("1 is the first holder. Left empty: behind all others."),
                    least=1,
                ),
            ),
            run=_add_step,
        ),
    ),
    item_actions=(
        Action(
            name="amend",
            label=_l("Correct"),
            scope=Scope.ITEM,
            fields=STEP,
            amends=True,
            run=amender(provenance.amend_step),
        ),
    ),
)

DIGESTS = Section(
    name="digests",
    title=_l("Digests, and whose they are"),
    tab="origin",
    when=_has_bytes,
    rows=lambda session, row, actor: digests.digests_of(session, row, actor=actor),
    template="rooms/evidence_digests.html",
    actions=(
        Action(
            name="state",
            label=_l("Record what others state"),
            scope=Scope.SECTION,
            fields=DIGEST,
            run=_state_digest,
            is_long=True,
            help=_l(
                "It is compared with the bytes here. A difference is recorded as it is and corrects nothing."
            ),
        ),
    ),
)

EXAMINATION = Section(
    name="examined",
    title=_l("What was read in its bytes"),
    tab="examination",
    when=_has_bytes,
    rows=lambda session, row, actor: examination.examinations_of(session, row, actor=actor),
    template="rooms/evidence_examined.html",
)

PARTS = (PERSONS, PROVENANCE, DIGESTS, EXAMINATION)
