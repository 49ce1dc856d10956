"""Consent on the record of a person, and from an interview: what stands, what was said, what is said now.

It is no room of its own: the room of people takes ``TAB``, ``SECTIONS`` and ``ACTIONS`` into its record, that of
interviews takes ``IN_INTERVIEW``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, now
from evidence_tracker.casework.consent import statements
from evidence_tracker.casework.interviews.models import Interview, InterviewState
from evidence_tracker.casework.interviews.queries import interviewees
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.releasing import disclosures_resting_on
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound, NotPermitted
from evidence_tracker.web.fields import Asking, Field
from evidence_tracker.web.kinds import Action, Deed, Scope, Section, Tab
from evidence_tracker.web.rooms import consent_forms as forms
from evidence_tracker.web.rooms.consent_state import hear, state_of, statements_of

NAME = "consent"
_SECTION = "consents"


def _data(session: Session, person: Person, actor: Actor) -> dict[str, Any]:
    """Return what stands now, or stood as it was known at a moment that is asked for."""
    heard = hear(session, person, actor)
    asked_for = request.args.get("as_known", "").strip()
    at = stated.moment(asked_for, "day").bounds()[1] if asked_for else now(session)
    state = state_of(heard, at, is_as_known=bool(asked_for))
    return {"state": state, "as_known": asked_for, "noted": list(heard.events)}


def _about(asking: Asking) -> dict[str, Any]:
    """Return what stands now, for whoever is about to change it; a part that may not be read is said."""
    person = _person(asking.session, asking.row, asking.actor)
    try:
        heard = hear(asking.session, person, asking.actor)
    except NotPermitted as error:
        return {"hidden": error}
    return {"state": state_of(heard, now(asking.session))}


def _about_withdrawal(asking: Asking) -> dict[str, Any]:
    """Return what stands, and what was handed over on this person's consent and cannot be taken back."""
    found = disclosures_resting_on(asking.session, asking.row, actor=asking.actor)
    return {**_about(asking), "is_withdrawal": True, "disclosures": found}


def _person(session: Session, about: Person | Interview, actor: Actor) -> Person:
    """Return the person, of an interview its interviewee; raises NotFound where they may not be seen."""
    if isinstance(about, Person):
        return about
    person = interviewees(session, [about], actor=actor).get(about.id)
    if person is None:
        raise NotFound(
            gettext("This interview has no interviewee that you may see."),
            advice=gettext("Link the person first, or ask the lead."),
        )
    return person


def _giving(asking: Asking) -> Sequence[Field]:
    person = _person(asking.session, asking.row, asking.actor)
    spoken = asking.row.language if isinstance(asking.row, Interview) else None
    return forms.giving(person, spoken or forms.language_of(person))


def _give(deed: Deed) -> Any:
    person = _person(deed.session, deed.row, deed.actor)
    package = deed.took("package")
    items = deed.stated.get("items") or ()
    cells = forms.cells_of(deed, is_broad=False) if package is None else []
    if package is not None and any(deed.took(name) for name in ("recipients", "uses", "party")):
        raise InvalidInput(
            gettext("Choose a package or single cells, not both."),
            advice=gettext("Clear the boxes, or choose no package."),
        )
    if package is None and not cells:
        raise InvalidInput(
            gettext("It is not said what the person allows."),
            advice=gettext("Choose a package, or tick recipients and uses."),
        )
    for name in ("items", "identity_level", "party", "recipients", "uses"):
        deed.took(name)
    return statements.give(
        deed.session,
        person,
        package or cells,
        items=items if package is not None else (),
        guardian=deed.took("guardian"),
        evidence=deed.took("evidence"),
        facts=forms.facts_of(deed),
        actor=deed.actor,
    )


def _renew(deed: Deed) -> Any:
    return statements.renew(
        deed.session,
        deed.row,
        forms.cells_of(deed, is_broad=False),
        guardian=deed.took("guardian"),
        evidence=deed.took("evidence"),
        facts=forms.facts_of(deed),
        actor=deed.actor,
    )


