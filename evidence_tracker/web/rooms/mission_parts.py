"""What hangs on a mission: team, partners, safety, equipment, diary, debrief."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.missions import (
    debrief,
    diary,
    equipment,
    liaison,
    queries,
    risk,
    team,
)
from evidence_tracker.casework.missions.models import (
    DeconflictionOutcome,
    DeviceKind,
    Mission,
    MissionRole,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import (
    Field,
    Long,
    Number,
    Tags,
    Text,
    Tick,
    When,
    Where,
    Word,
)
from evidence_tracker.web.forms import amender, runner
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Pair,
    Scope,
    Section,
    ongoing,
)
from evidence_tracker.web.rooms import asked

DEVICE: tuple[Field, ...] = (
    Text(name="label", label=_l("What it is"), required=True),
    Word(name="kind", label=_l("Kind"), enum=DeviceKind, required=True),
    Text(name="serial", label=_l("Serial number")),
)
CLOCK: tuple[Field, ...] = (
    Number(
        name="offset_seconds",
        label=_l("Seconds that its clock is ahead"),
        help=_l("Negative where it is behind."),
        required=True,
        least=None,
    ),
    Text(name="basis", label=_l("How it was measured"), required=True),
)
CONTACT: tuple[Field, ...] = (
    Text(name="name", label=_l("Name"), required=True),
    Text(name="how_to_reach", label=_l("How to reach them safely"), required=True),
    Text(name="function", label=_l("Function")),
    Tags(name="languages", label=_l("Languages"), help=_l("Tags with commas: uk, ru, en.")),
    Long(name="notes", label=_l("Notes"), rows=2),
)
DEBRIEF: tuple[Field, ...] = (
    When(name="held_on", label=_l("Held on"), required=True),
    Long(name="lessons", label=_l("What was learnt"), required=True),
    Long(name="outcome", label=_l("What was brought home"), required=True),
    Number(name="interviews_held", label=_l("Interviews held")),
    Number(name="exhibits_taken", label=_l("Evidence items taken")),
    Long(name="care_offered", label=_l("What was offered to the team"), rows=2),
)


def _plan(deed: Deed) -> Any:
    return risk.write_security_plan(
        deed.session, deed.row, deed.stated["text"], actor=deed.actor, expected_version=_plan_version(deed)
    )


def _plan_version(deed: Deed) -> int | None:
    plan = queries.security_plan(deed.session, deed.row, actor=deed.actor)
    return None if plan is None else plan.version


def _sign_off(deed: Deed) -> Any:
    return risk.sign_off_security_plan(
        deed.session, deed.item, actor=deed.actor, expected_version=deed.version or deed.item.version
    )


def _join(deed: Deed) -> Any:
    return team.add_member(deed.session, deed.row, deed.took("account"), actor=deed.actor, **_known(deed))


def _partner(deed: Deed) -> Any:
    return liaison.add_partner(deed.session, deed.row, deed.took("party"), actor=deed.actor, **_known(deed))


def _leave(act: Any) -> Any:
    return lambda deed: act(deed.session, deed.item, actor=deed.actor)


def _known(deed: Deed) -> dict[str, Any]:
    return {name: value for name, value in deed.stated.items() if value is not None}


def _plans(session: Session, row: Mission, actor: Actor) -> Sequence[Any]:
    plan = queries.security_plan(session, row, actor=actor)
    return [] if plan is None else [plan]


def _debriefs(session: Session, row: Mission, actor: Actor) -> Sequence[Any]:
    held = queries.debrief_of(session, row, actor=actor)
    return [] if held is None else [held]


def _team(session: Session, row: Mission, actor: Actor) -> Sequence[Pair]:
    return [Pair(member, account) for member, account in queries.team(session, row, actor=actor)]


def _partners(session: Session, row: Mission, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, other) for link, other in queries.partners(session, row, actor=actor)]


SECTIONS: tuple[Section, ...] = (
    Section(
        name="security",
        title=_l("Security plan"),
        tab="safety",
        rows=_plans,
        columns=(
            Column(label=_l("Plan"), cell=lambda row: row.text, kind="words"),
            Column(label=_l("Signed off"), cell=lambda row: row.signed_off_at),
        ),
        empty=_l("No plan yet: the mission cannot be approved without one that somebody else signed off."),
        actions=(
            Action(
                name="write",
                label=_l("Write the plan"),
                scope=Scope.SECTION,
                fields=(
                    Long(
                        name="text",
                        label=_l("Threats, measures, routes, contacts, evacuation"),
                        required=True,
                        rows=12,
                    ),
                ),
                run=_plan,
            ),
        ),
        item_actions=(
            Action(
                name="sign-off",
                label=_l("Sign off"),
                scope=Scope.ITEM,
                permission=Permission.READ,
                when=lambda plan: plan.signed_off_at is None,
                run=_sign_off,
                is_confirmed=True,
                help=_l("Whoever wrote it cannot sign it off."),
            ),
        ),
    ),
    Section(
        name="members",
        title=_l("Team"),
        tab="team",
        rows=_team,
        columns=(
            Column(label=_l("Who"), cell=lambda row: row.other.display_name),
            Column(label=_l("Role"), cell=lambda row: row.item.role),
            Column(label=_l("Languages"), cell=lambda row: row.item.languages),
        ),
        empty=_l("Nobody is on the team yet."),
        actions=(
            Action(
                name="add",
                label=_l("Add somebody"),
                scope=Scope.SECTION,
                fields=(
                    asked.account(label=_l("Login"), required=True),
                    Word(name="role", label=_l("Role"), enum=MissionRole, required=True),
                    Tags(name="languages", label=_l("Languages"), help=_l("Tags with commas: uk, ru, en.")),
                ),
                run=_join,
            ),
        ),
        item_actions=(
            Action(
                name="end",
                label=_l("Take off the team"),
                scope=Scope.ITEM,
                fields=(asked.reason(),),
                run=runner(team.end_member),
            ),
        ),
    ),
    Section(
        name="partners",
        title=_l("Partners"),
        tab="team",
        rows=_partners,
        columns=(
            Column(label=_l("Party"), cell=lambda row: row.other.name_latin or row.other.name),
            Column(label=_l("Part"), cell=lambda row: row.item.part),
        ),
        actions=(
            Action(
                name="add",
                label=_l("Add a partner"),
                scope=Scope.SECTION,
                fields=(
                    asked.party(required=True),
                    Text(name="part", label=_l("What they do in it"), required=True),
                ),
                run=_partner,
            ),
        ),
        item_actions=(
            Action(name="end", label=_l("End"), scope=Scope.ITEM, run=_leave(liaison.end_partner)),
        ),
    ),
    Section(
        name="contacts",
        title=_l("Contacts"),
        tab="safety",
        rows=lambda session, row, actor: queries.contacts(session, row, actor=actor),
        columns=(
            Column(label=_l("Name"), cell=lambda row: row.name),
            Column(label=_l("Function"), cell=lambda row: row.function),
            Column(label=_l("How to reach"), cell=lambda row: row.how_to_reach),
            Column(label=_l("Languages"), cell=lambda row: row.languages),
        ),
        actions=(
            Action(
                name="add",
                label=_l("Add a contact"),
                scope=Scope.SECTION,
                fields=CONTACT,
                run=runner(liaison.add_contact),
            ),
        ),
        item_actions=(
            Action(
                name="amend",
                label=_l("Change"),
                scope=Scope.ITEM,
                fields=CONTACT,
                amends=True,
                run=amender(liaison.amend_contact),
            ),
            Action(name="end", label=_l("End"), scope=Scope.ITEM, run=_leave(liaison.end_contact)),
        ),
    ),
    Section(
        name="devices",
        title=_l("Equipment"),
        tab="safety",
        rows=lambda session, row, actor: queries.devices(session, row, actor=actor),
        columns=(
            Column(label=_l("Reference"), cell=lambda row: row.reference, kind="ref"),
            Column(label=_l("What"), cell=lambda row: row.label),
            Column(label=_l("Kind"), cell=lambda row: row.kind),
            Column(label=_l("Clock ahead (seconds)"), cell=lambda row: row.clock_offset_seconds),
            Column(label=_l("Out of use"), cell=lambda row: row.ended_at),
        ),
        actions=(
            Action(
                name="add",
                label=_l("Add a device"),
                scope=Scope.SECTION,
                fields=DEVICE,
                run=runner(equipment.add_device),
            ),
        ),
        item_actions=(
            Action(
                name="clock",
                label=_l("Measure its clock"),
                scope=Scope.ITEM,
                fields=CLOCK,
                when=ongoing,
                run=runner(equipment.measure_clock),
            ),
            Action(
                name="amend",
                label=_l("Change"),
                scope=Scope.ITEM,
                fields=DEVICE,
                amends=True,
                when=ongoing,
                run=amender(equipment.amend_device),
            ),
            Action(
                name="end",
                label=_l("Take out of use"),
                scope=Scope.ITEM,
                fields=(asked.reason(),),
                when=ongoing,
                run=runner(equipment.end_device),
            ),
        ),
    ),
    Section(
        name="deconfliction",
        title=_l("Other bodies asked"),
        tab="safety",
        rows=lambda session, row, actor: queries.deconfliction_notes(session, row, actor=actor),
        columns=(
            Column(label=_l("Asked"), cell=lambda row: row.asked_on),
            Column(label=_l("Question"), cell=lambda row: row.question),
            Column(label=_l("Answer"), cell=lambda row: row.answer),
            Column(label=_l("Outcome"), cell=lambda row: row.outcome),
        ),
        actions=(
            Action(
                name="add",
                label=_l("Note a question"),
                scope=Scope.SECTION,
                fields=(
                    When(name="asked_on", label=_l("Asked on"), required=True),
                    Text(name="channel", label=_l("How"), required=True),
                    asked.party(label=_l("Which body")),
                    Long(name="question", label=_l("Question"), required=True, rows=2),
                    Long(name="answer", label=_l("Answer"), rows=2),
                    Word(name="outcome", label=_l("Outcome"), enum=DeconflictionOutcome, required=True),
                ),
                run=runner(liaison.note_deconfliction),
            ),
        ),
    ),
    Section(
        name="log",
        title=_l("Daily log"),
        tab="diary",
        rows=lambda session, row, actor: queries.page_log(session, row, actor=actor, limit=200),
        columns=(
            Column(label=_l("Day"), cell=lambda row: row.day),
            Column(label=_l("Entry"), cell=lambda row: row.text, kind="words"),
            Column(label=_l("Place"), cell=lambda row: row.place),
            Column(label=_l("Security incident"), cell=lambda row: row.is_security_incident or None),
        ),
        empty=_l("Nothing was written down yet."),
        actions=(
            Action(
                name="write",
                label=_l("Write an entry"),
                scope=Scope.SECTION,
                fields=(
                    When(name="day", label=_l("Day"), required=True),
                    Long(name="text", label=_l("What happened"), required=True),
                    Where(name="place", label=_l("Place")),
                    Tick(name="is_security_incident", label=_l("This was a security incident")),
                ),
                run=runner(diary.write_entry),
                help=_l("An entry is not changed later: a correction is an entry of its own."),
            ),
        ),
    ),
    Section(
        name="debrief",
        title=_l("Debrief"),
        tab="diary",
        rows=_debriefs,
        columns=(
            Column(label=_l("Held"), cell=lambda row: row.held_on),
            Column(label=_l("Lessons"), cell=lambda row: row.lessons, kind="words"),
            Column(label=_l("Outcome"), cell=lambda row: row.outcome, kind="words"),
            Column(label=_l("Care"), cell=lambda row: row.care_offered),
        ),
        item_actions=(
            Action(
                name="amend",
                label=_l("Add to it"),
                scope=Scope.ITEM,
                fields=DEBRIEF,
                amends=True,
                run=amender(debrief.amend_debrief),
            ),
        ),
    ),
)
