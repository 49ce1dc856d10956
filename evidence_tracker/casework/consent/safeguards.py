"""What must hold before a permission is recorded; no safeguard stands before a "no"."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from evidence_tracker.casework.consent.gates import has_expired
from evidence_tracker.casework.consent.models import ConsentForm
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.errors import GateClosed, InvalidInput

_WITNESSED = frozenset({ConsentForm.ORAL_WITH_WITNESS, ConsentForm.THUMBPRINT})


def check_capacity(person: Person, facts: Mapping[str, Any], guardian: Person | None) -> None:
    """Raise ``GateClosed`` unless the person, or for a child everybody needed, could and did consent.

    A child's consent needs a guardian who is somebody else and of age, the check that the
    guardian is not in conflict with the child (an abductor's appointee may be the
    guardian), the child's own assent and a note on the child's best interest.
    """
    if facts.get("capacity_ok") is not True:
        raise GateClosed(
            f"It is not confirmed that {person.code} is able to consent.",
            advice="Confirm the capacity to consent; without it, record nothing and offer help instead.",
        )
    if not person.is_child:
        if guardian is not None:
            raise InvalidInput(
                f"{person.code} is not registered as a child; an adult consents alone.",
                advice="Correct the person's age, or leave the guardian out.",
            )
        return
    missing = [
        what
        for is_there, what in (
            (guardian is not None, "the guardian's consent"),
            (guardian is None or guardian.id != person.id, "a guardian who is not the child"),
            (guardian is None or not guardian.is_child, "a guardian who is of age"),
            (
                facts.get("is_guardian_conflict_checked") is True,
                "the check that the guardian has no conflict",
            ),
            (facts.get("child_assent") is True, "the child's own assent"),
            (bool(facts.get("best_interest")), "a note on the child's best interest"),
        )
        if not is_there
    ]
    if missing:
        raise GateClosed(
            f"{person.code} is a child. Missing: {', '.join(missing)}.",
            advice="Nothing of a child is used without all of these; a specialist decides what is possible.",
        )


def check_witness(facts: Mapping[str, Any]) -> None:
    """Refuse an oral consent or a thumbprint that nobody witnessed."""
    if facts["form"] in _WITNESSED and not facts.get("witness"):
        raise GateClosed(
            f"The form {facts['form'].value} needs a witness.", advice="Name the witness by a staff code."
        )


def check_dates(facts: Mapping[str, Any], at: datetime, *, may_expire: bool) -> None:
    """Refuse what was said in the future, and a permission that is over before it is recorded."""
    if facts["obtained"].bounds()[0] > at:
        raise InvalidInput(
            "The consent lies in the future.", advice="Check the date, and the clock of this machine."
        )
    expires_on = facts.get("expires_on")
    if expires_on is None:
        return
    if not may_expire:
        raise InvalidInput(
            "Only what is given or renewed can expire.",
            advice="A refusal or a limit holds until the person says more.",
        )
    if has_expired(expires_on, at):
        raise InvalidInput(f"The consent would have expired on {expires_on}.")
