"""The guided path of a submission: choose, gates, review, approve, seal, build, release, receipt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import profile
from evidence_tracker.casework.submissions import checking, payload, queries
from evidence_tracker.casework.submissions.gates import Gate as Closed
from evidence_tracker.casework.submissions.models import BundleState, ItemKind, Submission, SubmissionKind
from evidence_tracker.casework.submissions.plan import Plan
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import door, frame
from evidence_tracker.web.kinds import Facts
from evidence_tracker.web.paths import Gate, Step, StepState, Way, path
from evidence_tracker.web.works import Work, WorkState

ROOMS_OF = {
    ItemKind.EXHIBIT: "evidence",
    ItemKind.INTERVIEW: "interviews",
    ItemKind.INCIDENT: "incidents",
    ItemKind.ALLEGATION: "allegations",
    ItemKind.PERSON: "people",
}
#: What a step is done with; who may not do it sees how it stands, and no way to do it.
NEEDS = {
    "choose": Permission.PREPARE,
    "approve": Permission.APPROVE,
    "seal": Permission.BUILD,
    "build": Permission.BUILD,
    "release": Permission.RELEASE,
    "receipt": Permission.RELEASE,
}
FACTS = (
    Facts(
        title=_l("What the recipient reads"),
        names=("recipient", "use", "title", "statement", "language"),
    ),
    Facts(title=_l("State"), names=("kind", "closed_at", "closed_reason")),
)


@dataclass(frozen=True)
class Looked:
    """What a look for names found: the state it looked at, and every gate that is not open."""

    digest: str
    gates: tuple[Closed, ...]

    @classmethod
    def of(cls, plan: Plan) -> "Looked":
        """Return what is kept of a plan that was checked: nothing of its content."""
        return cls(plan.digest, tuple(plan.gates))


def guide(row: Submission, step: str) -> str:
    """Return the address of a step."""
    return url_for("submissions.tab_page", reference=row.reference, tab="guide", step=step)


@dataclass(frozen=True)
class Standing:
    """Everything that the steps are made from."""

    row: Submission
    plan: Plan
    looked: Looked | None
    items: Sequence[Any]
    approvals: Sequence[Any]
    bundles: Sequence[Any]
    receipts: Sequence[Any]
    allowed: frozenset[Permission]

    def may(self, step: str) -> bool:
        """Say whether whoever looks may do what a step is done with."""
        return step not in NEEDS or NEEDS[step] in self.allowed

    @property
    def closed(self) -> list[Closed]:
        """Return the gates that are closed, by the last look for names where it saw this very state."""
        gates = self.looked.gates if self.looked else tuple(self.plan.gates)
        return [gate for gate in gates if gate.is_closed]

    @property
    def to_see(self) -> list[str]:
        """Return the numbers at which a person has to look."""
        gates = self.looked.gates if self.looked else tuple(self.plan.gates)
        return sorted({gate.where for gate in gates if gate.needs_a_look})

    @property
    def approval(self) -> Any:
        """Return the approval that fits this very state, None while there is none."""
        for approval, account in self.approvals:
            if approval.digest == self.plan.digest and approval.revoked_at is None:
                return approval, account
        return None

    @property
    def bundle(self) -> Any:
        """Return the newest bundle that was not given up."""
        return next((one for one in self.bundles if one.state is not BundleState.ABANDONED), None)


def data(session: Session, row: Submission, actor: Actor) -> dict[str, Any]:
    """Return the steps of the path, and what each shows."""
    plan = checking.look(session, row, actor=actor)
    standing = Standing(
        row,
        plan,
        _last_look(row, plan, actor),
        queries.items_of(session, row, actor=actor),
        queries.approvals_of(session, row, actor=actor),
        queries.bundles_of(session, row, actor=actor),
        queries.receipts_of(session, row, actor=actor),
        _allowed(session, row, actor),
    )
    shown = path(_steps(standing))
    if shown["step"].name == "review":
        shown["review"] = _review(session, standing)
    return shown | {"standing": standing}


def _allowed(session: Session, row: Submission, actor: Actor) -> frozenset[Permission]:
    held = frame.held(session, actor)
    return frozenset(one for one in NEEDS.values() if held.may(one, row.compartment_id, row.level))


def _last_look(row: Submission, plan: Plan, actor: Actor) -> Looked | None:
    """Return what one's own last look for names found, if it looked at this very state."""
    for work in door.works().of(actor):
        if _is_look(work, row) and work.result.digest == plan.digest:
            return work.result  # type: ignore[no-any-return] # a result is anything
    return None


