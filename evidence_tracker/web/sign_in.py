"""Signing in: Flask-Security over our accounts, only those of its views that are needed.

One secret serves the command line and the browser. Real instances ask for a second factor. No page but
the few in ``PUBLIC`` answers anybody who is not signed in: a page that forgets to ask is closed, too.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, user_logged_in
from flask_security import Security
from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorSetupForm
from flask_security.recovery_codes import mf_recovery
from flask_security.views import login, logout, two_factor_setup, two_factor_token_validation, verify
from flask_wtf.csrf import CSRFError
from wtforms import PasswordField, RadioField, StringField

from evidence_tracker.access import accounts
from evidence_tracker.access.models import Account
from evidence_tracker.errors import NotPermitted
from evidence_tracker.instance import cost_for
from evidence_tracker.web import attempts, door, errors, frame, paths_back
from evidence_tracker.web.codes import Codes, RecoveryCodes
from evidence_tracker.web.sentences import told
from evidence_tracker.web.signed_in import METHOD, Accounts, SignedIn

#: What answers without a sign-in; everything else asks for one.
PUBLIC = frozenset(
    {
        "static",
        "health.show",
        "unlock.show",
        "account.welcome",
        "security.login",
        "security.two_factor_setup",
        "security.two_factor_token_validation",
        "security.two_factor_rescue",
        "security.mf_recovery",
    }
)
SIGN_IN = "/sign-in"
WRONG = _l("The login or the secret is not right.")
MAX_SECRET = 1024
NEW_FACTOR = "new-factor"

View = Callable[[], ResponseReturnValue]


class SignInForm(LoginForm):
    """Asks for login and secret; says the same, after the same time, whatever is wrong."""

    # Fields of Flask-Security's form that are not asked: there is no e-mail, and nobody stays signed in.
    email = None
    remember = None

    login = StringField(_l("Login"))
    password = PasswordField(_l("Secret"))

    def validate(self, **kwargs: Any) -> bool:
        """Find whoever this is, or not; a wrong secret and an unknown login look alike."""
        if not super(LoginForm, self).validate(**kwargs):
            return False
        typed, secret = (self.login.data or "").strip(), self.password.data or ""
        person = people().find_user(login=typed)
        account = None if person is None else person.account
        keys = attempts.keys_for("sign-in", typed, account)
        try:
            attempts.refuse_haste(keys)
        except NotPermitted as error:
            self.form_errors.append(f"{told(error)} {told(error.advice)}")
            return False
        if not _is_secret_of(account, secret):
            attempts.counted().failed(keys)
            attempts.note_failure(account, "a wrong secret")
            self.form_errors.append(WRONG)
            return False
        attempts.counted().succeeded(keys)
        self.user = person
        return True


class FactorForm(TwoFactorSetupForm):
    """Asks for no choice: an authenticator is the one kind of second factor."""

    setup = StringField()


class LostForm(TwoFactorRescueForm):
    """Asks for nothing: the page has a link to the recovery codes."""

    help_setup = RadioField(choices=[])


def guard(app: Flask) -> None:
    """Ask for a sign-in before anything else is looked at; call it before CSRFProtect."""
    app.before_request(_ask_to_sign_in)


def install(app: Flask) -> None:
    """Set Flask-Security up; CSRFProtect has to be there already."""
    app.config.update(_configuration())
    security = Security(
        app,
        Accounts(),
        register_blueprint=False,
        login_form=SignInForm,
        two_factor_setup_form=FactorForm,
        two_factor_rescue_form=LostForm,
        totp_cls=Codes,
        mf_recovery_codes_util_cls=RecoveryCodes,
        render_template=_page,
    )
    # Its own would take tokens from addresses and bodies; nobody signs in with one here.
    security.login_manager.request_loader(lambda _request: None)
    security.want_json(lambda _request: errors.wants_json())
    app.register_blueprint(_views())
    app.register_error_handler(CSRFError, _stale)
    user_logged_in.connect(_signed_in, app)
    attempts.install(app)


def people() -> Accounts:
    """Return the accounts as Flask-Security sees them."""
    return cast("Accounts", current_app.extensions["security"].datastore)


def confirm_own_secret(secret: str) -> None:
    """Raise ``NotPermitted`` unless this is the secret of whoever is signed in, whatever the age of the session.

    For approve, reveal, release, grant. Call it before ``door.acting``, never inside: it takes as long as an
    Argon2id does, and a refusal is noted in a transaction of its own.
    """
    account = cast("SignedIn", current_user).account
    keys = attempts.keys_for("confirm", account.login, account)
    with door.noting_denials():
        attempts.refuse_haste(keys)
        if not _is_secret_of(account, secret):
            attempts.counted().failed(keys)
            raise NotPermitted(
                "That is not your own secret.", advice="Type the secret with which you sign in yourself."
            )
    attempts.counted().succeeded(keys)


def _is_secret_of(account: Account | None, secret: str) -> bool:
    if account is None or account.secret_hash is None or len(secret) > MAX_SECRET:
        accounts.take_as_long(secret[:MAX_SECRET], cost_for(door.house().kind))
        return False
    try:
        accounts.confirm_secret(account, secret)
    except NotPermitted:
        return False
    return True


def _configuration() -> dict[str, Any]:
    return {
        # Of this process only: nothing that it signs has to outlive it.
        "SECRET_KEY": secrets.token_hex(32),
        "SESSION_PROTECTION": None,  # a field worker's address changes all day; the row is what counts
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a long statement must not be lost to a clock
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"login": {"mapper": str}}],
        "SECURITY_PASSWORD_NORMALIZE_FORM": None,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # SignInForm says the same whatever is wrong; theirs would look for an e-mail field to silence.
        "SECURITY_RETURN_GENERIC_RESPONSES": False,
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_CSRF_HEADER": "X-CSRFToken",
        "SECURITY_CACHE_CONTROL": None,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": SIGN_IN,
        "SECURITY_FRESHNESS": timedelta(minutes=15),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=5),
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": [METHOD],
        "SECURITY_TWO_FACTOR_IMPLEMENTATIONS": {"code": "flask_security.twofactor.CodeTfPlugin"},
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_ISSUER": "Evidence tracker",
        "SECURITY_TOTP_SECRETS": {"1": secrets.token_urlsafe(32)},
    }


def _page(template: str, **values: Any) -> str:
    """Return a page of Flask-Security's in the frame that every page has."""
    if not current_user.is_authenticated:
        return render_template(template, **values)
    with door.reading() as (database, actor):
        frame.prepare(database, actor)
        return render_template(template, **values)


