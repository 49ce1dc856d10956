"""Locked and open: the passphrase of the instance, the lock for everybody, the identities for a while."""

from typing import cast

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from evidence_tracker.access import log
from evidence_tracker.access.models import AccessKind
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput, Locked, NotPermitted
from evidence_tracker.instance import cost_for
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.keys.unlockers import Passphrase
from evidence_tracker.web import attempts, door, errors, frame, paths_back
from evidence_tracker.web.signed_in import SignedIn

ALWAYS = frozenset({"static", "health.show", "unlock.show"})


def guard(app: Flask) -> None:
    """Show nothing of a locked instance but where it is unlocked; call it before everything else."""
    app.before_request(_ask_to_unlock)


def blueprint() -> Blueprint:
    """Return the pages of locking and unlocking."""
    made = Blueprint("unlock", __name__)
    made.add_url_rule("/unlock", "show", _show, methods=["GET", "POST"])
    made.add_url_rule("/lock", "lock", _lock, methods=["POST"])
    made.add_url_rule("/custody/identities", "identities", _identities, methods=["GET", "POST"])
    return made


def _ask_to_unlock() -> ResponseReturnValue | None:
    if door.house().is_open or request.endpoint in ALWAYS:
        return None
    if errors.wants_json() or request.method not in {"GET", "HEAD", "POST"}:
        return errors.answer(
            "This instance is locked.", "Ask whoever holds its passphrase to unlock it.", 423
        )
    return redirect(url_for("unlock.show", next=paths_back.here()))


def _show() -> ResponseReturnValue:
    target = paths_back.safe(request.args.get("next"))
    if door.house().is_open:
        return redirect(target)
    error = None
    if request.method == "POST":
        try:
            _unlock(request.form.get("passphrase", ""))
        except EvidenceTrackerError as refused:
            error = refused
        else:
            return redirect(target, 303)
    status = 200 if error is None else errors.status_of(error)
    return render_template("unlock.html", error=error), status


def _unlock(passphrase: str) -> None:
    """Open the instance; whoever is wrong waits, since they cannot be told from whoever guesses."""
    keys = [("unlock", "anybody")]
    attempts.refuse_haste(keys)
    house = door.house()
    try:
        house.unlock(Passphrase(passphrase, cost_for(house.kind)))
    except (Locked, InvalidInput) as error:
        attempts.counted().failed(keys)
        raise Locked("This is not the passphrase of this instance.", advice="Try again.") from error
    attempts.counted().succeeded(keys)
    with house.instance.transaction() as session:
        log.note(session, AccessKind.UNLOCKED, "unlocked the instance in a browser", actor=None)


def _lock() -> ResponseReturnValue:
    """Forget every key at once; whoever is signed in may do that, there is no time to ask whom."""
    with door.acting() as (session, actor):
        log.note(session, AccessKind.UNLOCKED, "locked the instance", actor=actor)
    door.house().lock()
    return redirect(url_for("unlock.show"), 303)


def _identities() -> ResponseReturnValue:
    error = None
    if request.method == "POST":
        try:
            _lend_or_take_back()
        except EvidenceTrackerError as refused:
            error = refused
        else:
            return redirect(url_for("unlock.identities"), 303)
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        is_custodian = _is_custodian(actor)
        return render_template(
            "identities.html", error=error, is_custodian=is_custodian
        ), 200 if error is None else errors.status_of(error)


def _lend_or_take_back() -> None:
    house = door.house()
    if "back" in request.form:
        if house.lent is None or not (_is_custodian(door.actor())):
            raise NotPermitted("You do not hold the identities.", advice="Ask a custodian.")
        house.take_identities_back()
        _note("took the identities back")
        return
    private = _opened(request.form.get("secret", ""))
    actor = door.actor()
    house.lend_identities(private, by=actor.account_id, login=actor.login)
    _note("lent the identities")
    flash(_("The identity vault is open for 15 minutes."), "done")


def _opened(secret: str) -> PrivateKey:
    """Return the identity root, opened with a custodian's own secret."""
    account = cast("SignedIn", current_user).account
    keys = attempts.keys_for("identities", account.login, account)
    with door.noting_denials():
        attempts.refuse_haste(keys)
        try:
            private = door.instance().keys.unlock_identity(
                str(account.id), Passphrase(secret, cost_for(door.house().kind))
            )
        except (Locked, InvalidInput) as error:
            attempts.counted().failed(keys)
            raise NotPermitted(
                "This does not open the identity vault.",
                advice="It takes the secret with which you were named a custodian; the first custodian's is the passphrase of the instance.",
            ) from error
    attempts.counted().succeeded(keys)
    return private


def _is_custodian(actor: Actor) -> bool:
    return str(actor.account_id) in door.instance().keys.custodians()


def _note(what: str) -> None:
    with door.acting() as (session, actor):
        log.note(session, AccessKind.UNLOCKED, what, actor=actor)