def _is_look(work: Work, row: Submission) -> bool:
    return (
        work.state is WorkState.DONE and work.reference == row.reference and isinstance(work.result, Looked)
    )


def _steps(at: Standing) -> list[Step]:
    done = [
        bool(at.items),
        bool(at.items) and not at.closed,
        at.approval is not None,
        at.approval is not None,
        at.bundle is not None,
        at.bundle is not None and at.bundle.written_at is not None,
        at.bundle is not None and at.bundle.released_at is not None,
        bool(at.receipts),
    ]
    makers = (_choose, _gates, _review_step, _approve, _seal, _build, _release, _receipt)
    here = done.index(False) if False in done else len(done) - 1
    states: list[StepState] = [
        "done" if is_done else "here" if n == here else "later" for n, is_done in enumerate(done)
    ]
    if here == 1 and at.closed:
        states[1] = "stopped"
    steps = [make(at, state) for make, state in zip(makers, states, strict=True)]
    return [one if at.may(one.name) else replace(one, ways=()) for one in steps]


def _act(at: Standing, name: str) -> str:
    return url_for("submissions.act", reference=at.row.reference, action=name)


def _choose(at: Standing, state: StepState) -> Step:
    add = url_for("submissions.part", reference=at.row.reference, section="items", action="add")
    return Step(
        name="choose",
        title=_l("Choose"),
        state=state,
        note=gettext("%(count)s items", count=len(at.items)),
        says=_l("Everything that goes, each with a number of its own: the recipient never sees ours."),
        template="rooms/submission_items.html",
        ways=(Way(label=_l("Put records in"), url=add, is_main=not at.items),)
        if at.row.closed_at is None
        else (),
    )


def _gates(at: Standing, state: StepState) -> Step:
    gates = at.looked.gates if at.looked else tuple(at.plan.gates)
    shown = [
        Gate(
            says=gate.says,
            where=gate.where,
            advice=gettext("Can be lifted by %(who)s", who=gate.lifted_by),
            state="refused" if gate.is_closed else "waiting",
            url=_where(at, gate.where),
        )
        for gate in sorted(gates, key=lambda gate: not gate.is_closed)
    ]
    if not shown and at.items:
        shown = [Gate(says=_l("Every gate that needs no look into the files is open."), state="passed")]
    if at.looked is None:
        names = Gate(
            says=_l("Nobody looked for names in this state yet."),
            advice=_l(
                "The look reads every word and file that would leave. It is asked again at every later step."
            ),
            state="waiting",
        )
        shown.append(names)
    return Step(
        name="gates",
        title=_l("Gates"),
        state=state,
        note=gettext("%(count)s closed", count=len(at.closed)) if at.closed else "",
        gates=shown,
        ways=(Way(label=_l("Ask every gate, and look for names"), url=_act(at, "check"), is_main=True),),
    )


def _where(at: Standing, number: str) -> str | None:
    """Return the address of the record behind a number, where it may be seen."""
    for item, record in at.items:
        if item.number == number and record is not None:
            reference = getattr(record, "reference", None) or record.code
            return url_for(f"{ROOMS_OF[item.kind]}.record_page", reference=reference)
    return None


def _review_step(_at: Standing, state: StepState) -> Step:
    return Step(
        name="review",
        title=_l("Review"),
        state=state,
        says=_l(
            "This is what the recipient will read: every word, under the numbers and pseudonyms made for them."
        ),
        template="rooms/submission_review.html",
    )


