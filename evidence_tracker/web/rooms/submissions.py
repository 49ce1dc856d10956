"""Submissions: what is handed to whom, and proof of it; a guided path from the choice to the receipt."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, visible
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.submissions import preparation, queries, sealing
from evidence_tracker.casework.submissions.building import unreleased
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.queries import Progress
from evidence_tracker.casework.submissions.releasing import record_receipt
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.web.fields import Asking, Choice, Field, Long, Text, When, Word, governance
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    Tab,
    entered,
    titled,
)
from evidence_tracker.web.rooms import asked, submission_path, submission_work


class Statement(Long):
    """The words for the recipient: none are an empty text, since a submission is opened before they are written."""

    def _nothing(self) -> str:
        return ""


WORDS: tuple[Field, ...] = (
    Text(name="title", label=_l("Title"), help=_l("The recipient reads it."), required=True),
    Statement(
        name="statement",
        label=_l("Statement"),
        help=_l(
            "What is in, and which categories are not. The recipient reads it: say nothing of who refused or withdrew."
        ),
    ),
    Choice(
        name="language",
        label=_l("Language of the index"),
        among=lambda _asking: [("en", _l("English")), ("uk", _l("Ukrainian"))],
        required=True,
        default="en",
    ),
)
OPENING: tuple[Field, ...] = (
    asked.party("recipient", label=_l("Recipient (reference)"), required=True),
    Word(name="use", label=_l("What they will use it for"), enum=Use, required=True),
    *WORDS,
    asked.home(),
    asked.ref(
        "annex_of",
        _l("Identity annex of"),
        Submission,
        lambda row: row.title,
        help=_l("Only where this is to hold identities that the recipient may have."),
    ),
    *[one for one in governance() if one.name != "level"],
)
RECEIPT: tuple[Field, ...] = (
    When(name="received", label=_l("Received"), required=True),
    Text(name="received_by", label=_l("By whom"), required=True),
    Text(name="recipient_reference", label=_l("Their own reference")),
    Text(name="stated_sha256", label=_l("The digest they state"), help=_l("It is compared, never adopted.")),
    asked.exhibit("exhibit", _l("The receipt itself, if it was taken in")),
    Long(name="note", label=_l("Note"), rows=2),
)


def _is_open(row: Submission) -> bool:
    return row.closed_at is None


def _open(deed: Deed) -> Any:
    stated = deed.stated
    if deed.compartment_id is None:
        raise InvalidInput("Say where the submission is kept.")
    return preparation.open_submission(
        deed.session,
        compartment_id=deed.compartment_id,
        recipient=stated["recipient"],
        opening=preparation.Opening(
            title=stated["title"],
            use=stated["use"],
            statement=stated["statement"],
            language=stated["language"],
        ),
        governance=Governance(purpose=stated["purpose"], legal_basis=stated["legal_basis"]),
        annex_of=stated["annex_of"],
        actor=deed.actor,
    )


def _add(deed: Deed) -> Any:
    for subject in deed.stated["items"]:
        preparation.add_item(deed.session, deed.row, subject, actor=deed.actor)


def _remove(deed: Deed) -> Any:
    return preparation.remove_item(
        deed.session, deed.row, deed.item, reason=deed.stated["reason"], actor=deed.actor
    )


def _close(deed: Deed) -> Any:
    return preparation.close_submission(
        deed.session, deed.row, reason=deed.stated["reason"], actor=deed.actor
    )


def _abandon(deed: Deed) -> Any:
    bundle = unreleased(deed.session, deed.row.id)
    if bundle is None:
        raise NotFound(f"{deed.row.reference} has no bundle that could be given up.")
    return sealing.abandon(deed.session, bundle, reason=deed.stated["reason"], actor=deed.actor)


def _acknowledge(deed: Deed) -> Any:
    return record_receipt(deed.session, deed.item, actor=deed.actor, **deed.stated)


class Items(Field):
    """References of records, one a line; each must exist for this person."""

    def read(self, text: str, asking: Asking) -> list[Any]:
        """Return the records in the order they were typed."""
        words = text.replace(",", " ").split()
        return [submission_work.subject(asking.session, word, asking.actor) for word in words]


def _items(session: Session, row: Submission, actor: Actor) -> list[Pair]:
    return [Pair(item, record) for item, record in queries.items_of(session, row, actor=actor)]


def _reference(row: Pair) -> str:
    if row.other is None:
        return ""
    return str(getattr(row.other, "reference", None) or row.other.code)


def _link(row: Pair) -> str | None:
    if row.other is None:
        return None
    return url_for(f"{submission_path.ROOMS_OF[row.item.kind]}.record_page", reference=_reference(row))


def _prepare(session: Session, rows: Any, actor: Actor) -> dict[str, Any]:
    progress = queries.progress_of(session, rows)
    recipients = queries.recipients_of(session, rows, actor=actor)
    for row in rows:
        row.shown_progress = progress[row.id]
        row.shown_recipient = recipients.get(row.id)
    return {}


def _find(session: Session, reference: str, *, actor: Actor) -> Submission:
    """Return a submission with its progress, which its page shows beside its title."""
    row: Any = queries.find_submission(session, reference, actor=actor)
    row.shown_progress = queries.progress_of(session, [row])[row.id]
    return row  # type: ignore[no-any-return] # what is shown beside the columns is no part of the model


def _name(party: Party | None) -> str:
    return "" if party is None else str(party.name_latin or party.name)


def _recipient(session: Session, row: Submission, actor: Actor) -> str:
    party = session.get(Party, row.party_id)
    del actor  # who sees the submission sees for whom it is
    return _name(party)


def _recipients(session: Session, actor: Actor) -> list[tuple[str, str]]:
    query = select(Party).where(visible(session, actor, Party)).order_by(Party.name).limit(asked.MOST)
    return [(str(party.id), _name(party)) for party in session.scalars(query)]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such recipient here, or you may not see it.") from error


def _bundle_of(session: Session, row: Submission, item_id: UUID, actor: Actor) -> Any:
    for bundle in queries.bundles_of(session, row, actor=actor):
        if bundle.id == item_id:
            return bundle
    raise NotFound(f"There is no such bundle of {row.reference} here, or you may not see it.")


ROOM = Room(
    name="submissions",
    icon="submissions",
    one=_l("submission"),
    many=_l("Submissions"),
    model=Submission,
    find=_find,
    status=lambda row: getattr(row, "shown_progress", None),
    listing=Listing(
        page=queries.page_submissions,
        prepare=_prepare,
        is_scoped=True,
        sorts=(*entered("recorded"), *titled()),
        columns=(
            Column(name="title", label=_l("Title"), cell=lambda row: row.title),
            Column(name="recipient", label=_l("Recipient"), cell=lambda row: _name(row.shown_recipient)),
            Column(name="use", label=_l("Use"), cell=lambda row: row.use, is_narrow=True),
            Column(name="progress", label=_l("Progress"), cell=lambda row: row.shown_progress, kind="state"),
            Column(name="recorded", label=_l("Recorded"), cell=lambda row: row.recorded_at, is_narrow=True),
        ),
        filters=(
            Filter(name="progress", label=_l("Progress"), enum=Progress, read=Progress),
            Filter(name="party_id", label=_l("Recipient"), choices=_recipients, read=_uuid),
        ),
        empty=_l("Nothing was handed over yet. A submission gathers what goes to one recipient for one use."),
    ),
    show={"recipient": _recipient},
    tabs=(
        Tab(
            name="guide", title=_l("Guide"), template="rooms/submission_guide.html", data=submission_path.data
        ),
        Tab(name="handed", title=_l("Bundles and receipts")),
    ),
    facts=submission_path.FACTS,
    sections=(
        Section(
            name="items",
            title=_l("What is in it"),
            rows=_items,
            link=_link,
            columns=(
                Column(label=_l("Number there"), cell=lambda row: row.item.number, kind="ref"),
                Column(label=_l("Record"), cell=_reference, kind="ref"),
                Column(label=_l("Kind"), cell=lambda row: row.item.kind),
                Column(label=_l("Title here"), cell=lambda row: getattr(row.other, "title", None)),
            ),
            empty=_l("Nothing yet."),
            actions=(
                Action(
                    name="add",
                    label=_l("Put records in"),
                    scope=Scope.SECTION,
                    permission=Permission.PREPARE,
                    when=_is_open,
                    fields=(
                        Items(
                            name="items",
                            label=_l("References"),
                            help=_l(
                                "Evidence items, interviews, incidents, allegations; in an identity annex, codes of persons. With spaces or one a line."
                            ),
                            required=True,
                            widget="lines",
                        ),
                    ),
                    run=_add,
                    then=lambda row, _made: submission_path.guide(row, "choose"),
                ),
            ),
            item_actions=(
                Action(
                    name="remove",
                    label=_l("Take out"),
                    scope=Scope.ITEM,
                    permission=Permission.PREPARE,
                    fields=(asked.reason(help=_l("It stays here; the recipient does not read it.")),),
                    run=_remove,
                ),
            ),
        ),
        Section(
            name="approvals",
            title=_l("Approvals"),
            tab="handed",
            rows=lambda session, row, actor: [
                Pair(approval, account)
                for approval, account in queries.approvals_of(session, row, actor=actor)
            ],
            columns=(
                Column(label=_l("By"), cell=lambda row: row.other.display_name),
                Column(label=_l("When"), cell=lambda row: row.item.recorded_at),
                Column(
                    label=_l("State that was approved"), cell=lambda row: row.item.digest[:16], kind="ref"
                ),
                Column(label=_l("Looked at"), cell=lambda row: row.item.looked_at),
                Column(label=_l("Taken back"), cell=lambda row: row.item.revoked_reason),
            ),
            item_actions=(
                Action(
                    name="revoke",
                    label=_l("Take back"),
                    scope=Scope.ITEM,
                    permission=Permission.APPROVE,
                    when=lambda row: row.revoked_at is None,
                    fields=(asked.reason(),),
                    run=submission_work.revoke,
                ),
            ),
        ),
        Section(
            name="bundles",
            title=_l("Bundles"),
            tab="handed",
            rows=lambda session, row, actor: queries.bundles_of(session, row, actor=actor),
            find=_bundle_of,
            template="rooms/submission_bundles.html",
            item_actions=(
                Action(
                    name="receipt",
                    label=_l("Record the receipt"),
                    scope=Scope.ITEM,
                    permission=Permission.RELEASE,
                    when=lambda row: row.released_at is not None,
                    fields=RECEIPT,
                    run=_acknowledge,
                ),
            ),
            empty=_l("No bundle yet."),
        ),
        Section(
            name="receipts",
            title=_l("Receipts"),
            tab="handed",
            rows=lambda session, row, actor: queries.receipts_of(session, row, actor=actor),
            columns=(
                Column(label=_l("Received"), cell=lambda row: row.received),
                Column(label=_l("By"), cell=lambda row: row.received_by),
                Column(label=_l("Their reference"), cell=lambda row: row.recipient_reference),
                Column(label=_l("Their digest is right"), cell=lambda row: row.is_match),
                Column(label=_l("Note"), cell=lambda row: row.note),
            ),
        ),
    ),
    actions=(
        Action(
            name="open",
            label=_l("Open a submission"),
            scope=Scope.LIST,
            permission=Permission.PREPARE,
            fields=OPENING,
            run=_open,
            then=lambda _row, made: submission_path.guide(made, "choose"),
        ),
        Action(
            name="amend",
            label=_l("Change its words"),
            permission=Permission.PREPARE,
            when=_is_open,
            fields=(*WORDS, *governance()),
            amends=True,
            run=amender(preparation.amend_submission),
            help=_l("An approval given before no longer fits."),
        ),
        *submission_work.ACTIONS,
        Action(
            name="abandon",
            label=_l("Give the bundle up"),
            permission=Permission.BUILD,
            fields=(asked.reason(),),
            run=_abandon,
            typed=True,
            warning=_l(
                "The sealed bundle cannot come back; its seal stays in the log. Amend, have it approved and seal again."
            ),
        ),
        Action(
            name="close",
            label=_l("Close"),
            permission=Permission.PREPARE,
            when=_is_open,
            fields=(asked.reason(),),
            run=_close,
            typed=True,
            warning=_l("Nothing more can be added, sealed or released afterwards."),
        ),
    ),
    more_routes=submission_work.routes,
)
