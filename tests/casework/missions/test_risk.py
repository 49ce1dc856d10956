"""The security plan: written by some, signed off by somebody else, void when changed."""

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.queries import security_plan
from evidence_tracker.casework.missions.risk import sign_off_security_plan, write_security_plan
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted, SecondPersonNeeded
from tests.factories.missions import closed, mission, plan


def test_a_plan_is_signed_off_by_somebody_who_did_not_write_it(session, cast, clock):
    made = mission(session, cast)
    written = write_security_plan(session, made, "Two cars.", actor=cast.olena)
    with pytest.raises(SecondPersonNeeded, match="olena wrote on this security plan"):
        sign_off_security_plan(session, written, actor=cast.olena, expected_version=1)
    sign_off_security_plan(session, written, actor=cast.chen, expected_version=1)
    assert (written.signed_off_by, written.signed_off_at) == (cast.chen.account_id, clock.at)
    with pytest.raises(InvalidInput, match="signed off already"):
        sign_off_security_plan(session, written, actor=cast.chen, expected_version=2)


def test_who_wrote_an_earlier_draft_cannot_sign_the_later_one(session, cast):
    made = mission(session, cast)
    write_security_plan(session, made, "Two cars.", actor=cast.olena)
    written = write_security_plan(session, made, "Two cars!", actor=cast.amina)
    with pytest.raises(SecondPersonNeeded):
        sign_off_security_plan(session, written, actor=cast.olena, expected_version=2)


def test_a_changed_plan_needs_a_new_signature_by_a_new_eye(session, cast):
    made = mission(session, cast)
    signed = plan(session, cast, made)
    again = write_security_plan(session, made, "Three cars.", actor=cast.olena, expected_version=2)
    assert again is signed
    assert (again.signed_off_by, again.signed_off_at) == (None, None)
    assert again.authors == [str(cast.olena.account_id)]


def test_one_signs_only_the_version_one_has_read(session, cast):
    made = mission(session, cast)
    written = write_security_plan(session, made, "Two cars.", actor=cast.amina)
    write_security_plan(session, made, "No cars.", actor=cast.amina)
    with pytest.raises(Conflict, match="at version 2; you have read version 1"):
        sign_off_security_plan(session, written, actor=cast.chen, expected_version=1)


def test_a_stale_plan_is_not_overwritten(session, cast):
    made = mission(session, cast)
    write_security_plan(session, made, "Two cars.", actor=cast.amina)
    write_security_plan(session, made, "Three cars.", actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        write_security_plan(session, made, "Four cars.", actor=cast.olena, expected_version=1)


def test_the_right_to_sign_is_that_of_a_supervisor(session, cast):
    written = write_security_plan(session, mission(session, cast), "Two cars.", actor=cast.olena)
    for login in ("amina", "daria", "outsider"):
        with pytest.raises(NotPermitted):
            sign_off_security_plan(session, written, actor=getattr(cast, login), expected_version=1)


def test_an_empty_plan_and_a_plan_for_what_is_over_are_refused(session, cast):
    made = mission(session, cast)
    with pytest.raises(InvalidInput, match="security plan is missing"):
        write_security_plan(session, made, "  ", actor=cast.amina)
    over = closed(session, cast, reference="KYI-2026-03")
    with pytest.raises(GateClosed):
        write_security_plan(session, over, "Too late.", actor=cast.amina)


def test_the_outsider_neither_reads_nor_writes_it_and_a_level_can_be_its_own(session, cast):
    made = mission(session, cast)
    written = write_security_plan(
        session, made, "Routes.", actor=cast.amina, governance=Governance(Level.RESTRICTED)
    )
    assert (written.level, made.level) == (Level.RESTRICTED, Level.CONFIDENTIAL)
    assert security_plan(session, made, actor=cast.amina) is written
    assert security_plan(session, made, actor=cast.outsider) is None
    with pytest.raises(NotPermitted):
        write_security_plan(session, made, "Mine.", actor=cast.outsider)