def _approve(at: Standing, state: StepState) -> Step:
    gates: list[Gate] = []
    if at.approval is not None:
        says = gettext("Approved by %(who)s as it stands.", who=at.approval[1].display_name)
        gates.append(Gate(says=says, state="passed"))
    elif at.approvals:
        gates.append(
            Gate(
                says=_l("It was changed after it was approved."),
                advice=_l("Ask for a new approval of the state as it is now."),
                state="refused",
            )
        )
    approve = url_for(
        "submissions.act",
        reference=at.row.reference,
        action="approve",
        state=at.plan.digest[:16],
        looked_at=" ".join(at.to_see),
    )
    return Step(
        name="approve",
        title=_l("Approval"),
        state=state,
        says=_l("Somebody who prepared none of it says yes to exactly this state."),
        gates=gates,
        template="rooms/submission_state.html",
        ways=(Way(label=_l("Approve it as it stands"), url=approve, is_main=at.approval is None),),
    )


def _seal(at: Standing, state: StepState) -> Step:
    bundle = at.bundle
    gates = []
    if bundle is not None:
        says = gettext("%(name)s is sealed; its manifest is in the custody log.", name=bundle.name)
        gates.append(Gate(says=says, state="passed"))
    return Step(
        name="seal",
        title=_l("Seal"),
        state=state,
        says=_l(
            "The digest of every file that will go is fixed in the custody log, before a byte is written."
        ),
        gates=gates,
        ways=(Way(label=_l("Seal"), url=_act(at, "seal"), is_main=True),) if bundle is None else (),
    )


def _build(at: Standing, state: StepState) -> Step:
    bundle = at.bundle
    is_written = bundle is not None and bundle.written_at is not None
    return Step(
        name="build",
        title=_l("Build"),
        state=state,
        says=_l(
            "The sealed version becomes one file, encrypted to the recipient's keys, with a proof for every event."
        ),
        gates=[Gate(says=gettext("%(name)s is written.", name=bundle.name), state="passed")]
        if is_written
        else [],
        ways=(Way(label=_l("Build the bundle"), url=_act(at, "build"), is_main=True),)
        if bundle is not None and bundle.state is not BundleState.RELEASED
        else (),
    )


def _release(at: Standing, state: StepState) -> Step:
    bundle = at.bundle
    is_released = bundle is not None and bundle.released_at is not None
    return Step(
        name="release",
        title=_l("Release"),
        state=state,
        says=_l(
            "Every gate is asked once more. Only then may it leave, and what was disclosed is recorded for good."
        ),
        template="rooms/submission_release.html" if is_released else None,
        ways=(
            Way(
                label=_l("Hand it over again") if is_released else _l("Release"),
                url=_act(at, "release"),
                is_main=not is_released,
            ),
        )
        if bundle is not None and bundle.written_at is not None
        else (),
    )


def _receipt(at: Standing, state: StepState) -> Step:
    bundle = at.bundle
    ways: tuple[Way, ...] = ()
    if bundle is not None and bundle.released_at is not None:
        url = url_for(
            "submissions.item",
            reference=at.row.reference,
            section="bundles",
            item_id=bundle.id,
            action="receipt",
        )
        ways = (Way(label=_l("Record the receipt"), url=url, is_main=not at.receipts),)
    gates = [
        Gate(
            says=gettext("Received by %(who)s.", who=one.received_by),
            advice=gettext("The digest they state is NOT that of the bundle: ask what they received."),
            state="refused" if one.is_match is False else "passed",
        )
        for one in at.receipts
    ]
    return Step(
        name="receipt",
        title=_l("Receipt"),
        state=state,
        says=_l("What the recipient acknowledges, and whether the digest they state is right."),
        gates=gates,
        ways=ways,
    )


def _review(session: Session, at: Standing) -> dict[str, Any]:
    """Return every word that would leave, as the recipient will read it."""
    if at.row.kind is not SubmissionKind.EVIDENCE:
        return {"documents": [], "is_annex": True}
    own = profile(session)
    frame = {
        "organisation": own.organisation,
        "origin": own.origin,
        "sealed_on": door.instance().clock.now().date().isoformat(),
    }
    items = payload.load_items(session, at.plan.document)
    return {
        "documents": [one.document() | {"level": one.plan["level"]} for one in items],
        "statement": payload.statement(at.plan.document, frame),
        "is_annex": False,
    }
