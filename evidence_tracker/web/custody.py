"""The custody log as people see it: how it stands, whether it holds, who looked at what."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker import outbox
from evidence_tracker.access import queries
from evidence_tracker.access.models import AccessKind
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import PAGE, profile
from evidence_tracker.custody import checkpoints
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.models import LogEpoch
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput
from evidence_tracker.jobs.audit import audit, summary
from evidence_tracker.jobs.checkpoints import MAX_CHECKPOINT, contradiction, read_old, sign
from evidence_tracker.jobs.fixity import note_audit
from evidence_tracker.web import door, errors, frame
from evidence_tracker.web.works import Progress, Work, WorkState


def blueprint() -> Blueprint:
    """Return the pages of the log."""
    made = Blueprint("custody", __name__, url_prefix="/custody")
    made.add_url_rule("/", "show", _show)
    made.add_url_rule("/verify", "verify", _verify, methods=["POST"])
    made.add_url_rule("/checkpoint", "checkpoint", _checkpoint, methods=["POST"])
    made.add_url_rule("/key", "key", _key)
    made.add_url_rule("/compare", "compare", _compare, methods=["POST"])
    made.add_url_rule("/access", "access", _access)
    return made


def _show() -> ResponseReturnValue:
    return _page()


def _page(error: EvidenceTrackerError | None = None, compared: str | None = None) -> ResponseReturnValue:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        page = render_template(
            "custody.html",
            error=error,
            compared=compared,
            last=_last_verification(actor),
            may_audit=_may_audit(session, actor),
            **_standing(session),
        )
    return page, 200 if error is None else errors.status_of(error)


def _standing(session: Session) -> dict[str, Any]:
    head = checkpoints.head(session)
    signed = door.instance().signer.last_signed()
    return {
        "head": head,
        "signed": signed,
        "unsigned": head.size - signed.size if signed and signed.origin == head.origin else head.size,
        "epochs": session.scalars(select(LogEpoch).order_by(LogEpoch.epoch)).all(),
        "vkey": door.instance().signer.signer(head.origin).vkey,
        "owed": outbox.owed(session),
    }


def _may_audit(session: Session, actor: Actor) -> bool:
    organisation = profile(session).organisation_compartment_id
    return frame.held(session, actor).may(Permission.AUDIT, organisation)


def _require_audit(session: Session, actor: Actor) -> None:
    require(session, actor, Permission.AUDIT, profile(session).organisation_compartment_id)


def _last_verification(actor: Actor) -> Work | None:
    """Return one's own newest verification of this process that has ended."""
    for work in door.works().of(actor):
        if work.state is WorkState.DONE and isinstance(work.result, dict) and "findings" in work.result:
            return work
    return None


def _verify() -> ResponseReturnValue:
    with door.reading() as (session, actor):
        _require_audit(session, actor)
    instance = door.instance()
    contents = request.form.get("contents") == "yes"

    def run(progress: Progress) -> Any:
        report = audit(instance, contents=contents, progress=progress)
        if contents:
            note_audit(instance, report)
        return summary(report)

    work = door.works().start(
        run,
        kind=gettext("Verification of everything") if contents else gettext("Verification of the log"),
        reference="",
        actor=actor,
        clock=instance.clock,
        back=url_for("custody.show"),
    )
    return redirect(url_for("works.show", work_id=work.id), 303)


def _checkpoint() -> ResponseReturnValue:
    with door.reading() as (_session, actor):
        pass
    with door.noting_denials():
        note = sign(door.instance(), actor=actor)
    origin, size, *_ = note.decode().split("\n")
    name = f"{origin.replace('/', '-')}-{size}.checkpoint"
    return Response(
        note, mimetype="text/plain", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _key() -> ResponseReturnValue:
    with door.reading() as (session, _actor):
        origin = checkpoints.head(session).origin
    vkey = door.instance().signer.signer(origin).vkey
    headers = {"Content-Disposition": 'attachment; filename="log.vkey"'}
    return Response(f"{vkey}\n", mimetype="text/plain", headers=headers)


def _compare() -> ResponseReturnValue:
    """Compare the log with a checkpoint that was kept elsewhere: it shows a log that was rewritten."""
    try:
        with door.reading() as (session, actor):
            _require_audit(session, actor)
            old = read_old(door.instance(), _old_note(), gettext("What you gave"))
            wrong = contradiction(session, old)
    except InvalidInput as error:
        return _page(error)
    if wrong:
        return _page(compared=gettext("The log CONTRADICTS this checkpoint: %(what)s.", what=wrong))
    return _page(
        compared=gettext(
            "The log continues this checkpoint: its first %(count)s events are the same.", count=old.size
        )
    )


def _old_note() -> bytes:
    given = request.files.get("file")
    if given is not None and given.filename:
        return given.stream.read(MAX_CHECKPOINT)
    return request.form.get("note", "").replace("\r\n", "\n").encode()


def _access() -> ResponseReturnValue:
    """Show who looked at what, newest first."""
    kind = request.args.get("kind", "")
    before = request.args.get("before", "")
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        rows = queries.page_access_log(
            session,
            actor=actor,
            kind=AccessKind(kind) if kind in set(AccessKind) else None,
            before=int(before) if before.isdecimal() else None,
            limit=PAGE + 1,
        )
        more = rows[PAGE - 1][0].id if len(rows) > PAGE else None
        return render_template(
            "access_log.html", rows=rows[:PAGE], more=more, kind=kind, kinds=tuple(AccessKind)
        )
