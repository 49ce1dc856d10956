"""Companies: who made, sold, shipped or owns."""

import pytest

from evidence_tracker.casework.actors.companies import amend_company
from evidence_tracker.casework.actors.queries import find_company, page_companies
from evidence_tracker.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests.factories.actors import company


def test_a_company_says_where_it_is_run_from_and_where_registered(session, cast):
    maker = company(session, cast.amina, headquarters_country="us", ownership="owned by Fictional Holding")
    assert (maker.headquarters_country, maker.registration_country) == ("US", "NL")
    assert page_companies(session, actor=cast.daria, headquarters_country="US") == [maker]
    assert page_companies(session, actor=cast.daria, headquarters_country="NL") == []


@pytest.mark.parametrize("facts", [{"name": ""}, {"source": None}, {"registration_country": "EU"}])
def test_it_refuses_a_company_that_is_half_stated(session, cast, facts):
    with pytest.raises(InvalidInput):
        company(session, cast.amina, **facts)


def test_a_company_is_amended_within_rights_and_not_from_a_stale_copy(session, cast):
    maker = company(session, cast.amina)
    amend_company(session, maker, {"address": "1 Invented Street"}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        amend_company(session, maker, {"address": None}, actor=cast.amina, expected_version=1)
    with pytest.raises(NotPermitted):
        amend_company(session, maker, {"address": None}, actor=cast.outsider)


def test_the_outsider_sees_no_company(session, cast):
    maker = company(session, cast.amina)
    assert page_companies(session, actor=cast.outsider) == []
    with pytest.raises(NotFound):
        find_company(session, maker.reference, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        company(session, cast.outsider)