def _views() -> Blueprint:
    made = Blueprint("security", __name__)
    both = ["GET", "POST"]
    made.add_url_rule(SIGN_IN, "login", login, methods=both)
    made.add_url_rule("/logout", "logout", logout, methods=["POST"])
    made.add_url_rule("/verify", "verify", _not_in_haste(verify, "confirm"), methods=both)
    made.add_url_rule("/second-factor/set", "two_factor_setup", two_factor_setup, methods=both)
    made.add_url_rule(
        "/second-factor", "two_factor_token_validation", _not_in_haste(_validate, "code"), methods=both
    )
    made.add_url_rule("/second-factor/lost", "two_factor_rescue", _lost, methods=["GET"])
    made.add_url_rule(
        "/second-factor/recover", "mf_recovery", _not_in_haste(mf_recovery, "code"), methods=both
    )
    return made


def _not_in_haste(view: View, what: str) -> View:
    """Let nobody try one code after another."""

    @wraps(view)
    def slowed() -> ResponseReturnValue:
        if request.method == "POST":
            person = _half_way()
            if person is not None:
                attempts.refuse_haste(attempts.keys_for(what, person.login, person.account))
        return view()

    return slowed


def _half_way() -> SignedIn | None:
    """Return who is signed in, or has given their secret and not yet their code."""
    if current_user.is_authenticated:
        return cast("SignedIn", current_user)
    return people().find_user(fs_uniquifier=session.get("tf_user_id", ""))


def _validate() -> ResponseReturnValue:
    """Check a code; whoever has just set a second factor is shown their recovery codes next."""
    is_new = session.get("tf_state") == "validating_profile"
    answer: ResponseReturnValue = two_factor_token_validation()
    if is_new and current_user.is_authenticated and getattr(answer, "status_code", 200) == 302:
        session[NEW_FACTOR] = True
        return redirect(url_for("account.recovery_codes"))
    return answer


def _lost() -> ResponseReturnValue:
    return redirect(url_for("security.mf_recovery"))


def _ask_to_sign_in() -> ResponseReturnValue | None:
    if not door.house().is_open or request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    if (
        errors.wants_json()
        or "HX-Request" in request.headers
        or request.method not in {"GET", "HEAD", "POST"}
    ):
        return errors.answer(
            "You are not signed in any more.", "Sign in and try again; what you typed is kept.", 401
        )
    return redirect(url_for("security.login", next=paths_back.here()))


def _stale(_error: CSRFError) -> ResponseReturnValue:
    if request.endpoint in PUBLIC and not errors.wants_json():
        return redirect(request.full_path.rstrip("?"))
    return errors.answer(
        "This page was made for another session.", "Reload it and send it again; what you typed is kept.", 400
    )


def _signed_in(_app: Flask, user: SignedIn, **_said: object) -> None:
    attempts.counted().succeeded(attempts.keys_for("code", user.login, user.account))

    @after_this_request
    def remember(response: Response) -> Response:
        attempts.remember_browser(response, user.account_id)
        return response