def _restrict(act: Callable[..., Any], *, is_broad: bool = True) -> Callable[[Deed], Any]:
    def run(deed: Deed) -> Any:
        cells = forms.cells_of(deed, is_broad=is_broad) or ([statements.EVERYTHING] if is_broad else [])
        return act(
            deed.session,
            deed.row,
            cells,
            evidence=deed.took("evidence"),
            facts=forms.facts_of(deed),
            actor=deed.actor,
        )

    return run


def _back(person: Person, _made: Any) -> str:
    return url_for("people.tab_page", reference=person.code, tab=NAME)


_ABOVE = "rooms/consent_above.html"
_DONE = _l("Recorded. What it allows stands above what was said.")

TAB = Tab(name=NAME, title=_l("Consent"), template="rooms/consent.html", data=_data)

SECTIONS = (
    Section(
        name=_SECTION,
        title=_l("What the person said"),
        tab=NAME,
        rows=statements_of,
        template="rooms/consent_said.html",
        empty=_l("The person was never asked."),
        actions=(
            Action(
                name="refuse",
                label=_l("Refusal"),
                scope=Scope.SECTION,
                permission=Permission.CONSENT,
                fields=lambda person: forms.restricting(forms.language_of(person)),
                run=_restrict(statements.refuse),
                help=_l(
                    "What the person does not allow; with nothing ticked, everything. It needs no reason."
                ),
                above=_ABOVE,
                look=_about,
                done=_DONE,
            ),
            Action(
                name="limit",
                label=_l("Limit"),
                scope=Scope.SECTION,
                permission=Permission.CONSENT,
                fields=lambda person: forms.restricting(forms.language_of(person), levels=True),
                run=_restrict(statements.limit, is_broad=False),
                help=_l("The person may be named less than they allowed. A limit allows nothing by itself."),
                above=_ABOVE,
                look=_about,
                done=_DONE,
            ),
            Action(
                name="renew",
                label=_l("Renewal"),
                scope=Scope.SECTION,
                permission=Permission.CONSENT,
                fields=lambda person: forms.renewing(person, forms.language_of(person)),
                run=_renew,
                help=_l(
                    "The person confirms what they allowed; with nothing ticked, all that stands or stood until it"
                    " expired. What was withdrawn has to be given anew."
                ),
                above=_ABOVE,
                look=_about,
                done=_DONE,
            ),
            Action(
                name="withdraw",
                label=_l("Withdrawal"),
                scope=Scope.SECTION,
                permission=Permission.CONSENT,
                fields=lambda person: forms.restricting(forms.language_of(person), has_reason=True),
                run=_restrict(statements.withdraw),
                help=_l("What the person takes back; with nothing ticked, everything. It holds from now on."),
                above=_ABOVE,
                look=_about_withdrawal,
                typed=True,
                warning=_l(
                    "A withdrawal stays on record. What it takes back can be given again, but only by the person,"
                    " anew; those who received something are owed the news of it."
                ),
                done=_DONE,
            ),
        ),
    ),
)

ACTIONS = (
    Action(
        name="record-consent",
        label=_l("Record consent"),
        permission=Permission.CONSENT,
        asks=_giving,
        run=_give,
        help=_l("What the person allows, to whom, for which use, and how they may be named."),
        above=_ABOVE,
        look=_about,
        is_main=True,
        tab=NAME,
        then=_back,
        done=_DONE,
    ),
)

IN_INTERVIEW = Action(
    name="record-consent",
    label=_l("Record consent"),
    permission=Permission.CONSENT,
    when=lambda row: row.state is not InterviewState.CANCELLED,
    asks=_giving,
    run=_give,
    help=_l("What the interviewee allows, to whom, for which use, and how they may be named."),
    above=_ABOVE,
    look=_about,
    is_main=True,
    tab="path",
    done=_l("The consent is recorded with the person."),
)
