"""Who is signed in, as Flask-Security wants to know it; what it wants to change goes through acts.

Its datastore reads in sessions of its own and hands out detached people; its ``commit`` and ``put`` do
nothing, because an act commits together with its custody event (docs/explanation/web-face.md).
"""

from typing import Any, cast
from uuid import UUID

from flask import current_app, g
from flask_security import RoleMixin, Security, UserMixin
from flask_security.datastore import UserDatastore
from passlib.totp import TOTP
from sqlalchemy import select

from evidence_tracker.access import second_factor
from evidence_tracker.access.accounts import confirm_secret
from evidence_tracker.access.models import Account
from evidence_tracker.access.second_factor import Factor
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.errors import NotPermitted
from evidence_tracker.web import attempts, door

METHOD = "authenticator"


class NoRole(RoleMixin):
    """Flask-Security's roles are not used: what somebody may do is ``access.policy``'s to say."""


class SignedIn(UserMixin):
    """An account for the length of a request; nothing that is set on it is ever saved."""

    # Instead of the columns that the mixin expects of a model.
    fs_uniquifier = ""
    password: str | None = None
    active = False
    tf_phone_number = None

    def __init__(self, account: Account) -> None:
        self.account = account
        self.account_id = account.id
        self.login = account.login
        self.display_name = account.display_name
        self.password = account.secret_hash
        self.active = account.is_active
        self.fs_uniquifier = str(account.id)
        self.roles = []
        self.last_counter: int | None = None
        self._factor: list[Factor | None] = []

    @property
    def actor(self) -> Actor:
        """Return who acts when this person does."""
        return Actor(self.account_id, self.login, Door.WEB)

    @property
    def factor(self) -> Factor | None:
        """Return their second factor, read when it is first asked for."""
        if not self._factor:
            with door.instance().reading() as session:
                self._factor.append(second_factor.second_factor_of(session, self.account_id))
        return self._factor[0]

    @property
    def tf_primary_method(self) -> str | None:  # type: ignore[override] # a column in the mixin, a question here
        """Return the kind of second factor, None where there is none."""
        return METHOD if self.factor else None

    @property
    def tf_totp_secret(self) -> str | None:  # type: ignore[override] # a column in the mixin, a question here
        """Return the shared key in the form that ``Codes`` reads."""
        return TOTP(key=self.factor.key).to_json(encrypt=False) if self.factor else None

    @property
    def mf_recovery_codes(self) -> list[str]:  # type: ignore[override] # a column in the mixin, a question here
        """Return one mark for each recovery code that is left; the codes themselves are not stored."""
        return ["left"] * self.factor.codes_left if self.factor else []

    def verify_and_update_password(self, password: str) -> bool:
        """Say whether this is their secret: the one with which they confirm on the command line too."""
        try:
            confirm_secret(self.account, password)
        except NotPermitted:
            return False
        return True

    def check_tf_required(self, tf_setup_methods: list[Any], tf_fresh: bool) -> tuple[bool, list[Any]]:  # noqa: FBT001, ARG002 - as Flask-Security calls it
        """Ask for a code in every real instance, and of everybody who has a second factor."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Say whether nobody may do without a second factor here."""
        return not door.house().kind.is_play

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:  # noqa: FBT001, FBT002 - as Flask-Security calls it
        """Count what was wrong, and note it; a wrong secret at the sign-in was counted by its form."""
        keys = attempts.keys_for("code" if tfa else "confirm", self.login, self.account)
        attempts.counted().failed(keys)
        attempts.note_failure(self.account, f"a wrong {'secret' if auth_type == 'password' else auth_type}")


def of(user: UserMixin) -> SignedIn:
    """Return the person behind what Flask-Security hands around (itself, or a proxy of it)."""
    return cast("SignedIn", user)


class Accounts(UserDatastore):
    """Flask-Security's view of the accounts."""

    def __init__(self) -> None:
        super().__init__(SignedIn, NoRole)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> SignedIn | None:  # noqa: ARG002, FBT001, FBT002 - as Flask-Security calls it
        """Return whoever has this login or this id, None where nobody active has."""
        if "fs_uniquifier" in kwargs:
            return self._by_id(str(kwargs["fs_uniquifier"]))
        return self._of(Account.login == str(kwargs.get("login", "")))

    def find_role(self, role: str) -> None:
        """Return None: there are no roles here."""
        del role

    def put(self, model: Any) -> Any:
        """Do nothing: what is set on a detached person is not saved."""
        return model

    def commit(self) -> None:
        """Do nothing: acts commit."""

    def set_uniquifier(self, user: UserMixin, uniquifier: str | None = None) -> None:
        """Do nothing: the act that sets a secret ends the sessions."""

    def tf_set(
        self,
        user: UserMixin,
        primary_method: str,
        totp_secret: str | None = None,
        phone: str | None = None,
    ) -> None:
        """Set the second factor that has just shown its first code."""
        del primary_method, phone
        person = of(user)
        security = cast("Security", current_app.extensions["security"])
        key = security.totp_factory.get_totp_b32_key(totp_secret or "")
        with door.instance().transaction() as session:
            account = session.get_one(Account, person.account_id)
            second_factor.set_second_factor(
                session, account, key, counter=person.last_counter, actor=person.actor
            )

    def tf_reset(self, user: UserMixin) -> None:
        """Take one's own second factor away, where one may do without."""
        person = of(user)
        with door.instance().transaction() as session:
            account = session.get_one(Account, person.account_id)
            second_factor.reset_second_factor(session, account, reason="by its owner", actor=person.actor)

    def _by_id(self, account_id: str) -> SignedIn | None:
        known: Account | None = g.get("account")
        if known is not None and str(known.id) == account_id:
            return SignedIn(known)
        try:
            return self._of(Account.id == UUID(account_id))
        except ValueError:
            return None

    def _of(self, which: Any) -> SignedIn | None:
        with door.instance().reading() as session:
            account = session.scalars(select(Account).where(which, Account.is_active)).first()
        return None if account is None else SignedIn(account)
