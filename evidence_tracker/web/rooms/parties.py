"""Parties: recipients, partners, providers and other bodies, their keys, and what was agreed with them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.parties import directory, instructions, queries
from evidence_tracker.casework.parties.models import Party, PartyKind, RecipientClass
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Lines, Long, Text, Word, governance
from evidence_tracker.web.forms import amender, runner
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    entered,
    ongoing,
    titled,
)
from evidence_tracker.web.records import names_of
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.agreements import AGREEMENT, ROLE, record_with_party
from evidence_tracker.web.rooms.instructions import WORDING, about
from evidence_tracker.web.tongues import country

DIRECTORY: tuple[Field, ...] = (
    Word(name="kind", label=_l("What it is"), enum=PartyKind, required=True),
    Text(name="name", label=_l("Name, in its own script"), required=True),
    Text(
        name="name_latin",
        label=_l("Name in Latin letters"),
        help=_l("Needed where the name is not written in them, as the party itself writes it."),
    ),
    Word(
        name="recipient_class",
        label=_l("As whom it receives"),
        enum=RecipientClass,
        help=_l("Consent is given to these, so it must be the right one. Nothing: it receives nothing."),
    ),
    Text(name="country", label=_l("Country"), help=_l("Two letters: UA, NL, GE.")),
    Text(
        name="language",
        label=_l("Language to write to it in"),
        help=_l("A language tag: uk, en-GB, kk-Cyrl."),
    ),
    Long(name="contact", label=_l("How to reach it"), rows=2),
    Long(name="notes", label=_l("Notes"), rows=3),
)
_KEYS = _l("Keys for encrypted bundles")


def _keys(*, are_needed: bool) -> tuple[Field, ...]:
    return (
        Lines(
            name="age_recipients",
            label=_l("Public keys"),
            help=_l("One a line; each begins with age1. A bundle is encrypted to all of them."),
            default=lambda asking: "\n".join(getattr(asking.row, "age_recipients", ())),
            group=_KEYS,
        ),
        Text(
            name="checked_how" if are_needed else "keys_checked_how",
            label=_l("How the party itself confirmed them"),
            help=_l("By voice, in person, or another way that does not go through the same mailbox."),
            required=are_needed,
            group=_KEYS,
        ),
    )


def _replace_keys(deed: Deed) -> Party:
    return directory.replace_keys(
        deed.session,
        deed.row,
        deed.stated["age_recipients"] or [],
        checked_how=deed.stated["checked_how"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _standing(session: Session, row: Party, actor: Actor) -> dict[str, Any]:
    standing = queries.page_instructions(session, actor=actor, party=row, standing_at=asked.now())
    return {"standing": standing, "noted": standing}


def _count_standing(session: Session, _rows: Sequence[Party], actor: Actor) -> int:
    return len(queries.page_instructions(session, actor=actor, standing_at=asked.now()))


def _memberships(session: Session, row: Party, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, one) for link, one in queries.memberships(session, row, actor=actor)]


def _shown_keys(_session: Session, row: Party, _actor: Actor) -> Markup | None:
    lines = Markup("").join(
        Markup('<code class="digest">{}</code><br>').format(key) for key in row.age_recipients
    )
    return lines or None


def _entered_by(session: Session, row: Party, _actor: Actor) -> str | None:
    return (
        None if row.keys_changed_by is None else names_of(session, [row.keys_changed_by])[row.keys_changed_by]
    )


ROOM = Room(
    name="parties",
    icon="building-bank",
    one=_l("party"),
    many=_l("Parties"),
    intro=_l("With whom material, help or instructions are exchanged."),
    model=Party,
    find=queries.find_party,
    title=lambda row: str(row.name),
    status=lambda row: "ended" if row.ended_at else None,
    template="rooms/parties.html",
    data=_standing,
    listing=Listing(
        page=queries.page_parties,
        sorts=(*entered(), *titled("name")),
        columns=(
            Column(name="name", label=_l("Name"), cell=lambda row: row.name_latin),
            Column(name="kind", label=_l("What it is"), cell=lambda row: row.kind),
            Column(name="receives_as", label=_l("Receives as"), cell=lambda row: row.recipient_class),
            Column(
                name="country", label=_l("Country"), cell=lambda row: country(row.country), is_narrow=True
            ),
            Column(
                name="keys",
                label=_l("Keys"),
                cell=lambda row: len(row.age_recipients) or None,
                is_narrow=True,
            ),
        ),
        filters=(
            Filter(name="kind", label=_l("What it is"), says="%(words)s", enum=PartyKind, read=PartyKind),
            Filter(
                name="recipient_class",
                label=_l("Receives as"),
                says=_l("receiving as: %(words)s"),
                enum=RecipientClass,
                read=RecipientClass,
            ),
            Filter(
                name="include_ended",
                label=_l("Contact ended"),
                says="%(words)s",
                choices=lambda _session, _actor: [("yes", _l("also those with whom contact ended"))],
                read=lambda text: text == "yes",
            ),
        ),
        prepare=_count_standing,
        template="rooms/parties_list.html",
        empty=_l("No party yet. A submission goes to a party, and consent is given to what it receives as."),
    ),
    facts=(
        Facts(
            title=_l("Who it is"),
            names=("name_latin", "kind", "recipient_class", "country", "language", "contact", "notes"),
        ),
        Facts(title=_KEYS, names=("age_recipients", "keys_checked_how", "keys_changed_by")),
        Facts(title=_l("End"), names=("ended_at", "end_reason"), when=lambda row: row.ended_at is not None),
    ),
    show={"age_recipients": _shown_keys, "keys_changed_by": _entered_by},
    sections=(
        Section(
            name="instructions",
            title=_l("Its instructions to us"),
            when=lambda row: row.kind in instructions.INSTRUCTING,
            rows=lambda session, row, actor: queries.page_instructions(session, actor=actor, party=row),
            columns=(
                Column(label=_l("Reference"), cell=lambda row: row.reference, kind="ref"),
                Column(label=_l("It asks"), cell=lambda row: row.kind),
                Column(label=_l("About"), cell=about),
                Column(label=_l("Since"), cell=lambda row: row.since),
                Column(label=_l("State"), cell=lambda row: row.state_at(asked.now()), kind="state"),
            ),
            link=lambda row: asked.way("instructions", row.reference),
            empty=_l("It has not asked us to leave anything to it."),
            actions=(
                Action(
                    name="add",
                    label=_l("Record an instruction"),
                    scope=Scope.SECTION,
                    fields=(*WORDING, *governance()),
                    run=asked.stating(instructions.record_instruction),
                    help=_l("It closes the gates of interviews at once, for everybody."),
                ),
            ),
        ),
        Section(
            name="agreements",
            title=_l("Agreements"),
            rows=_memberships,
            columns=(
                Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("About"), cell=lambda row: row.other.subject),
                Column(label=_l("Its role"), cell=lambda row: row.item.role),
                Column(label=_l("Until"), cell=lambda row: row.other.valid_until),
                Column(label=_l("State"), cell=lambda row: row.other.state_at(asked.now()), kind="state"),
            ),
            link=lambda row: asked.way("agreements", row.other.reference),
            empty=_l("No agreement with it is recorded."),
            actions=(
                Action(
                    name="add",
                    label=_l("Record an agreement"),
                    scope=Scope.SECTION,
                    fields=(*AGREEMENT, ROLE, *governance()),
                    run=record_with_party,
                ),
            ),
        ),
    ),
    actions=(
        Action(
            name="add",
            label=_l("Enter a party"),
            scope=Scope.LIST,
            fields=(*DIRECTORY, *_keys(are_needed=False), *governance()),
            run=asked.stating(directory.add_party),
        ),
        Action(
            name="amend",
            label=_l("Change"),
            fields=(*DIRECTORY, *governance(is_amended=True)),
            amends=True,
            run=amender(directory.amend_party),
            is_main=True,
        ),
        Action(
            name="keys",
            label=_l("Replace its keys"),
            permission=Permission.SUPERVISE,
            fields=_keys(are_needed=True),
            run=_replace_keys,
            is_confirmed=True,
            help=_l(
                "A bundle that is encrypted to a wrong key is disclosed to whoever holds it. "
                "Without a line, the keys are taken away."
            ),
        ),
        Action(
            name="end",
            label=_l("End the contact"),
            when=ongoing,
            fields=(asked.reason(),),
            run=runner(directory.end_party),
            typed=True,
            warning=_l("It stays on record and receives nothing more. This cannot be taken back."),
        ),
    ),
)
