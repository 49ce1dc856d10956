"""The second factor of an account: what its authenticator shares with us, and codes for the day it is lost.

The shared key is sealed under a key derived from the organisation root; of the recovery codes only
keyed digests are stored. The log says that a factor was set, reset or recovered, and never with what.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account, Profile
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import cleaned, needed
from evidence_tracker.access.sessions import end_sessions_of
from evidence_tracker.access.sign_in_models import SecondFactor, SessionEnd
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.errors import InvalidInput, NotPermitted
from evidence_tracker.keys.wraps import seal, unseal
from evidence_tracker.vault.keyring import Keyring

RECOVERY_CODES = 8
_CODE_BYTES = 8


@dataclass(frozen=True)
class Factor:
    """An opened second factor: the base32 key, the time step of the last code, how many codes are left."""

    key: str = field(repr=False)
    last_counter: int | None
    codes_left: int


def second_factor_of(session: Session, account_id: UUID) -> Factor | None:
    """Return the opened second factor of an account, None where it has none."""
    row = session.get(SecondFactor, account_id)
    if row is None:
        return None
    key = unseal(_derived(session, "second-factor"), row.sealed, _purpose(account_id))
    return Factor(key.decode("ascii"), row.last_counter, len(row.recovery_digests))


def set_second_factor(
    session: Session, account: Account, key: str, *, counter: int | None, actor: Actor
) -> None:
    """Set one's own second factor, in place of an earlier one; its recovery codes are void.

    ``key`` is the base32 key that the authenticator has shown to hold, ``counter`` the time step
    of the code with which it did.
    """
    _only_oneself(account, actor)
    row = session.get(SecondFactor, account.id) or SecondFactor(account_id=account.id)
    row.sealed = seal(_derived(session, "second-factor"), key.encode("ascii"), _purpose(account.id))
    row.last_counter = counter
    row.recovery_digests = []
    row.set_at = now(session)
    session.add(row)
    _note(session, account, "second factor set", actor)


def reset_second_factor(session: Session, account: Account, *, reason: str, actor: Actor) -> None:
    """Take an account's second factor away: one's own, or as account manager for whoever lost theirs.

    They are signed out everywhere and set a new one at their next sign-in.
    """
    said = needed(cleaned({"reason": reason})["reason"], "The reason")
    if actor.account_id != account.id:
        organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
        require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    row = session.get(SecondFactor, account.id)
    if row is None:
        raise InvalidInput(f"{account.login} has no second factor.", advice="They set one when they sign in.")
    session.delete(row)
    _note(session, account, f"second factor reset: {said}", actor)
    end_sessions_of(session, account.id, SessionEnd.SECOND_FACTOR_RESET)


def note_code_used(session: Session, account_id: UUID, counter: int) -> bool:
    """Note the time step of a code; False where that code or a later one was used before."""
    done = session.execute(
        update(SecondFactor)
        .where(
            SecondFactor.account_id == account_id,
            or_(SecondFactor.last_counter.is_(None), SecondFactor.last_counter < counter),
        )
        .values(last_counter=counter)
        .returning(SecondFactor.account_id)
    ).first()
    return done is not None


def make_recovery_codes(session: Session, account: Account, *, actor: Actor) -> list[str]:
    """Make new recovery codes for oneself and return them: they cannot be shown again, the old ones are void."""
    _only_oneself(account, actor)
    row = session.get(SecondFactor, account.id)
    if row is None:
        raise InvalidInput("There is no second factor to recover.", advice="Set one first.")
    codes = ["-".join(_in_fours(secrets.token_hex(_CODE_BYTES))) for _ in range(RECOVERY_CODES)]
    row.recovery_digests = [_digest(session, account.id, code) for code in codes]
    _note(session, account, "recovery codes made", actor)
    return codes


def use_recovery_code(session: Session, account: Account, code: str, *, actor: Actor) -> bool:
    """Use up one recovery code; False where it is none of this account's."""
    row = session.get(SecondFactor, account.id)
    wanted = _digest(session, account.id, code)
    held = [] if row is None else row.recovery_digests
    left = [digest for digest in held if not hmac.compare_digest(digest, wanted)]
    if row is None or len(left) == len(held):
        return False
    row.recovery_digests = left
    _note(session, account, "recovery code used", actor)
    return True


def _only_oneself(account: Account, actor: Actor) -> None:
    if actor.account_id != account.id:
        raise NotPermitted(
            "A second factor is set by its owner only.", advice="Reset it; they set a new one."
        )


def _note(session: Session, account: Account, reason: str, actor: Actor) -> None:
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    record(
        session,
        CustodyVerb.ACCOUNT_CHANGED,
        account.id,
        compartment_id=organisation,
        actor=actor,
        facts={"reason": reason},
    )


def _digest(session: Session, account_id: UUID, code: str) -> str:
    plain = "".join(code.split()).replace("-", "").lower()
    return hmac.digest(_derived(session, "recovery-codes"), f"{account_id}/{plain}".encode(), "sha256").hex()


def _in_fours(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def _derived(session: Session, purpose: str) -> bytes:
    keyring: Keyring = session.info["keyring"]
    return keyring.root.derive(purpose)


def _purpose(account_id: UUID) -> str:
    return f"second-factor/{account_id}"
