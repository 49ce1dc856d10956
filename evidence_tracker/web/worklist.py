"""The start page's work list: what waits for whoever asks, what is unsafe, what could move on.

Pure data. The questions are the rooms' own (``casework/<room>/waiting.py``), asked within rights;
here they are asked together and put in the order in which a person should look at them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker import outbox
from evidence_tracker.access import questions as ground
from evidence_tracker.access.policy import Permission, Rights, rights
from evidence_tracker.access.records import profile
from evidence_tracker.access.waiting import Prepared, Waiting, permissions_of
from evidence_tracker.casework.allegations.waiting import elements_without_evidence
from evidence_tracker.casework.consent import waiting as consent
from evidence_tracker.casework.exhibits import waiting as exhibits
from evidence_tracker.casework.incidents import waiting as incidents
from evidence_tracker.casework.interviews import waiting as interviews
from evidence_tracker.casework.missions import waiting as missions
from evidence_tracker.casework.osint import waiting as osint
from evidence_tracker.casework.parties import waiting as parties
from evidence_tracker.casework.persons import waiting as persons
from evidence_tracker.casework.submissions import waiting as submissions
from evidence_tracker.custody.events import Actor

SHOWN = 5


class Section(StrEnum):
    """Why a group is on the list; in this order."""

    MINE = "mine"
    UNSAFE = "unsafe"
    NEXT = "next"


@dataclass(frozen=True)
class Group:
    """Things of one sort that wait; ``more``: there are further ones, on the list of their room."""

    name: str
    section: Section
    title: LazyString
    help: LazyString
    items: tuple[Waiting, ...]
    more: bool


@dataclass(frozen=True)
class _Heading:
    section: Section
    title: LazyString
    help: LazyString


_HEADINGS: dict[str, _Heading] = {
    "tasks": _Heading(Section.MINE, _l("My tasks"), _l("What somebody asked of you and is not done.")),
    "submissions-to-approve": _Heading(
        Section.MINE,
        _l("Submissions to approve"),
        _l("You may approve them, and you prepared none of it."),
    ),
    "exceptions-to-decide": _Heading(
        Section.MINE,
        _l("Exceptions to decide"),
        _l("Somebody asks to go beyond a screening with a person who is easily harmed."),
    ),
    "plans-unsigned": _Heading(
        Section.MINE,
        _l("Security plans to sign off"),
        _l("Nobody has signed them as they stand, and you did not write them."),
    ),
    "missions-to-approve": _Heading(
        Section.MINE,
        _l("Missions to approve"),
        _l("Their security plan is signed; somebody else than who opened them approves."),
    ),
    "interviews-open": _Heading(
        Section.MINE,
        _l("My open interviews"),
        _l("Planned or under way, opened by you or with you in the room."),
    ),
    "assessments-returned": _Heading(
        Section.MINE, _l("Assessments that came back"), _l("A second person returned them to you.")
    ),
    "exhibits-damaged": _Heading(
        Section.UNSAFE,
        _l("Evidence that is damaged"),
        _l(
            "When its bytes were last read, they were not those that were received. Touch nothing, and call the security officer."
        ),
    ),
    "protection-reviews": _Heading(
        Section.UNSAFE,
        _l("Protection reviews due"),
        _l("The threat to this person was to be looked at again by this day."),
    ),
    "referrals-to-follow-up": _Heading(
        Section.UNSAFE,
        _l("Referrals to ask after"),
        _l("Help was offered, and by this day somebody was to ask whether it came."),
    ),
    "interviews-without-consent": _Heading(
        Section.UNSAFE,
        _l("Interviews without consent"),
        _l("The account was heard, and nothing that this person said allows anybody anything."),
    ),
    "consents-expiring": _Heading(
        Section.UNSAFE,
        _l("Consents about to expire"),
        _l("Ends within 30 days, or ended in the last 30, and nobody asked the person again."),
    ),
    "items-out": _Heading(
        Section.UNSAFE, _l("Items out of the house"), _l("Handed over, and expected back.")
    ),
    "missions-past-their-end": _Heading(
        Section.UNSAFE, _l("Missions past their end"), _l("Still under way after their last day.")
    ),
    "missions-without-plan": _Heading(
        Section.UNSAFE,
        _l("Missions without a security plan"),
        _l("Planned or under way, and nobody wrote one."),
    ),
    "competences-expiring": _Heading(
        Section.UNSAFE,
        _l("Trainings about to expire"),
        _l("Without them, interviews with people who are easily harmed are closed to this colleague."),
    ),
    "grants-ending": _Heading(
        Section.UNSAFE, _l("Grants about to end"), _l("Within 14 days, in compartments where you grant.")
    ),
    "work-given-up": _Heading(
        Section.UNSAFE,
        _l("Work that was given up"),
        _l("It failed five times. The doctor says what, the log of the program why."),
    ),
    "submissions-blocked": _Heading(
        Section.UNSAFE,
        _l("Submissions that cannot go"),
        _l("A gate is closed that anybody can see without opening it; its page asks them all."),
    ),
    "elements-without-evidence": _Heading(
        Section.NEXT,
        _l("Elements without evidence"),
        _l("Of the newest 200 allegations: how many of their elements something speaks for."),
    ),
    "incidents-without-evidence": _Heading(
        Section.NEXT, _l("Incidents without evidence"), _l("Nothing is linked that shows what is said.")
    ),
    "exhibits-without-source": _Heading(
        Section.NEXT,
        _l("Evidence without a source"),
        _l("Nobody stated where it came from, or it came from a person whom nobody linked."),
    ),
    "exhibits-without-basis": _Heading(
        Section.NEXT, _l("Evidence without a legal basis"), _l("It cannot go into a submission.")
    ),
    "exhibits-not-examined": _Heading(
        Section.NEXT, _l("Evidence that could not be examined"), _l("The sandbox could not read the file.")
    ),
    "persons-without-identity": _Heading(
        Section.NEXT,
        _l("Persons without an identity on record"),
        _l("You registered them, and nobody could find them again."),
    ),
    "captures-to-assess": _Heading(
        Section.NEXT, _l("Captures to assess"), _l("Nobody has assessed them by any method.")
    ),
    "assessments-to-review": _Heading(
        Section.NEXT, _l("Assessments to review"), _l("Submitted by a colleague for a second person.")
    ),
    "derivatives-to-check": _Heading(
        Section.NEXT,
        _l("Redactions to check"),
        _l("Somebody else has to compare them with the original before they can go."),
    ),
    "interviews-to-review": _Heading(
        Section.NEXT, _l("Interviews to review"), _l("Closed, and not yet looked at by a second person.")
    ),
    "submissions-to-seal": _Heading(
        Section.NEXT, _l("Submissions to seal"), _l("Approved; whether it still fits is asked again.")
    ),
    "submissions-to-build": _Heading(
        Section.NEXT, _l("Bundles to build"), _l("Sealed, and not yet written.")
    ),
    "submissions-to-release": _Heading(
        Section.NEXT, _l("Bundles to release"), _l("Written, and not yet handed over.")
    ),
    "submissions-without-receipt": _Heading(
        Section.NEXT,
        _l("Bundles without a receipt"),
        _l("Handed over, and the recipient has acknowledged nothing."),
    ),
    "missions-not-debriefed": _Heading(
        Section.NEXT, _l("Missions to debrief"), _l("The team is back, and nobody wrote what they learnt.")
    ),
    "agreements-expiring": _Heading(
        Section.NEXT, _l("Agreements about to end"), _l("Within 60 days, or ended already.")
    ),
}
_ROOMS = (parties, missions, persons, exhibits, consent, interviews, osint, incidents, submissions)


def worklist(
    session: Session, actor: Actor, *, held: Rights | None = None, shown: int = SHOWN
) -> list[Group]:
    """Return what waits for this person, only what there is, at most ``shown`` of each; 8 queries at most.

    ``held`` are their rights where they were read already.
    """
    held = held or rights(session, actor)
    permissions = permissions_of(held)
    found = _prepared(permissions).ask(session, actor, shown + 1)
    if Permission.RECORD in permissions:
        found["elements-without-evidence"] = elements_without_evidence(session, actor=actor, limit=shown + 1)
    if Permission.AUDIT in permissions:
        found["work-given-up"] = _given_up(session, held, shown + 1)
    return [
        Group(
            name,
            heading.section,
            heading.title,
            heading.help,
            tuple(_soonest(found[name])[:shown]),
            more=len(found[name]) > shown,
        )
        for name, heading in _HEADINGS.items()
        if found.get(name)
    ]


@cache
def _prepared(permissions: frozenset[Permission]) -> Prepared:
    return Prepared.of(permissions, ground.questions, *(room.questions for room in _ROOMS))


def _soonest(items: Sequence[Waiting]) -> list[Waiting]:
    """Put what several questions of a group found in one order."""
    return sorted(items, key=lambda item: (item.due is None, item.due or item.since.date(), item.since))


def _given_up(session: Session, held: Rights, most: int) -> list[Waiting]:
    home = profile(session).organisation_compartment_id
    if not held.may(Permission.AUDIT, home):
        return []
    return [
        Waiting("promise", str(promise.id), promise.kind, promise.promised_at, None)
        for promise in outbox.given_up(session, limit=most)
    ]
