"""Units, and who stood under whom, when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.models import Confidence, Echelon, ParentRelation
from evidence_tracker.casework.actors.queries import (
    MAX_DEPTH,
    chain_of_command,
    find_unit,
    page_units,
    subordinates,
)
from evidence_tracker.casework.actors.units import amend_link, amend_unit, end_link, place_under
from evidence_tracker.errors import Conflict, InvalidInput, NotFound, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories.actors import unit


def under(session, cast, lower, upper, **facts):
    stated = {"basis": "published order of battle", "confidence": "probable", "actor": cast.amina}
    return place_under(session, lower, upper, **{**stated, **facts})


def above(session, cast, lower, **by):
    return [step.unit.name_latin for step in chain_of_command(session, lower, actor=cast.amina, **by)]


def test_a_unit_keeps_its_name_in_its_own_script(session, cast):
    made = unit(session, cast.amina, base={"name": "Вигадане", "country": "UA"}, country="ua")
    assert (made.reference, made.compartment_id) == ("KYI-U-0001", cast.home)
    assert (made.name, made.name_language) == ("777-й вигаданий мотострілецький полк", "uk")
    assert (made.echelon, made.country) == (Echelon.REGIMENT, "UA")
    assert unit(session, cast.amina, compartment_id=cast.mission).compartment_id == cast.mission


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"name": " "}, "name is missing"),
        ({"name_latin": None}, "form in Latin letters"),
        ({"source": ""}, "source is missing"),
        ({"kind": "pirates"}, "known kind"),
        ({"echelon": "horde"}, "known echelon"),
        ({"country": "SU"}, "not a country code"),
        ({"name_language": "Ukrainian"}, "language tag"),
    ],
)
def test_it_refuses_a_unit_that_is_half_stated(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        unit(session, cast.amina, **facts)


def test_a_unit_is_amended_within_rights_and_not_from_a_stale_copy(session, cast):
    made = unit(session, cast.amina)
    amend_unit(session, made, {"echelon": "brigade"}, actor=cast.daria, expected_version=1)
    with pytest.raises(Conflict):
        amend_unit(session, made, {"echelon": "corps"}, actor=cast.amina, expected_version=1)
    with pytest.raises(NotPermitted):
        amend_unit(session, made, {"echelon": "corps"}, actor=cast.outsider)
    with pytest.raises(InvalidInput, match="called folded"):
        amend_unit(session, made, {"folded": "x"}, actor=cast.amina)


def test_the_chain_of_command_is_that_of_the_day_asked_about(session, cast):
    regiment, division, army, other = (
        unit(session, cast.amina, name=name) for name in ("Regiment", "Division", "Army", "Other")
    )
    for made, name in ((regiment, "Regiment"), (division, "Division"), (army, "Army"), (other, "Other")):
        amend_unit(session, made, {"name_latin": name}, actor=cast.amina)
    under(session, cast, regiment, division, until="2022-03")
    under(session, cast, regiment, other, since="2022-04-15")
    under(session, cast, division, army)
    assert above(session, cast, regiment, at=Moment.parse("2022-03-12")) == ["Division", "Army"]
    assert above(session, cast, regiment, at=datetime(2022, 4, 10, tzinfo=UTC)) == []
    assert above(session, cast, regiment, at=Moment.parse("2022-05")) == ["Other"]
    assert above(session, cast, regiment, at=Moment.parse("2022")) == ["Division", "Other", "Army"]
    assert above(session, cast, regiment) == ["Division", "Other", "Army"]
    below = subordinates(session, army, actor=cast.amina, at=Moment.parse("2022-03-12"))
    assert [(step.depth, step.unit.name_latin) for step in below] == [(1, "Division"), (2, "Regiment")]


def test_contradicting_sources_stand_side_by_side_with_their_confidence(session, cast, clock):
    regiment, division = unit(session, cast.amina), unit(session, cast.amina)
    first = under(session, cast, regiment, division)
    clock.at += timedelta(minutes=1)
    second = under(session, cast, regiment, division, basis="a prisoner's account", confidence="possible")
    found = chain_of_command(session, regiment, actor=cast.amina)
    assert [step.link for step in found] == [first, second]
    assert [step.link.confidence for step in found] == [Confidence.PROBABLE, Confidence.POSSIBLE]


def test_a_chain_is_climbed_once_however_many_sources_tell_of_it(session, cast):
    low, middle, top = (unit(session, cast.amina) for _ in range(3))
    for basis in ("order", "account", "photograph"):
        under(session, cast, low, middle, basis=basis)
    under(session, cast, middle, top)
    found = chain_of_command(session, low, actor=cast.amina)
    assert [(step.depth, step.unit) for step in found] == [(1, middle)] * 3 + [(2, top)]


def test_a_chain_ends_where_no_real_one_goes_on(session, cast):
    units = [unit(session, cast.amina) for _ in range(MAX_DEPTH + 3)]
    for lower, upper in pairwise(units):
        under(session, cast, lower, upper)
    found = chain_of_command(session, units[0], actor=cast.amina)
    assert [step.depth for step in found] == list(range(1, MAX_DEPTH + 1))


def test_a_chain_costs_one_question_however_long_it_is(session, cast):
    made = [unit(session, cast.amina, name_latin=f"Unit {number}") for number in range(8)]
    for lower, upper in pairwise(made):
        under(session, cast, lower, upper)
    session.flush()
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *many: asked.append(many[2]))
    assert [step.depth for step in chain_of_command(session, made[0], actor=cast.amina)] == list(range(1, 8))
    assert [step.depth for step in subordinates(session, made[-1], actor=cast.amina)] == list(range(1, 8))
    assert len([one for one in asked if one.lstrip().startswith(("SELECT", "WITH"))]) == 2


def test_only_the_relation_asked_about_is_followed(session, cast):
    regiment, division = unit(session, cast.amina), unit(session, cast.amina)
    link = under(session, cast, regiment, division, relation="attached")
    assert chain_of_command(session, regiment, actor=cast.amina) == []
    [step] = chain_of_command(session, regiment, actor=cast.amina, relation=ParentRelation.ATTACHED)
    assert step.link is link
    assert len(chain_of_command(session, regiment, actor=cast.amina, relation=None)) == 1


def test_no_unit_becomes_its_own_superior(session, cast):
    one, two, three = (unit(session, cast.amina) for _ in range(3))
    with pytest.raises(InvalidInput, match="cannot stand under itself"):
        under(session, cast, one, one)
    under(session, cast, one, two, until="2022-03")
    under(session, cast, two, three)
    with pytest.raises(InvalidInput, match="KYI-U-0001 stands under KYI-U-0003 already"):
        under(session, cast, three, one, since="2022-03-15")
    later = under(session, cast, three, one, since="2022-06")  # by then one had left two
    with pytest.raises(InvalidInput, match="already in that time"):
        amend_link(session, later, {"since": "2022-02"}, actor=cast.amina)
    under(session, cast, three, one, relation="administrative")


def test_a_withdrawn_link_counts_no_more(session, cast):
    one, two = unit(session, cast.amina), unit(session, cast.amina)
    link = under(session, cast, one, two)
    with pytest.raises(InvalidInput, match="reason"):
        end_link(session, link, reason="", actor=cast.amina)
    end_link(session, link, reason="the order was forged", actor=cast.amina)
    assert chain_of_command(session, one, actor=cast.amina) == []
    under(session, cast, two, one)
    with pytest.raises(InvalidInput, match="withdrawn already"):
        end_link(session, link, reason="again", actor=cast.amina)


def test_a_links_span_can_be_corrected_and_its_bounds_follow(session, cast):
    link = under(session, cast, unit(session, cast.amina), unit(session, cast.amina))
    amend_link(session, link, {"since": "2022-02-24", "confidence": "confirmed"}, actor=cast.amina)
    assert link.since_at == Moment.parse("2022-02-24").bounds()[0]
    with pytest.raises(InvalidInput, match="ends before it begins"):
        amend_link(session, link, {"until": "2021"}, actor=cast.amina)
    with pytest.raises(Conflict):
        amend_link(session, link, {"confidence": "possible"}, actor=cast.amina, expected_version=1)


def test_a_link_is_as_restricted_as_the_more_restricted_of_its_units(session, cast):
    secret = unit(session, cast.amina, governance=Governance(Level.SEALED))
    link = under(session, cast, unit(session, cast.amina), secret)
    assert link.level is Level.SEALED


def test_the_outsider_sees_no_unit_and_no_chain(session, cast):
    one, two = unit(session, cast.amina), unit(session, cast.amina)
    under(session, cast, one, two)
    assert page_units(session, actor=cast.outsider) == []
    assert chain_of_command(session, one, actor=cast.outsider) == []
    assert subordinates(session, two, actor=cast.outsider) == []
    with pytest.raises(NotFound):
        find_unit(session, one.reference, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        under(session, cast, two, unit(session, cast.amina), actor=cast.outsider)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(2000, 2005), st.integers(0, 3)),
        max_size=9,
    )
)
def test_whatever_links_are_tried_nobody_ever_commands_themselves(session, cast, tried):
    units = [unit(session, cast.amina) for _ in range(5)]
    kept = []
    for lower, upper, since, length in tried:
        try:
            under(session, cast, units[lower], units[upper], since=str(since), until=str(since + length))
        except InvalidInput:
            continue
        kept.append((lower, upper, since, since + length))
    for year in range(2000, 2009):
        live = {(lower, upper) for lower, upper, since, until in kept if since <= year <= until}
        reached = set(live)
        for _ in units:
            reached |= {(low, top) for low, middle in reached for again, top in live if middle == again}
        assert all(lower != upper for lower, upper in reached)
