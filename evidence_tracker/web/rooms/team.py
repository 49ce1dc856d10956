"""The team: accounts and what they may do; compartments and who is let in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access import accounts, compartments, invitations, queries
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Role
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import profile
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import door, frame
from evidence_tracker.web.fields import Asking, Choice, Field, Number, Text, Word
from evidence_tracker.web.kinds import Action, Column, Deed, Facts, Listing, Pair, Room, Scope, Section
from evidence_tracker.web.rooms import asked

LEVELS = Word(
    name="level",
    label=_l("Up to which level"),
    enum=Level,
    required=True,
    default=Level.CONFIDENTIAL.value,
)
PURPOSE = Text(name="purpose", label=_l("What the access is for"), required=True)
ROLE = Word(name="role", label=_l("Role"), enum=Role, required=True)
DAYS = Number(name="days", label=_l("Ends after so many days"), least=1)


@dataclass(frozen=True)
class Seen:
    """An account or a compartment as the pages of rooms see records: with a home and a level."""

    row: Any
    compartment_id: UUID
    recorded_at: datetime
    level: Level = Level.INTERNAL

    def __getattr__(self, name: str) -> Any:
        """Return what the account or compartment says itself."""
        return getattr(self.row, name)


def _seen(session: Session, account: Account) -> Seen:
    return Seen(account, profile(session).organisation_compartment_id, account.added_at)


def _find_account(session: Session, reference: str, *, actor: Actor) -> Seen:
    return _seen(session, accounts.find_managed_ever(session, reference.strip().lower(), actor=actor))


def _page_accounts(session: Session, *, actor: Actor, **by: Any) -> Sequence[Seen]:
    return [_seen(session, one) for one in queries.page_accounts(session, actor=actor, **by)]


def _find_place(session: Session, reference: str, *, actor: Actor) -> Seen:
    place = compartments.find_compartment(session, reference, actor=actor)
    return Seen(place, place.id, place.opened_at)


def _page_places(session: Session, *, actor: Actor, **by: Any) -> Sequence[Seen]:
    return [Seen(one, one.id, one.opened_at) for one in queries.page_compartments(session, actor=actor, **by)]


def _grants_in(session: Session, row: Seen, actor: Actor) -> list[Pair]:
    if not frame.held(session, actor).may(Permission.GRANT, row.row.id):
        return []
    return [Pair(grant, account) for grant, account in queries.grants_in(session, row.row, actor=actor)]


def _grants_of(session: Session, row: Seen, actor: Actor) -> list[Pair]:
    return [Pair(grant, place) for grant, place in queries.grants_of(session, row.row, actor=actor)]


def _until(deed: Deed) -> datetime | None:
    days = deed.stated["days"]
    return None if days is None else door.instance().clock.now() + timedelta(days=days)


def _grant(deed: Deed) -> Any:
    stated = deed.stated
    return compartments.grant(
        deed.session,
        deed.row.row,
        account=stated["account"],
        role=stated["role"],
        level=stated["level"],
        purpose=stated["purpose"],
        expires_at=_until(deed),
        actor=deed.actor,
    )


def _grant_to(deed: Deed) -> Any:
    stated = deed.stated
    return compartments.grant(
        deed.session,
        stated["compartment"],
        account=deed.row.row,
        role=stated["role"],
        level=stated["level"],
        purpose=stated["purpose"],
        expires_at=_until(deed),
        actor=deed.actor,
    )


def _end(deed: Deed) -> Any:
    grant = compartments.find_grant(deed.session, deed.item.id, actor=deed.actor)
    return compartments.end_grant(deed.session, grant, reason=deed.stated["reason"], actor=deed.actor)


def _add(deed: Deed) -> Any:
    stated = deed.stated
    account = accounts.add_account(
        deed.session,
        login=stated["login"].lower(),
        display_name=stated["display_name"] or stated["login"],
        system_user=stated["system_user"],
        actor=deed.actor,
    )
    return _seen(deed.session, account)


def _invite(deed: Deed) -> Any:
    token = invitations.invite(deed.session, deed.row.row, actor=deed.actor)
    link = url_for("account.welcome", token=token, _external=True)
    # Shown once, to whoever asked for it: only a digest of it is kept.
    flash(
        gettext(
            "Give this link to %(login)s in person, it works once: %(link)s", login=deed.row.login, link=link
        )
    )


def _switch_off(deed: Deed) -> Any:
    return accounts.switch_off(deed.session, deed.row.row, reason=deed.stated["reason"], actor=deed.actor)


def _open(deed: Deed) -> Any:
    stated = deed.stated
    place = compartments.open_compartment(
        deed.session,
        kind=stated["kind"],
        reference=stated["reference"].upper(),
        title=stated["title"],
        level_ceiling=stated["level_ceiling"],
        actor=deed.actor,
    )
    return Seen(place, place.id, place.opened_at)


def _places(asking: Asking) -> list[tuple[str, Any]]:
    may = frame.held(asking.session, asking.actor).where(Permission.GRANT)
    return [
        (one.reference, f"{one.reference} · {one.title}")
        for one in frame.compartments(asking.session, asking.actor)
        if one.id in may
    ]


class Place(Choice):
    """One of the compartments in which this person may let others in."""

    def read(self, text: str, asking: Asking) -> Compartment:
        """Return the compartment."""
        return asked.compartment(text, asking.session, asking.actor)


GRANT_COLUMNS = (
    Column(label=_l("Role"), cell=lambda row: row.item.role),
    Column(label=_l("Up to"), cell=lambda row: row.item.level, kind="level"),
    Column(label=_l("What for"), cell=lambda row: row.item.purpose),
    Column(label=_l("Given"), cell=lambda row: row.item.granted_at),
    Column(label=_l("Until"), cell=lambda row: row.item.expires_at),
    Column(label=_l("Ended"), cell=lambda row: row.item.ended_at),
)
END = Action(
    name="end",
    label=_l("End"),
    scope=Scope.ITEM,
    permission=Permission.GRANT,
    when=lambda row: row.ended_at is None,
    fields=(asked.reason(),),
    run=_end,
    is_confirmed=True,
    done=_l("The grant has ended."),
)

TEAM = Room(
    name="team",
    icon="team",
    one=_l("account"),
    many=_l("Team"),
    model=Account,
    find=_find_account,
    reference=lambda row: str(row.login),
    title=lambda row: str(row.display_name),
    status=lambda row: "active" if row.is_active else "ended",
    needs=Permission.MANAGE_ACCOUNTS,
    is_plain=True,
    intro=_l("Who works here. Whoever leaves is switched off; their work stays."),
    listing=Listing(
        page=_page_accounts,
        sorts=(),
        columns=(
            Column(name="name", label=_l("Name"), cell=lambda row: row.display_name),
            Column(name="has_secret", label=_l("Has a secret"), cell=lambda row: row.secret_hash is not None),
            Column(
                name="system_user", label=_l("System user"), cell=lambda row: row.system_user, is_narrow=True
            ),
            Column(name="is_active", label=_l("Switched on"), cell=lambda row: row.is_active),
            Column(name="added", label=_l("Added"), cell=lambda row: row.added_at, is_narrow=True),
        ),
    ),
    facts=(Facts(title=_l("Account"), names=("login", "display_name", "system_user", "added_at")),),
    sections=(
        Section(
            name="grants",
            title=_l("What they may do"),
            rows=_grants_of,
            columns=(
                Column(label=_l("Where"), cell=lambda row: row.other.reference, kind="ref"),
                *GRANT_COLUMNS,
            ),
            empty=_l("Nothing: an account without a grant sees nothing."),
            actions=(
                Action(
                    name="give",
                    label=_l("Give a role"),
                    scope=Scope.SECTION,
                    permission=None,
                    when=lambda row: row.is_active,
                    fields=(
                        Place(
                            name="compartment", label=_l("In which compartment"), among=_places, required=True
                        ),
                        ROLE,
                        LEVELS,
                        PURPOSE,
                        DAYS,
                    ),
                    run=_grant_to,
                    is_confirmed=True,
                ),
            ),
        ),
    ),
    actions=(
        Action(
            name="add",
            label=_l("Add an account"),
            scope=Scope.LIST,
            permission=Permission.MANAGE_ACCOUNTS,
            fields=(
                Text(
                    name="login",
                    label=_l("Login"),
                    help=_l("Lower-case letters, digits, dots."),
                    required=True,
                ),
                Text(name="display_name", label=_l("Name to show")),
                Text(
                    name="system_user",
                    label=_l("User of this machine"),
                    help=_l("Only for somebody who also works at the command line here."),
                ),
            ),
            run=_add,
            done=_l("The account is there. Invite its owner, and give it a role."),
        ),
        Action(
            name="invite",
            label=_l("Make a link to begin with"),
            permission=Permission.MANAGE_ACCOUNTS,
            when=lambda row: row.is_active,
            run=_invite,
            is_main=True,
            done=_l("An earlier link of this account is void now."),
            help=_l(
                "With it its owner sets a secret that nobody else has ever known. It works once, for two days."
            ),
        ),
        Action(
            name="switch-off",
            label=_l("Switch off"),
            permission=Permission.MANAGE_ACCOUNTS,
            when=lambda row: row.is_active,
            fields=(asked.reason(),),
            run=_switch_off,
            typed=True,
            warning=_l(
                "Every session of this account ends now, and its grants give nothing any more. Its work stays."
            ),
        ),
    ),
)

OPENING: tuple[Field, ...] = (
    Text(name="reference", label=_l("Reference"), required=True),
    Text(name="title", label=_l("What it is drawn around"), required=True),
    Word(name="kind", label=_l("Kind"), enum=CompartmentKind, required=True, default="project"),
    Word(
        name="level_ceiling",
        label=_l("Highest level it may hold"),
        enum=Level,
        required=True,
        default=Level.SEALED.value,
    ),
)
COMPARTMENTS = Room(
    name="compartments",
    icon="lock",
    one=_l("compartment"),
    many=_l("Compartments"),
    model=Compartment,
    find=_find_place,
    status=lambda row: row.kind,
    needs=None,
    is_plain=True,
    intro=_l("The fences around records. Each has a key of its own; a grant lets somebody in."),
    listing=Listing(
        page=_page_places,
        sorts=(),
        columns=(
            Column(name="title", label=_l("Drawn around"), cell=lambda row: row.title),
            Column(name="kind", label=_l("Kind"), cell=lambda row: row.kind),
            Column(
                name="level_ceiling",
                label=_l("Holds up to"),
                cell=lambda row: row.level_ceiling,
                kind="level",
            ),
        ),
    ),
    facts=(
        Facts(title=_l("Compartment"), names=("reference", "title", "kind", "level_ceiling", "opened_at")),
    ),
    sections=(
        Section(
            name="grants",
            title=_l("Who is let in"),
            rows=_grants_in,
            columns=(
                Column(
                    label=_l("Who"),
                    cell=lambda row: row.other.display_name if row.other else _l("a partner"),
                ),
                *GRANT_COLUMNS,
            ),
            actions=(
                Action(
                    name="give",
                    label=_l("Let somebody in"),
                    scope=Scope.SECTION,
                    permission=Permission.GRANT,
                    fields=(asked.account(label=_l("Login"), required=True), ROLE, LEVELS, PURPOSE, DAYS),
                    run=_grant,
                    is_confirmed=True,
                ),
            ),
            item_actions=(END,),
        ),
    ),
    actions=(
        Action(
            name="open",
            label=_l("Open a compartment"),
            scope=Scope.LIST,
            permission=Permission.OPEN_COMPARTMENT,
            fields=OPENING,
            run=_open,
            done=_l("It is open, and you lead it."),
        ),
    ),
)
