"""Codes of authenticators and recovery codes, over the acts of ``access.second_factor``."""

import io
import time

import qrcode
from flask import has_app_context
from flask_security import UserMixin
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from markupsafe import Markup
from passlib.totp import TOTP, TotpMatch
from qrcode.image.svg import SvgPathImage

from evidence_tracker.access import second_factor
from evidence_tracker.access.models import Account
from evidence_tracker.web import door
from evidence_tracker.web.signed_in import of


class Codes(Totp):
    """Time-based codes (RFC 6238) by the clock of the instance; none is accepted twice."""

    def __init__(self, secrets: dict[str, str] | dict[int, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = TOTP.using(issuer=issuer, secrets=secrets, now=_now)

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Say whether a code is right and was not used before, also not by a request at the same time."""
        person = of(user)
        if not super().verify_totp(token, totp_secret, user, window):
            return False
        if person.factor is None or person.last_counter is None:
            return True
        with door.instance().transaction() as session:
            return second_factor.note_code_used(session, person.account_id, person.last_counter)

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the time step of the last code that was accepted."""
        factor = of(user).factor
        return None if factor is None else factor.last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the time step of the code that was accepted just now."""
        of(user).last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the picture to scan as SVG for the page itself: no address of another kind is allowed there."""
        image = qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgPathImage, border=2)
        with io.BytesIO() as file:
            image.save(file)
            text = file.getvalue().decode("utf-8")
        return Markup(text[text.index("<svg") :])  # noqa: S704 - drawn by us, from what we made


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes of which only digests are stored."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make new codes and return them: the only time that they can be shown."""
        person = of(user)
        with door.instance().transaction() as session:
            account = session.get_one(Account, person.account_id)
            return second_factor.make_recovery_codes(session, account, actor=person.actor)

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Use a code up and say whether it was one: to ask and to use are one act, so that it works once."""
        person = of(user)
        with door.instance().transaction() as session:
            account = session.get_one(Account, person.account_id)
            is_one = second_factor.use_recovery_code(session, account, code, actor=person.actor)
        if not is_one:
            person.track_failed_authn("recovery code", tfa=True)
        return is_one

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:  # noqa: ARG002 - as Flask-Security calls it
        """Do nothing: the check used it up."""
        return True

    def get_recovery_codes(self, user: UserMixin) -> list[str]:  # noqa: ARG002 - as Flask-Security calls it
        """Return nothing: they are not stored."""
        return []


def _now() -> float:
    if has_app_context() and door.house().is_open:
        return door.instance().clock.now().timestamp()
    return time.time()
