"""Agreements with parties: what is shared for what, in which roles, until when."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.calling import call
from evidence_tracker.access.orders import After
from evidence_tracker.casework.parties import agreements, queries
from evidence_tracker.casework.parties.models import (
    Agreement,
    AgreementState,
    DataProtectionRole,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Long, Text, When, Word, governance
from evidence_tracker.web.forms import amender, runner
from evidence_tracker.web.kinds import (
    Action,
    Beside,
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
from evidence_tracker.web.rooms import asked

AGREEMENT: tuple[Field, ...] = (
    Text(name="subject", label=_l("What it is about"), required=True),
    Long(name="scope", label=_l("What may be shared, by whom, for what"), required=True, rows=4),
    When(
        name="signed_on",
        label=_l("Signed on"),
        help=_l("Without a day of signature the agreement is not in force."),
    ),
    When(name="valid_until", label=_l("Last day")),
    Text(
        name="exhibit_reference",
        label=_l("Reference of the signed document"),
        help=_l("Take it in under Evidence; then it has a digest and a custody log of its own."),
    ),
)
ROLE = Word(
    name="role",
    label=_l("Its role under data protection law"),
    enum=DataProtectionRole,
    required=True,
    source="GDPR 4(7), 4(8), 26, 28",
)


def record_with_party(deed: Deed) -> Agreement:
    """Record an agreement with the party on whose page it was written down, or with the one that was named."""
    party = deed.took("party") or deed.row
    facts = {name: value for name, value in deed.stated.items() if value is not None}
    parties = [(party, facts.pop("role"))]
    made: Agreement = call(
        agreements.record_agreement, deed.session, actor=deed.actor, stated=facts, parties=parties
    )
    return made


def _page(
    session: Session,
    *,
    actor: Actor,
    after: After | None,
    limit: int,
    party: str | None = None,
    in_force: bool = False,
) -> Sequence[Beside]:
    rows = queries.page_agreements(
        session,
        actor=actor,
        party=queries.find_party(session, party, actor=actor) if party else None,
        in_force_at=asked.now() if in_force else None,
        after=after,
        limit=limit,
    )
    with_whom = queries.parties_of(session, [row.id for row in rows], actor=actor)
    return [Beside(row, with_whom.get(row.id, [])) for row in rows]


def _parties(session: Session, row: Agreement, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, party) for link, party in queries.parties_to(session, row, actor=actor)]


def _join(deed: Deed) -> Any:
    return agreements.join_agreement(
        deed.session, deed.row, deed.stated["party"], role=deed.stated["role"], actor=deed.actor
    )


def _leave(deed: Deed) -> Any:
    party = queries.parties_by_id(deed.session, [deed.item.party_id], actor=deed.actor)[deed.item.party_id]
    return agreements.leave_agreement(deed.session, deed.row, party, actor=deed.actor)


def _document(_session: Session, row: Agreement, _actor: Actor) -> Markup | None:
    url = asked.way("evidence", row.exhibit_reference)
    if url is None or row.exhibit_reference is None:
        return None if row.exhibit_reference is None else Markup("{}").format(row.exhibit_reference)
    return Markup('<a class="ref" href="{}">{}</a>').format(url, row.exhibit_reference)


def _state(row: Agreement) -> AgreementState:
    return row.state_at(asked.now())


ROOM = Room(
    name="agreements",
    icon="certificate",
    within=("parties", _l("Parties")),
    one=_l("agreement"),
    many=_l("Agreements"),
    intro=_l("What is shared with parties, for what, until when."),
    model=Agreement,
    find=queries.find_agreement,
    title=lambda row: str(row.subject),
    status=_state,
    listing=Listing(
        page=_page,
        sorts=(*entered(), *titled("subject")),
        columns=(
            Column(name="subject", label=_l("About"), cell=lambda row: row.subject),
            Column(
                name="with", label=_l("With"), cell=lambda row: [party.name_latin for party in row.beside]
            ),
            Column(name="state", label=_l("State"), cell=_state, kind="state"),
            Column(name="signed", label=_l("Signed"), cell=lambda row: row.signed_on, is_narrow=True),
            Column(name="until", label=_l("Until"), cell=lambda row: row.valid_until),
        ),
        filters=(
            Filter(
                name="in_force",
                label=_l("In force"),
                says="%(words)s",
                choices=lambda _session, _actor: [("yes", _l("in force now"))],
                read=lambda text: text == "yes",
            ),
            Filter(name="party", label=_l("With (reference)"), says=_l("with %(words)s"), read=str.upper),
        ),
        empty=_l("No agreement yet. It says what a partner may do with what we share."),
    ),
    facts=(
        Facts(title=_l("Agreement"), names=("scope", "signed_on", "valid_until", "exhibit_reference")),
        Facts(title=_l("End"), names=("ended_at", "end_reason"), when=lambda row: row.ended_at is not None),
    ),
    show={"exhibit_reference": _document},
    sections=(
        Section(
            name="parties",
            title=_l("Parties to it"),
            rows=_parties,
            columns=(
                Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("Party"), cell=lambda row: row.other.name_latin),
                Column(label=_l("Role"), cell=lambda row: row.item.role),
            ),
            link=lambda row: asked.way("parties", row.other.reference),
            empty=_l("No party that you may see."),
            actions=(
                Action(
                    name="join",
                    label=_l("Add a party"),
                    scope=Scope.SECTION,
                    when=ongoing,
                    fields=(asked.party(required=True), ROLE),
                    run=_join,
                ),
            ),
            item_actions=(
                Action(
                    name="leave",
                    label=_l("Take out"),
                    scope=Scope.ITEM,
                    run=_leave,
                    help=_l("That it was part of the agreement stays on record."),
                ),
            ),
        ),
    ),
    actions=(
        Action(
            name="add",
            label=_l("Record an agreement"),
            scope=Scope.LIST,
            fields=(
                *AGREEMENT,
                asked.party(
                    required=True,
                    label=_l("With whom"),
                    help=_l("The reference of a party; more of them can be added afterwards."),
                ),
                ROLE,
                *governance(),
            ),
            run=record_with_party,
        ),
        Action(
            name="amend",
            label=_l("Change"),
            fields=(*AGREEMENT, *governance(is_amended=True)),
            amends=True,
            run=amender(agreements.amend_agreement),
            is_main=True,
        ),
        Action(
            name="end",
            label=_l("End it now"),
            when=ongoing,
            fields=(asked.reason(),),
            run=runner(agreements.end_agreement),
            typed=True,
            warning=_l("It ends now, whatever its last day says. This cannot be taken back."),
        ),
    ),
)
