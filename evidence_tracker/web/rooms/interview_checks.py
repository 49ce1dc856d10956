"""What is checked before a step of an interview, met or not, with who can meet or lift it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.gates import Condition, Unmet
from evidence_tracker.web.paths import Gate
from evidence_tracker.web.rooms.interview_standing import Standing
from evidence_tracker.web.rooms.interview_ways import address

BEFORE_BEGINNING = (
    Condition.INTERVIEWEE,
    Condition.INSTRUCTION,
    Condition.PRIOR_ACCOUNT,
    Condition.EXCEPTION,
    Condition.CLINICIAN,
    Condition.PLATFORM,
)
BEFORE_WORDS = (
    Condition.INTRODUCTION,
    Condition.STORAGE,
    Condition.INSTRUCTION,
    Condition.PRIOR_ACCOUNT,
    Condition.SCREENING,
    Condition.EXCEPTION,
    Condition.CLINICIAN,
)
BEFORE_CLOSING = (
    Condition.INTRODUCTION,
    Condition.ACCOUNT,
    Condition.READ_BACK,
    Condition.DRAFT,
    Condition.HELP,
)
_PASSED: Mapping[Condition, Any] = {
    Condition.INTERVIEWEE: _l("There is one interviewee."),
    Condition.INSTRUCTION: _l("No body asked us not to interview this person, or in this area."),
    Condition.PRIOR_ACCOUNT: _l("Nobody who has an account of this person asked us to leave them alone."),
    Condition.EXCEPTION: _l("No exception is needed, or it is approved and its specialist is there."),
    Condition.CLINICIAN: _l("A clinical account is taken by a clinician; this one is none, or is."),
    Condition.PLATFORM: _l("It is held in person, or the platform is stated."),
    Condition.INTRODUCTION: _l("Everything was explained."),
    Condition.STORAGE: _l("The interviewee allows us to keep the account."),
    Condition.SCREENING: _l("It is no screening, so an account may be written down."),
    Condition.ACCOUNT: _l("An account is recorded, or none is needed."),
    Condition.READ_BACK: _l("It was read back, or there is nothing to read back."),
    Condition.DRAFT: _l("You have no half-typed draft of the account."),
    Condition.HELP: _l("Help was offered, or is not asked for here."),
}
#: What the interviewer cannot meet alone: it stands in the way, and says who lifts it.
_BEYOND = frozenset(
    {Condition.INSTRUCTION, Condition.PRIOR_ACCOUNT, Condition.EXCEPTION, Condition.CLINICIAN}
)


def checks(at: Standing, asked: Sequence[Condition], unmet: Sequence[Unmet]) -> list[Gate]:
    """Return every condition of a step, met or not; of what may not be told, nothing."""
    if at.person is None:
        return [
            Gate(
                says=_l("What is checked is told to whoever may see the interviewee."),
                state="waiting",
                advice=_l("Ask the lead for a grant, or ask somebody who has one to hold it."),
            )
        ]
    missing: dict[Condition | None, list[Unmet]] = {}
    for one in unmet:
        missing.setdefault(one.about, []).append(one)
    found = []
    for condition in asked:
        if condition not in missing:
            found.append(Gate(says=_PASSED[condition], state="passed"))
        found += [
            Gate(
                says=f"{one.what[0].upper()}{one.what[1:]}.",
                state="refused" if condition in _BEYOND else "waiting",
                advice=one.lifted_by,
                url=_meets(condition, at),
            )
            for one in missing.get(condition, ())
        ]
    return found


def _meets(condition: Condition, at: Standing) -> str | None:
    """Return where a condition can be met."""
    acts = {
        Condition.EXCEPTION: "exceptions/ask",
        Condition.PLATFORM: "amend",
        Condition.SCREENING: "exceptions/ask" if at.person and gates.categories_of(at.person) else "amend",
        Condition.DRAFT: "account",
        Condition.HELP: "referrals/add",
        Condition.INTERVIEWEE: "persons/add",
    }
    steps = {
        Condition.INTRODUCTION: "introduction",
        Condition.STORAGE: "consent",
        Condition.ACCOUNT: "account",
        Condition.READ_BACK: "read-back",
    }
    if condition in acts:
        return at.ways.url(acts[condition])
    return address(at.row.reference, steps[condition]) if condition in steps else None
