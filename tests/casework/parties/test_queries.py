"""Questions about parties: pages by key, filters, and nothing for the outsider."""

from datetime import timedelta

import pytest

from evidence_tracker.casework.parties.directory import end_party
from evidence_tracker.casework.parties.models import PartyKind, RecipientClass
from evidence_tracker.casework.parties.queries import find_party, page_parties, parties_by_id
from evidence_tracker.errors import NotFound
from tests.factories.parties import partner, prosecutor


def test_pages_follow_each_other_without_gaps_or_doubles(session, cast, clock):
    made = []
    for number in range(7):
        made.append(partner(session, cast.amina, name=f"Partner {number}"))
        clock.at += timedelta(seconds=number % 2)  # some share one moment
    pages, after = [], None
    while page := page_parties(session, actor=cast.chen, after=after, limit=3):
        pages.append(len(page))
        after = (page[-1].recorded_at, page[-1].id)
        made = [party for party in made if party not in page]
    assert (pages, made) == ([3, 3, 1], [])


def test_parties_are_filtered_by_kind_and_class_and_ended_ones_left_out(session, cast):
    one, two = partner(session, cast.amina), prosecutor(session, cast.amina)
    assert page_parties(session, actor=cast.amina, kind=PartyKind.PARTNER) == [one]
    national = RecipientClass.NATIONAL_PROSECUTOR
    assert page_parties(session, actor=cast.amina, recipient_class=national) == [two]
    end_party(session, one, reason="closed", actor=cast.amina)
    assert page_parties(session, actor=cast.amina) == [two]
    assert len(page_parties(session, actor=cast.amina, include_ended=True)) == 2


def test_the_outsider_sees_no_party(session, cast):
    party = partner(session, cast.amina)
    assert page_parties(session, actor=cast.outsider) == []
    assert parties_by_id(session, [party.id], actor=cast.outsider) == {}
    with pytest.raises(NotFound):
        find_party(session, party.reference, actor=cast.outsider)
    assert find_party(session, f" {party.reference} ", actor=cast.daria) is party
    assert parties_by_id(session, [party.id], actor=cast.daria) == {party.id: party}
