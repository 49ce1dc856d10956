"""Assessments: one claim about a capture or an evidence item, tested by one method, reviewed by another person."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.facts import read_changes, read_facts
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.osint import assessments, queries
from evidence_tracker.casework.osint.assessments import OPEN, AssessmentFacts
from evidence_tracker.casework.osint.models import (
    Assessment,
    AssessmentMethod,
    Capture,
    Finding,
    ReviewState,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Asking, Choice, Field, Long, Text, When, Where, Word
from evidence_tracker.web.kinds import Action, Deed, Pair, Scope, Section, Tab
from evidence_tracker.web.records import names_of
from evidence_tracker.web.rooms.consent_forms import facts_of
from evidence_tracker.web.words import said

NAME = "assessments"


def _rows(session: Session, subject: Capture | Exhibit, actor: Actor) -> Sequence[Pair]:
    """Return the assessments, the newest first, with the names of analyst and reviewer."""
    rows = queries.assessments_of(session, subject, actor=actor)
    names = names_of(session, [who for one in rows for who in (one.recorded_by, one.reviewed_by)])
    return [
        Pair(one, (names.get(one.recorded_by, ""), names.get(one.reviewed_by, "") if one.reviewed_by else ""))
        for one in reversed(rows)
    ]


def _data(session: Session, subject: Capture | Exhibit, actor: Actor) -> dict[str, Any]:
    """Return the methods that are asked of everything and have no reviewed assessment."""
    return {"lacking": queries.standing(session, subject, actor=actor).lacking}


def _earlier(asking: Asking) -> Sequence[tuple[str, Any]]:
    """Return what a new assessment may supersede: what was handed in or reviewed and still stands."""
    rows = queries.assessments_of(asking.session, asking.row, actor=asking.actor)
    standing = [one for one in rows if one.state not in OPEN and one.state is not ReviewState.SUPERSEDED]
    return [(str(one.id), f"{said(one.method)}: {one.claim}") for one in standing]


def _assess(deed: Deed) -> Any:
    chosen = deed.took("supersedes")
    rows = queries.assessments_of(deed.session, deed.row, actor=deed.actor)
    earlier = next((one for one in rows if str(one.id) == chosen), None)
    return assessments.assess(
        deed.session,
        deed.row,
        read_facts(AssessmentFacts, facts_of(deed)),
        supersedes=earlier,
        actor=deed.actor,
    )


def _amend(deed: Deed) -> Any:
    changes = read_changes(AssessmentFacts, deed.stated)
    return assessments.amend_assessment(
        deed.session, deed.item, changes, actor=deed.actor, expected_version=deed.version
    )


def _submit(deed: Deed) -> Any:
    return assessments.submit_assessment(
        deed.session, deed.item, actor=deed.actor, expected_version=deed.version
    )


def _review(deed: Deed) -> Any:
    return assessments.review_assessment(
        deed.session,
        deed.item,
        is_accepted=deed.took("decision") == "accept",
        note=deed.took("note"),
        actor=deed.actor,
        expected_version=deed.version,
    )


def _is_open(one: Assessment) -> bool:
    return one.state in OPEN


def _waits(one: Assessment) -> bool:
    return one.state is ReviewState.SUBMITTED


FACTS: tuple[Field, ...] = (
    Text(
        name="claim",
        label=_l("Claim that is tested"),
        required=True,
        help=_l("One claim: this place, this day."),
    ),
    Word(name="method", label=_l("Method"), enum=AssessmentMethod, required=True),
    Long(
        name="reference_material",
        label=_l("Reference material"),
        help=_l(
            "Maps, satellite images, weather, earlier copies: what it was compared with, and where that is."
        ),
        required=True,
        rows=3,
    ),
    Text(name="tools", label=_l("Tools")),
    Long(name="reasoning", label=_l("Reasoning"), required=True, rows=6),
    Word(
        name="finding",
        label=_l("Finding"),
        enum=Finding,
        required=True,
        help=_l("For this claim, by this method. Never that something is authentic."),
    ),
    Long(
        name="counter_evidence",
        label=_l("What speaks against it"),
        help=_l("Or that nothing was found; needed where the claim is confirmed."),
        rows=3,
    ),
    Where(name="place", label=_l("Place that was found"), help=_l("Of a geolocation: with coordinates.")),
    When(name="occurred", label=_l("Time that was found"), help=_l("Of a chronolocation.")),
)


ITEM_ACTIONS = (
    Action(
        name="amend",
        label=_l("Change"),
        scope=Scope.ITEM,
        when=_is_open,
        fields=FACTS,
        amends=True,
        run=_amend,
        help=_l("Only its analyst changes an assessment, and only until it is handed in."),
    ),
    Action(
        name="submit",
        label=_l("Hand in for review"),
        scope=Scope.ITEM,
        when=_is_open,
        run=_submit,
        help=_l("It is not changed any more unless the reviewer returns it."),
    ),
    Action(
        name="review",
        label=_l("Review"),
        scope=Scope.ITEM,
        when=_waits,
        fields=(
            Choice(
                name="decision",
                label=_l("Decision"),
                among=lambda _asking: (
                    ("accept", gettext("Accept: it is peer-reviewed")),
                    ("return", gettext("Return it to its analyst")),
                ),
                widget="radio",
                required=True,
            ),
            Long(name="note", label=_l("What you found"), required=True, rows=4),
        ),
        run=_review,
        is_confirmed=True,
        above="rooms/assessment_above.html",
        look=lambda asking: {"one": asking.item},
        help=_l("By somebody other than its analyst."),
    ),
)


def section(tab: str) -> Section:
    """Return the assessments of a capture or an evidence item as a section of a tab of its record."""
    return Section(
        name=NAME,
        title=_l("Assessments"),
        tab=tab,
        rows=_rows,
        template="rooms/assessments.html",
        empty=_l("Nobody has tested a claim about it yet."),
        actions=(
            Action(
                name="assess",
                label=_l("Assess a claim"),
                scope=Scope.SECTION,
                fields=(
                    *FACTS,
                    Choice(
                        name="supersedes",
                        label=_l("Supersedes the earlier assessment"),
                        help=_l("By the same method. It stays on record, and no longer stands."),
                        among=_earlier,
                    ),
                ),
                run=_assess,
                help=_l("It is a draft of yours until you hand it in; then somebody else reviews it."),
                done=_l("Recorded as your draft. Hand it in when it is ready."),
            ),
        ),
        item_actions=ITEM_ACTIONS,
    )


TAB = Tab(
    name=NAME,
    title=_l("Verification"),
    template="rooms/assessment_tab.html",
    data=_data,
)
