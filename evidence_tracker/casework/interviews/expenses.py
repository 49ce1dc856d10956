"""What was reimbursed to an interviewee: costs that arose, with a receipt or the reason for none.

Nothing is promised and nothing is paid for an account: there is no word for it here, and a
description that sounds like it is refused.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.interviews.models import Expense, ExpenseKind, Interview, InterviewState
from evidence_tracker.casework.interviews.planning import past, require_state
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import GateClosed, InvalidInput

_CURRENCY = re.compile(r"[A-Z]{3}")
_REWARD = re.compile(
    r"\b(?:rewards?|fees?|honorari\w+|payments? for|promis\w+|bonus|gifts?|for (?:his|her|their|the) (?:testimony|account)"
    r"|винагород\w*|гонорар\w*|обіця\w*|подарун\w*|преміо?я|за (?:свідчення|розповідь)"
    r"|вознагражд\w*|обеща\w*|подар\w*|преми\w*|за (?:показания|рассказ))\b"
)


def currency(value: object, what: str) -> str:
    """Return the three letters of a currency (ISO 4217)."""
    code = stated.text(value, what).upper()
    if _CURRENCY.fullmatch(code) is None:
        raise InvalidInput(f"{code[:20]!r} is no {what}.", advice="Use three letters such as UAH or EUR.")
    return code


READERS: Mapping[str, stated.Reader] = {
    "kind": stated.word(ExpenseKind),
    "what": stated.text,
    "amount_minor": stated.count,
    "currency": currency,
    "paid": stated.moment,
    "no_receipt_reason": stated.optional_text,
}


def record_expense(
    session: Session,
    interview: Interview,
    facts: Mapping[str, Any],
    *,
    actor: Actor,
    receipt: Exhibit | None = None,
) -> Expense:
    """Record a reimbursement that was paid; ``facts`` are the names of ``READERS``.

    ``amount_minor`` is in the smallest unit of the currency; ``paid`` lies in the past, as
    nothing is promised. ``receipt`` is the exhibit of it, else ``no_receipt_reason`` is stated.
    """
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    require_state(interview, set(InterviewState) - {InterviewState.CANCELLED}, "an expense")
    read = {**dict.fromkeys(READERS), **stated.read(facts, READERS)}
    missing = [
        name.replace("_", " ")
        for name in ("kind", "what", "amount_minor", "currency", "paid")
        if read[name] is None
    ]
    if missing:
        raise InvalidInput(f"An expense needs its {', '.join(missing)}.", advice="State them.")
    past(session, read["paid"], "payment")
    if read["amount_minor"] == 0:
        raise InvalidInput("An expense of nothing is none.")
    if _REWARD.search(read["what"].casefold()):
        raise GateClosed(
            "Only costs that arose are reimbursed; nothing is paid or promised for an account.",
            advice="Describe the cost. If something was promised, tell the lead: nobody can lift this.",
        )
    if (receipt is None) != (read["no_receipt_reason"] is not None):
        raise InvalidInput("An expense has a receipt, or the reason why there is none.")
    if receipt is not None:
        require(session, actor, Permission.READ, receipt.compartment_id, level=receipt.level)
    return create(
        session,
        Expense,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        occurred=read["paid"],
        interview_id=interview.id,
        receipt_id=None if receipt is None else receipt.id,
        **read,
    )
