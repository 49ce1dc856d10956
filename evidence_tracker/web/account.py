"""One's own account: secret, second factor, language, sessions; and the link with which somebody begins."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user

from evidence_tracker.access import accounts, invitations, preferences, second_factor, sessions
from evidence_tracker.access.models import Account
from evidence_tracker.custody.events import Door
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput
from evidence_tracker.instance import cost_for
from evidence_tracker.keys.unlockers import MIN_PASSPHRASE, Passphrase
from evidence_tracker.web import door, errors, frame, languages
from evidence_tracker.web.session import current
from evidence_tracker.web.sign_in import NEW_FACTOR, confirm_own_secret
from evidence_tracker.web.signed_in import SignedIn


def blueprint() -> Blueprint:
    """Return the pages of one's own account, and the welcome."""
    made = Blueprint("account", __name__)
    both = ["GET", "POST"]
    made.add_url_rule("/account", "show", _show)
    made.add_url_rule("/account/language", "language", _language, methods=["POST"])
    made.add_url_rule("/account/sessions", "sessions", _sessions, methods=both)
    made.add_url_rule("/account/secret", "secret", _secret, methods=both)
    made.add_url_rule("/account/recovery-codes", "recovery_codes", _recovery_codes, methods=both)
    made.add_url_rule("/welcome/<token>", "welcome", _welcome, methods=both)
    return made


def _show() -> ResponseReturnValue:
    return _page(
        "account/account.html", languages=languages.installed().values(), chosen_language=languages.chosen()
    )


def _language() -> ResponseReturnValue:
    code = languages.choose(request.form.get("language", ""))
    with door.acting() as (database, actor):
        preferences.choose_language(database, code, actor=actor)
    flash(_("Pages are in this language from now on."), "done")
    return redirect(url_for("account.show"), 303)


def _sessions() -> ResponseReturnValue:
    if request.method == "POST":
        _end_session(request.form.get("session", ""))
        flash(_("Ended."), "done")
        return redirect(url_for("account.sessions"), 303)
    with door.reading() as (database, actor):
        frame.prepare(database, actor)
        rows = sessions.sessions_of(database, actor=actor)
        return render_template("account/sessions.html", rows=rows, here=current().row_id)


def _end_session(which: str) -> None:
    here = current().row_id
    with door.acting() as (database, actor):
        if which == "others" and here is not None:
            sessions.revoke_others(database, here, actor=actor)
        else:
            sessions.revoke_session(database, _uuid(which), actor=actor)


def _secret() -> ResponseReturnValue:
    if request.method != "POST":
        return _page("account/secret.html", least=MIN_PASSPHRASE)
    try:
        _change_secret()
    except EvidenceTrackerError as error:
        return _page("account/secret.html", error, least=MIN_PASSPHRASE)
    flash(_("Your secret is changed. Every other session of yours has ended."), "done")
    return redirect(url_for("account.show"), 303)


def _change_secret() -> None:
    """Set one's own secret; this browser stays signed in, with a new session."""
    new, kind = _twice(), door.house().kind
    confirm_own_secret(request.form.get("own_secret", ""))
    with door.acting() as (database, actor):
        account = database.get_one(Account, actor.account_id)
        accounts.set_secret(database, account, new, actor=actor, cost=cost_for(kind))
    # The wrap of a custodian is opened by the secret they were named with; where that was this one, it follows.
    door.instance().keys.change_secret(
        str(account.id),
        Passphrase(request.form["own_secret"], cost_for(kind)),
        Passphrase(new, cost_for(kind)),
    )
    login_user(SignedIn(account))


def _recovery_codes() -> ResponseReturnValue:
    if request.method != "POST":
        return _page("account/recovery_codes.html", is_new=NEW_FACTOR in session)
    try:
        if NEW_FACTOR not in session:
            confirm_own_secret(request.form.get("own_secret", ""))
        with door.acting() as (database, actor):
            account = database.get_one(Account, actor.account_id)
            codes = second_factor.make_recovery_codes(database, account, actor=actor)
    except EvidenceTrackerError as error:
        return _page("account/recovery_codes.html", error)
    session.pop(NEW_FACTOR, None)
    return _page("account/recovery_codes.html", codes=codes)


def _welcome(token: str) -> ResponseReturnValue:
    """Let whoever holds a link set their own secret; then they sign in with it as everybody does."""
    with door.instance().reading() as database:
        login = invitations.find_invited(database, token)[1].login
    if request.method == "POST":
        try:
            new = _twice()
            with door.instance().transaction() as database:
                invitations.accept_invitation(
                    database, token, new, door=Door.WEB, cost=cost_for(door.house().kind)
                )
        except EvidenceTrackerError as error:
            return _welcome_page(login, error)
        flash(_("Your secret is set. Sign in with it."), "done")
        return redirect(url_for("security.login", login=login), 303)
    return _welcome_page(login)


def _welcome_page(login: str, error: EvidenceTrackerError | None = None) -> ResponseReturnValue:
    page = render_template("account/welcome.html", login=login, error=error, least=MIN_PASSPHRASE)
    return page, 200 if error is None else errors.status_of(error)


def _twice() -> str:
    """Return a new secret that was typed the same way twice."""
    new, again = request.form.get("new_secret", ""), request.form.get("again", "")
    if len(new) < MIN_PASSPHRASE:
        raise InvalidInput(
            f"A secret needs at least {MIN_PASSPHRASE} characters.",
            advice="Five or more random words are best.",
        )
    if new != again:
        raise InvalidInput("The two secrets differ.", advice="Type the same one in both fields.")
    return new


def _page(template: str, error: EvidenceTrackerError | None = None, **more: object) -> ResponseReturnValue:
    with door.reading() as (database, actor):
        frame.prepare(database, actor)
        page = render_template(template, error=error, factor=current_user.factor, **more)
    return page, 200 if error is None else errors.status_of(error)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("This names no session.", advice="Reload the list.") from error
