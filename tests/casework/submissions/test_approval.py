"""Two people and one state: how an approval is bypassed, tried in every way that came to mind."""

from dataclasses import dataclass

import pyrage
import pytest
from sqlalchemy import select

from evidence_tracker.access.compartments import end_grant, grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Grant, Role
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell, give, refuse, withdraw
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.parties.directory import replace_keys
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.identities import seal_identity
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions import building, sealing
from evidence_tracker.casework.submissions.checking import revoke
from evidence_tracker.casework.submissions.models import Approval, Bundle, BundleState, Disclosure, Submission
from evidence_tracker.casework.submissions.preparation import (
    add_item,
    amend_submission,
    close_submission,
    live_items,
    remove_item,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import (
    Conflict,
    ConsentMissing,
    DigestMismatch,
    GateClosed,
    NotFound,
    NotPermitted,
    SecondPersonNeeded,
)
from evidence_tracker.instance import Instance
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.audit import audit
from tests.casework.submissions.scene import (
    LAWFUL,
    SAID,
    allow,
    desk,
    exhibit_from,
    submission_of,
)
from tests.cast import Cast
from tests.factories import parties, persons
from tests.factories.incidents import closed_compartment, incident


@dataclass
class Play:
    """A submission of two notes, and everybody who may have a hand in it."""

    instance: Instance
    cast: Cast
    reference: str = ""

    def __post_init__(self):
        self.key = pyrage.x25519.Identity.generate()
        with self.instance.transaction() as session:
            self.office = parties.prosecutor(
                session,
                self.cast.olena,
                age_recipients=[str(self.key.to_public())],
                keys_checked_how="read aloud on the telephone",
            ).id
            office = session.get_one(Party, self.office)
            person = persons.person(session, self.cast.amina, self.cast.mission, governance=LAWFUL)
            self.person = person.id
            allow(session, person, office, IdentityLevel.FULL, self.cast.amina)
            ours = exhibit_from(session, self.instance, self.cast, None, b"nothing of note\n", title="Note")
            given = exhibit_from(session, self.instance, self.cast, person, b"a letter\n", title="Letter")
            self.exhibits = (ours.id, given.id)
            self.reference = submission_of(session, self.cast, office, ours, given).reference

    def act(self, step):
        with self.instance.transaction() as session:
            return step(session)

    def submission(self, session) -> Submission:
        found: Submission = session.scalars(
            select(Submission).where(Submission.reference == self.reference)
        ).one()
        return found

    def give_role(self, who: Actor, role: Role, place=None, level=Level.SEALED):
        self.act(
            lambda session: grant(
                session,
                session.get_one(Compartment, place or self.cast.mission),
                role=role,
                level=level,
                purpose="tests",
                actor=self.cast.olena,
                account=session.get_one(Account, who.account_id),
            )
        )

    def approve(self, who: Actor | None = None, **more):
        chosen = {"looked_at": ("all",), "note": None, **more}
        return bundles.approve(desk(self.instance, who or self.cast.chen), self.reference, **chosen)

    def seal(self, who: Actor | None = None, reason: str | None = "fictional data of a test"):
        return bundles.seal(
            desk(self.instance, who or self.cast.daria), self.reference, unencrypted_reason=reason
        )

    def build(self, who: Actor | None = None):
        return bundles.build(desk(self.instance, who or self.cast.daria), self.reference)

    def release(self, who: Actor | None = None):
        return bundles.release(desk(self.instance, who or self.cast.daria), self.reference, channel="courier")

    def withdraw(self):
        self.act(
            lambda session: withdraw(
                session, session.get_one(Person, self.person), facts=SAID, actor=self.cast.amina
            )
        )


@pytest.fixture
def play(instance, cast):
    return Play(instance, cast)


def test_the_whole_way_is_open(play):
    play.approve()
    play.seal()
    play.build()
    assert play.release().state is BundleState.RELEASED
    assert audit(play.instance).findings == []


# ---- who


def test_who_changed_a_word_of_it_cannot_approve_it(play, cast):
    play.give_role(cast.chen, Role.LEGAL_OFFICER)
    play.act(
        lambda session: amend_submission(
            session, play.submission(session), {"statement": "All there is."}, actor=cast.chen
        )
    )
    with pytest.raises(SecondPersonNeeded, match="prepared"):
        play.approve()


def test_who_took_something_out_of_it_cannot_approve_it(play, cast):
    play.give_role(cast.chen, Role.LEGAL_OFFICER)

    def take_out(session):
        submission = play.submission(session)
        item = live_items(session, submission)[1]
        remove_item(session, submission, item, reason="not needed", actor=cast.chen)

    play.act(take_out)
    with pytest.raises(SecondPersonNeeded, match="prepared"):
        play.approve()


@pytest.mark.parametrize("step", ["seal", "build", "release"])
def test_who_approved_it_takes_no_other_step(play, cast, step):
    play.give_role(cast.chen, Role.LEGAL_OFFICER)
    play.approve()
    for earlier in ("seal", "build", "release"):
        if earlier == step:
            break
        getattr(play, earlier)()
    with pytest.raises(SecondPersonNeeded, match="approved"):
        getattr(play, step)(cast.chen)


def test_a_second_approval_does_not_free_the_first_approver(play, cast):
    play.give_role(cast.chen, Role.LEGAL_OFFICER)
    play.give_role(cast.bohdan, Role.APPROVER)
    play.approve()
    play.approve(cast.bohdan)
    with pytest.raises(SecondPersonNeeded, match="approved"):
        play.seal(cast.chen)
    play.seal()


def test_who_may_not_build_writes_no_byte(play, cast):
    play.approve()
    play.seal()
    with pytest.raises(NotPermitted):
        play.build(cast.amina)
    assert not list(play.instance.settings.bundles_path.glob("*"))


def test_who_may_not_see_an_item_writes_no_byte(play, cast):
    place = with_foreign_incident(play, cast)
    play.give_role(cast.chen, Role.APPROVER, place)
    play.give_role(cast.bohdan, Role.LEGAL_OFFICER)
    play.approve()
    play.seal()
    with pytest.raises(NotFound):
        play.build(cast.bohdan)
    assert not list(play.instance.settings.bundles_path.glob("*"))


def test_what_was_changed_since_the_sealing_is_not_written(play, cast):
    play.approve()
    play.seal()
    play.act(lambda session: CHANGES["record"](play, cast, session))
    with pytest.raises(GateClosed, match="changed after"):
        play.build()
    assert not list(play.instance.settings.bundles_path.glob("*"))


def test_an_outsider_is_told_that_there_is_nothing(play, cast):
    for step in (play.approve, play.seal, play.build, play.release):
        with pytest.raises(NotFound):
            step(cast.outsider)
    with pytest.raises(NotFound):
        bundles.check(desk(play.instance, cast.outsider), play.reference)


def test_a_grant_that_ended_between_stops_the_next_step(play, cast):
    play.approve()
    play.seal()

    def end(session):
        held = session.query(Grant).filter_by(account_id=cast.daria.account_id, role=Role.LEGAL_OFFICER)
        for row in held:
            end_grant(session, row, reason="left", actor=cast.olena)

    play.act(end)
    for step in (play.build, play.release):
        with pytest.raises((NotPermitted, NotFound)):
            step()


# ---- items of another compartment


def with_foreign_incident(play, cast):
    def add(session):
        place = closed_compartment(session, cast)
        grant(
            session,
            place,
            role=Role.READER,
            level=Level.SEALED,
            purpose="tests",
            actor=cast.olena,
            account=session.get_one(Account, cast.daria.account_id),
        )
        foreign = incident(session, cast, compartment_id=place.id)
        add_item(session, play.submission(session), foreign, actor=cast.daria)
        return place.id

    return play.act(add)


def test_an_approver_must_see_what_goes(play, cast):
    with_foreign_incident(play, cast)
    with pytest.raises(NotFound):
        play.approve()


def test_an_approval_is_needed_where_an_item_is_at_home(play, cast):
    place = with_foreign_incident(play, cast)
    play.give_role(cast.chen, Role.READER, place)
    with pytest.raises(NotPermitted):
        play.approve()
    play.give_role(cast.chen, Role.APPROVER, place, Level.PUBLIC)
    with pytest.raises(NotPermitted):
        play.approve()
    play.give_role(cast.chen, Role.APPROVER, place)
    play.approve()


def test_nobody_adds_what_they_may_not_see(play, cast):
    def add(session):
        foreign = incident(session, cast, compartment_id=closed_compartment(session, cast).id)
        add_item(session, play.submission(session), foreign, actor=cast.daria)

    with pytest.raises(NotFound):
        play.act(add)


# ---- what


CHANGES = {
    "title": lambda play, cast, session: amend_submission(
        session, play.submission(session), {"title": "Other words"}, actor=cast.daria
    ),
    "record": lambda play, cast, session: amend_exhibit(
        session, session.get_one(Exhibit, play.exhibits[0]), {"title": "Other"}, actor=cast.amina
    ),
    "item added": lambda play, cast, session: add_item(
        session, play.submission(session), incident(session, cast), actor=cast.daria
    ),
    "key of the recipient": lambda play, cast, session: replace_keys(
        session,
        session.get_one(Party, play.office),
        age_recipients=[str(pyrage.x25519.Identity.generate().to_public())],
        checked_how="by letter",
        actor=cast.olena,
    ),
    "condition": lambda play, cast, session: give(
        session,
        session.get_one(Person, play.person),
        [Cell(session.get_one(Party, play.office), Use.INVESTIGATION, IdentityLevel.FULL)],
        facts={**SAID, "conditions": "not before the trial"},
        actor=cast.amina,
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_voids_the_approval(play, cast, what):
    play.approve()
    play.act(lambda session: CHANGES[what](play, cast, session))
    with pytest.raises(GateClosed, match="changed after it was approved"):
        play.seal()


@pytest.mark.parametrize("what", [name for name in CHANGES if name not in {"title", "item added"}])
def test_a_change_after_the_sealing_keeps_the_bundle_here(play, cast, what):
    play.approve()
    play.seal()
    play.build()
    play.act(lambda session: CHANGES[what](play, cast, session))
    play.approve()
    with pytest.raises(GateClosed, match="changed after"):
        play.release()
    with pytest.raises(GateClosed, match="changed after"):
        play.build()


def test_changed_back_is_changed(play, cast):
    play.approve()
    for title in ("Other", "Note"):
        play.act(
            lambda session, title=title: amend_exhibit(
                session, session.get_one(Exhibit, play.exhibits[0]), {"title": title}, actor=cast.amina
            )
        )
    with pytest.raises(GateClosed, match="changed after it was approved"):
        play.seal()


def test_what_was_looked_at_is_what_is_approved(play, cast):
    state = bundles.check(desk(play.instance, cast.chen), play.reference).digest
    play.act(lambda session: CHANGES["title"](play, cast, session))
    with pytest.raises(Conflict, match="not in the one you looked at"):
        play.approve(state=state[:16])
    with pytest.raises(Conflict):
        play.approve(state="")
    now = bundles.check(desk(play.instance, cast.chen), play.reference).digest
    assert play.approve(state=now[:16]) == now


def test_an_approval_that_was_taken_back_is_none(play, cast):
    play.approve()
    play.seal()
    play.build()
    play.act(
        lambda session: revoke(
            session, session.query(Approval).one(), reason="second thought", actor=cast.chen
        )
    )
    with pytest.raises(GateClosed, match="not approved"):
        play.release()


# ---- withdrawal between the steps


@pytest.mark.parametrize("after", ["approve", "seal", "build", "release"])
def test_a_withdrawal_stops_every_next_step(play, after):
    steps = ["approve", "seal", "build", "release"]
    for name in steps[: steps.index(after) + 1]:
        getattr(play, name)()
    play.withdraw()
    for name in steps[steps.index(after) + 1 :] or ["release"]:
        with pytest.raises(
            ConsentMissing if name != "build" or after == "seal" else (ConsentMissing, NotFound)
        ):
            getattr(play, name)()
        break
    with play.instance.reading() as session:
        disclosed = session.query(Disclosure).count()
    assert disclosed == (2 if after == "release" else 0)


def test_a_name_recorded_after_the_sealing_keeps_the_bundle_here(play, cast):
    play.approve()
    play.seal()
    play.build()

    def name(session):
        somebody = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
        seal_identity(session, somebody, {"alias": "Note"}, actor=cast.amina)

    play.act(name)
    with pytest.raises(GateClosed, match="would name a person"):
        play.release()


def test_the_disclosure_log_names_the_consent_it_rests_on_now(play, cast):
    play.approve()
    play.seal()
    play.build()

    def again(session):
        person = session.get_one(Person, play.person)
        cell = Cell(session.get_one(Party, play.office), Use.INVESTIGATION, IdentityLevel.FULL)
        refuse(session, person, [cell], facts=SAID, actor=cast.amina)
        return [str(event.id) for event in give(session, person, [cell], facts=SAID, actor=cast.amina)]

    events = play.act(again)
    play.release()
    with play.instance.reading() as session:
        row = session.query(Disclosure).filter_by(subject=play.exhibits[1]).one()
    assert row.consents == [{"person": str(play.person), "events": events}]
    assert audit(play.instance).findings == []


# ---- one bundle at a time


def test_what_is_sealed_is_not_sealed_a_second_time(play):
    play.approve()
    play.seal()
    with pytest.raises(GateClosed, match="is sealed as bundle"):
        play.seal()
    play.build()
    with pytest.raises(GateClosed, match="is sealed as bundle"):
        play.seal()


def test_what_was_given_up_is_neither_built_nor_released(play, cast):
    play.approve()
    first = play.seal()
    play.build()

    def give_up(session):
        sealing.abandon(session, session.get_one(Bundle, first.id), reason="mistake", actor=cast.daria)

    play.act(give_up)
    for step in (play.build, play.release):
        with pytest.raises(NotFound):
            step()


def test_a_bundle_that_was_given_up_while_it_was_written_stays_given_up(play, cast):
    play.approve()
    bundle = play.seal()
    written = play.build()
    play.act(
        lambda session: sealing.abandon(
            session, session.get_one(Bundle, bundle.id), reason="mistake", actor=cast.daria
        )
    )
    with pytest.raises(Conflict, match="abandoned"):
        play.act(
            lambda session: building.note_written(
                session, session.get_one(Bundle, bundle.id), written, actor=cast.daria
            )
        )


def test_after_one_was_given_up_the_released_one_is_still_the_one(play, cast):
    play.approve()
    play.seal()
    play.build()
    released = play.release()
    second = play.seal()
    play.build()
    play.act(
        lambda session: sealing.abandon(
            session, session.get_one(Bundle, second.id), reason="mistake", actor=cast.daria
        )
    )
    assert play.release().id == released.id


@pytest.mark.parametrize("other", [b"PK", None])
def test_another_file_in_its_place_is_not_released(play, other):
    play.approve()
    play.seal()
    path = play.build().path
    if other is None:
        path.unlink()
        (path.parent / "elsewhere.zip").write_bytes(b"PK")
        path.symlink_to(path.parent / "elsewhere.zip")
    else:
        path.write_bytes(other)
    with pytest.raises(DigestMismatch):
        play.release()


def test_a_closed_submission_stays_closed(play, cast):
    play.approve()
    play.seal()
    play.build()
    play.release()
    play.act(
        lambda session: close_submission(
            session, play.submission(session), reason="handed over", actor=cast.daria
        )
    )
    for step in (play.seal, play.release):
        with pytest.raises(GateClosed, match="is closed"):
            step()


def test_an_approval_of_another_submission_is_none(play, cast, instance):
    other = Play(instance, cast)
    other.approve()
    with pytest.raises(GateClosed, match="not approved"):
        play.seal()
