import pytest
from sqlalchemy import not_

from evidence_tracker.casework.exhibits.queries import list_exhibits
from evidence_tracker.casework.osint.assessments import (
    amend_assessment,
    review_assessment,
    submit_assessment,
)
from evidence_tracker.casework.osint.captures import add_file, remove_file
from evidence_tracker.casework.osint.models import AssessmentMethod, FileRole, Finding, ReviewState
from evidence_tracker.casework.osint.queries import assessments_of, is_reviewed, standing
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted, SecondPersonNeeded
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place
from tests.factories.exhibits import SITE, receive
from tests.factories.osint import assessment, capture


def reviewed(session, subject, cast, **facts):
    row = assessment(session, subject, cast.amina, **facts)
    submit_assessment(session, row, actor=cast.amina)
    return review_assessment(session, row, is_accepted=True, note="Compared with the maps.", actor=cast.chen)


def test_its_analyst_does_not_review_it(session, cast):
    row = assessment(session, capture(session, cast), cast.amina)
    submit_assessment(session, row, actor=cast.amina)

    with pytest.raises(SecondPersonNeeded):
        review_assessment(session, row, is_accepted=True, note="fine", actor=cast.amina)


def test_another_person_accepts_or_returns_it_and_says_why(session, cast):
    row = reviewed(session, capture(session, cast), cast)
    other = assessment(session, capture(session, cast), cast.amina)
    submit_assessment(session, other, actor=cast.amina)

    with pytest.raises(InvalidInput, match="What the reviewer found"):
        review_assessment(session, other, is_accepted=False, note=" ", actor=cast.chen)
    review_assessment(session, other, is_accepted=False, note="The fence is another one.", actor=cast.chen)

    assert row.state is ReviewState.PEER_REVIEWED
    assert row.reviewed_by == cast.chen.account_id
    assert other.state is ReviewState.RETURNED


def test_only_a_submitted_one_is_reviewed(session, cast):
    with pytest.raises(InvalidInput, match="only a submitted one"):
        review_assessment(
            session,
            assessment(session, capture(session, cast), cast.amina),
            is_accepted=True,
            note="fine",
            actor=cast.chen,
        )


def test_what_was_reviewed_is_superseded_and_never_changed(session, cast):
    subject = capture(session, cast)
    first = reviewed(session, subject, cast)

    with pytest.raises(InvalidInput, match="not changed any more"):
        amend_assessment(session, first, {"finding": Finding.FALSE}, actor=cast.amina)
    second = assessment(session, subject, cast.chen, supersedes=first, finding=Finding.FALSE)

    assert first.state is ReviewState.SUPERSEDED
    assert first.finding is Finding.PROBABLE
    assert list(assessments_of(session, subject, actor=cast.amina)) != []
    with pytest.raises(InvalidInput, match="superseded already"):
        assessment(session, subject, cast.chen, supersedes=first)
    with pytest.raises(InvalidInput, match="still a draft"):
        assessment(session, subject, cast.chen, supersedes=second)


def test_an_assessment_supersedes_only_its_like(session, cast):
    first = reviewed(session, capture(session, cast), cast)

    with pytest.raises(InvalidInput, match="same material by the same method"):
        assessment(session, capture(session, cast), cast.amina, supersedes=first)


@pytest.mark.parametrize(
    "facts",
    [
        {"claim": " "},
        {"reference_material": ""},
        {"reasoning": ""},
        {"finding": Finding.CONFIRMED},
        {"method": AssessmentMethod.GEOLOCATION},
        {"method": AssessmentMethod.GEOLOCATION, "place": Place("Here")},
        {"method": AssessmentMethod.CHRONOLOCATION},
    ],
)
def test_a_conclusion_without_what_it_rests_on_is_refused(session, cast, facts):
    with pytest.raises(InvalidInput):
        assessment(session, capture(session, cast), cast.amina, **facts)


def test_where_and_when_are_kept_with_their_bounds(session, cast):
    subject = capture(session, cast)
    where = assessment(session, subject, cast.amina, method=AssessmentMethod.GEOLOCATION, place=SITE)
    when = assessment(
        session, subject, cast.amina, method=AssessmentMethod.CHRONOLOCATION, occurred=Moment.parse("2022-03")
    )

    assert where.place == SITE
    assert when.occurred_earliest_at is not None
    amend_assessment(session, when, {"occurred": Moment.parse("2022")}, actor=cast.amina, expected_version=1)
    assert when.occurred_earliest_at.year == 2021  # New Year comes first in the far east
    with pytest.raises(Conflict):
        amend_assessment(session, when, {"claim": "Else"}, actor=cast.amina, expected_version=1)


def test_only_its_analyst_changes_or_submits_it(session, cast):
    row = assessment(session, capture(session, cast), cast.amina)

    with pytest.raises(NotPermitted):
        amend_assessment(session, row, {"claim": "Mine"}, actor=cast.chen)
    with pytest.raises(NotPermitted):
        submit_assessment(session, row, actor=cast.chen)


def test_the_standing_names_what_is_still_lacking(session, instance, cast):
    subject = receive(session, instance.vault, cast)
    done = reviewed(session, subject, cast)
    draft = assessment(session, subject, cast.amina, method=AssessmentMethod.SOURCE)

    found = standing(session, subject, actor=cast.amina)

    assert found.reviewed == (done,)
    assert found.pending == (draft,)
    assert found.lacking == (AssessmentMethod.SOURCE, AssessmentMethod.SYNTHETIC_CHECK)


def test_an_outsider_neither_assesses_nor_reviews_nor_sees(session, cast):
    subject = capture(session, cast)
    row = assessment(session, subject, cast.amina)
    submit_assessment(session, row, actor=cast.amina)

    with pytest.raises(NotPermitted):
        assessment(session, subject, cast.outsider)
    with pytest.raises(NotPermitted):
        review_assessment(session, row, is_accepted=True, note="fine", actor=cast.outsider)
    assert list(assessments_of(session, subject, actor=cast.outsider)) == []


def test_exhibits_are_listed_by_whether_a_second_person_reviewed_them(session, instance, cast):
    own, brought = (
        receive(session, instance.vault, cast, text, title=text.decode()) for text in (b"own", b"brought")
    )
    bare = receive(session, instance.vault, cast, b"bare", title="bare")
    source = capture(session, cast)
    link = add_file(session, source, brought, role=FileRole.MEDIA, actor=cast.amina)
    reviewed(session, own, cast)
    reviewed(session, source, cast)
    submit_assessment(session, assessment(session, bare, cast.amina), actor=cast.amina)

    def titles(actor, condition):
        return {row.title for row in list_exhibits(session, actor=actor, also=condition)}

    assert titles(cast.amina, is_reviewed(session, cast.amina)) == {"own", "brought"}
    assert titles(cast.amina, not_(is_reviewed(session, cast.amina))) == {"bare"}
    assert titles(cast.amina, is_reviewed(session, cast.outsider)) == set()

    remove_file(session, link, actor=cast.amina)
    assert titles(cast.amina, is_reviewed(session, cast.amina)) == {"own"}
