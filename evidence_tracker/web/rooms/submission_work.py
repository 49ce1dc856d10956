"""The long steps of a submission: looking for names, approving, sealing, building, releasing."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, require, visible
from evidence_tracker.access.records import find
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions import checking, queries
from evidence_tracker.casework.submissions.building import unreleased
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import GateClosed, InvalidInput, NotFound
from evidence_tracker.jobs import bundles
from evidence_tracker.web import door
from evidence_tracker.web.fields import Field, Long, Text
from evidence_tracker.web.kinds import Action, Deed
from evidence_tracker.web.rooms.submission_path import Looked, guide
from evidence_tracker.web.works import Function, Progress

SERIES: dict[str, type[Any]] = {"E": Exhibit, "I": Interview, "N": Incident, "A": Allegation}


def subject(session: Session, stated: str, actor: Actor) -> Any:
    """Return the record that somebody wants to put in; raises NotFound, or InvalidInput for other words."""
    reference = stated.strip().upper()
    if reference.startswith("PN-"):
        found = session.scalars(
            select(Person).where(Person.code == reference, visible(session, actor, Person))
        ).first()
        if found is None:
            raise NotFound(f"There is no person {stated} here, or you may not see them.")
        return found
    series = reference.split("-")[-2:-1]
    if not series or series[0] not in SERIES:
        raise InvalidInput(
            f"{stated} is not the reference of an evidence item, interview, incident or allegation.",
            advice="References look like KYI-E-0031; persons like PN-7KQ2MX.",
        )
    return find(session, SERIES[series[0]], reference, actor=actor)


def revoke(deed: Deed) -> Any:
    """Take an approval back."""
    return checking.revoke(deed.session, deed.item, reason=deed.stated["reason"], actor=deed.actor)


def _at_desk(deed: Deed, step: Callable[[bundles.Desk, str], Any]) -> Function:
    """Return the step as work beside the pages; the identity root must be lent before it begins."""
    instance, private = door.instance(), door.house().identities()
    actor, reference = deed.actor, str(deed.row.reference)

    def run(progress: Progress) -> Any:
        return step(bundles.Desk(instance, actor, private, progress), reference)

    return run


def _check(deed: Deed) -> Function:
    return _at_desk(deed, lambda desk, reference: Looked.of(bundles.check(desk, reference)))


def _approve(deed: Deed) -> Function:
    stated = deed.stated
    return _at_desk(
        deed,
        lambda desk, reference: bundles.approve(
            desk,
            reference,
            looked_at=stated["looked_at"] or [],
            note=stated["note"],
            state=stated["state"],
        ),
    )


def _seal(deed: Deed) -> Function:
    reason = deed.stated["unencrypted_reason"]
    return _at_desk(
        deed, lambda desk, reference: bundles.seal(desk, reference, unencrypted_reason=reason).name
    )


def _build(deed: Deed) -> Function:
    return _at_desk(deed, lambda desk, reference: bundles.build(desk, reference).zip_sha256)


def _release(deed: Deed) -> Function:
    channel = deed.stated["channel"]
    return _at_desk(deed, lambda desk, reference: bundles.release(desk, reference, channel=channel).name)


def _to(step: str) -> Callable[[Any, Any], str]:
    return lambda row, _made: guide(row, step)


class Numbers(Field):
    """Numbers of items that somebody looked at, with spaces or commas between them."""

    def read(self, text: str, asking: Any) -> Sequence[str]:  # noqa: ARG002 - as every field
        """Return the numbers; ranges are not read, since each was looked at."""
        return text.upper().replace(",", " ").split()


ACTIONS: tuple[Action, ...] = (
    Action(
        name="check",
        label=_l("Ask every gate, and look for names"),
        permission=Permission.READ,
        when=lambda row: row.closed_at is None,
        run=_check,
        is_long=True,
        help=_l(
            "Reads every word and every file that would leave, and looks for everybody in the identity vault. A custodian must have unlocked it."
        ),
        then=_to("gates"),
    ),
    Action(
        name="approve",
        label=_l("Approve it as it stands"),
        permission=Permission.APPROVE,
        when=lambda row: row.closed_at is None,
        fields=(
            Numbers(
                name="looked_at",
                label=_l("Items that you looked at yourself"),
                help=_l("The numbers of every item at which a person has to look, such as EX-0001 EX-0004."),
            ),
            Text(
                name="state",
                label=_l("The state that you looked at"),
                help=_l("It stands on the review page. Another state is refused."),
                required=True,
            ),
            Long(name="note", label=_l("Note"), rows=2),
        ),
        run=_approve,
        is_confirmed=True,
        is_long=True,
        help=_l("You may have prepared none of it. Any later change asks for a new approval."),
        then=_to("approve"),
    ),
    Action(
        name="seal",
        label=_l("Seal"),
        permission=Permission.BUILD,
        when=lambda row: row.closed_at is None,
        fields=(
            Text(
                name="unencrypted_reason",
                label=_l("Why it may go in clear"),
                help=_l("Leave it empty: then it is encrypted to the recipient's keys."),
            ),
        ),
        run=_seal,
        is_long=True,
        help=_l("Fixes every file that will go in the custody log, and signs a checkpoint."),
        then=_to("seal"),
    ),
    Action(
        name="build",
        label=_l("Build the bundle"),
        permission=Permission.BUILD,
        when=lambda row: row.closed_at is None,
        run=_build,
        is_long=True,
        help=_l("Writes the sealed bundle and its receipt file. Built twice it is the same bytes."),
        then=_to("build"),
    ),
    Action(
        name="release",
        label=_l("Release"),
        permission=Permission.RELEASE,
        when=lambda row: row.closed_at is None,
        fields=(
            Text(
                name="channel",
                label=_l("How it is handed over"),
                help=_l("Portal, courier, in person …"),
                required=True,
            ),
        ),
        run=_release,
        is_confirmed=True,
        is_long=True,
        help=_l("Every gate is asked once more. What was disclosed to whom is recorded for good."),
        then=_to("release"),
    ),
)


def routes(made: Blueprint) -> None:
    """Add the way by which a released bundle leaves the house."""

    @made.get("/<reference>/bundle/<name>")
    def bundle(reference: str, name: str) -> ResponseReturnValue:
        return _file(reference, name, is_receipt=False)

    @made.get("/<reference>/bundle/<name>/receipt")
    def receipt(reference: str, name: str) -> ResponseReturnValue:
        return _file(reference, name, is_receipt=True)


def _file(reference: str, name: str, *, is_receipt: bool) -> Response:
    """Answer a released bundle, or its receipt file, as a download."""
    with door.reading() as (session, actor):
        row = queries.find_submission(session, reference, actor=actor)
        require(session, actor, Permission.RELEASE, row.compartment_id, level=row.level)
        found = _released(session, row, name, actor)
        path = bundles.bundle_file(door.instance(), found)
        door.note_reading(f"bundle {found.name}", row.level)
    path = path.with_name(f"{found.name}.receipt") if is_receipt else path
    if not path.is_file():
        raise NotFound(f"{path.name} is not in this instance any more.", advice="Build the bundle again.")
    return send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=path.name)


def _released(session: Session, row: Submission, name: str, actor: Actor) -> Bundle:
    for one in queries.bundles_of(session, row, actor=actor):
        if one.name == name and one.state is BundleState.RELEASED:
            return one
    if unreleased(session, row.id) is not None:
        raise GateClosed(
            "This bundle was not released.", advice="Release it first: every gate is asked once more."
        )
    raise NotFound(f"There is no bundle {name} here, or you may not see it.")
