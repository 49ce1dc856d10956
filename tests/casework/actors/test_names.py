"""Names in many scripts, identifiers, and finding actors by either."""

import pytest

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.companies import amend_company
from evidence_tracker.casework.actors.models import IdentifierKind, NameKind
from evidence_tracker.casework.actors.names import Bearer, add_identifier, add_name, end_identifier, end_name
from evidence_tracker.casework.actors.queries import (
    find_actor,
    identified,
    identifiers_of,
    names_of,
    page_companies,
    page_suspects,
    page_units,
    search_companies,
    search_suspects,
    search_units,
)
from evidence_tracker.casework.actors.units import amend_unit
from evidence_tracker.errors import InvalidInput, NotFound, NotPermitted
from tests.factories.actors import company, suspect, unit


def test_one_series_of_references_holds_all_actors(session, cast):
    made: list[Bearer] = [
        unit(session, cast.amina),
        suspect(session, cast.amina),
        company(session, cast.amina),
    ]
    assert [row.reference for row in made] == ["KYI-U-0001", "KYI-U-0002", "KYI-U-0003"]
    assert [find_actor(session, row.reference, actor=cast.daria) for row in made] == made
    for reference in ("KYI-U-0001", "KYI-U-0099"):
        with pytest.raises(NotFound, match="There is no actor"):
            find_actor(session, reference, actor=cast.outsider)


@pytest.mark.parametrize(
    "words", ["вигаданий", "ВИГАДАНИЙ  Мотострілецький", "motor RIFLE", "777th", "Grey Wolves", "serye"]
)
def test_a_unit_is_found_by_any_of_its_names_in_any_case(session, cast, words):
    made = unit(session, cast.amina)
    unit(session, cast.amina, name="Unit of other deeds", name_latin="Unit of other deeds")
    add_name(session, made, text="Grey Wolves", kind="alias", actor=cast.amina, source="patch on a sleeve")
    add_name(session, made, text="Serýe", kind="transliteration", actor=cast.amina)
    assert search_units(session, words, actor=cast.daria) == [made]
    assert search_units(session, words, actor=cast.outsider) == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; DROP TABLE unit; --", "\x00"])
def test_a_search_means_its_characters_and_nothing_else(session, cast, words):
    unit(session, cast.amina)
    assert search_units(session, words, actor=cast.amina) == []


def test_an_empty_search_finds_nothing(session, cast):
    unit(session, cast.amina)
    assert search_units(session, "  ", actor=cast.amina) == []


def test_renaming_moves_what_a_search_finds(session, cast):
    made, maker = unit(session, cast.amina), company(session, cast.amina)
    amend_unit(session, made, {"name": "Сто перший полк", "name_latin": "101st"}, actor=cast.amina)
    amend_company(session, maker, {"name": "New Name B.V.", "name_latin": "New Name"}, actor=cast.amina)
    assert search_units(session, "101", actor=cast.amina) == [made]
    assert search_units(session, "777", actor=cast.amina) == []
    assert search_companies(session, "new name b.v", actor=cast.amina) == [maker]


def test_persons_and_companies_are_searched_apart(session, cast):
    person, maker = suspect(session, cast.amina), company(session, cast.amina)
    assert search_suspects(session, "vyhadnyk", actor=cast.amina) == [person]
    assert search_companies(session, "vyhadnyk", actor=cast.amina) == []
    add_name(session, maker, text="Vyhadnyk Trading", kind="former", actor=cast.amina)
    assert search_companies(session, "vyhadnyk", actor=cast.amina) == [maker]


def test_a_name_is_as_restricted_as_who_bears_it(session, cast):
    person = suspect(session, cast.amina)
    alias = add_name(session, person, text="Grey", kind="call-sign", actor=cast.amina)
    assert (alias.level, alias.legal_basis) == (person.level, person.legal_basis)


def test_names_are_listed_and_withdrawn(session, cast):
    made = unit(session, cast.amina)
    alias = add_name(session, made, text="Wolves", kind=NameKind.ALIAS, language="EN", actor=cast.amina)
    former = add_name(session, made, text="776-й полк", kind=NameKind.FORMER, actor=cast.amina)
    assert names_of(session, made, actor=cast.daria) == [alias, former]
    assert names_of(session, made, actor=cast.outsider) == []
    end_name(session, alias, reason="another unit's", actor=cast.amina)
    assert names_of(session, made, actor=cast.daria) == [former]
    assert search_units(session, "wolves", actor=cast.amina) == []
    with pytest.raises(InvalidInput, match="withdrawn already"):
        end_name(session, alias, reason="again", actor=cast.amina)


def test_an_identifier_finds_whoever_bears_it(session, cast):
    made, maker = unit(session, cast.amina), company(session, cast.amina)
    number = add_identifier(session, made, value="в/ч 00777", kind="military-unit-number", actor=cast.amina)
    add_identifier(session, maker, value="в/ч 00777", kind="military-unit-number", actor=cast.amina)
    kind = IdentifierKind.MILITARY_UNIT_NUMBER
    assert identified(session, kind, " в/ч 00777 ", actor=cast.amina) == [made, maker]
    assert identified(session, IdentifierKind.LEI, "в/ч 00777", actor=cast.amina) == []
    assert identified(session, kind, "в/ч 00777", actor=cast.outsider) == []
    with pytest.raises(InvalidInput, match="already"):
        add_identifier(session, made, value="в/ч 00777", kind="military-unit-number", actor=cast.amina)
    end_identifier(session, number, reason="misread", actor=cast.amina)
    assert identifiers_of(session, made, actor=cast.amina) == []
    assert identified(session, kind, "в/ч 00777", actor=cast.amina) == [maker]


def test_a_list_is_filtered_by_any_name_an_identifier_and_where_it_is_kept(session, cast):
    made = unit(session, cast.amina, compartment_id=cast.mission)
    other = unit(session, cast.amina, name="Інша частина", name_latin="Another unit")
    add_name(session, other, text="Grey Wolves", kind="alias", actor=cast.amina)
    add_identifier(session, made, value="00777", kind="military-unit-number", actor=cast.amina)
    add_name(session, company(session, cast.amina), text="Grey Wolves Ltd", kind="alias", actor=cast.amina)

    def found(**by):
        return page_units(session, **{"actor": cast.amina, **by})

    assert found(called="wolves") == [other]
    assert found(called=" ІНША ") == [other]
    assert found(called="00777") == [made]
    assert found(called="0077") == []
    assert found(called="—%_") == []
    assert found(called="wolves", actor=cast.outsider) == []
    assert found(compartment_id=cast.mission) == [made]
    assert page_suspects(session, actor=cast.amina, called="wolves") == []
    assert len(page_companies(session, actor=cast.amina, called="wolves")) == 1
    assert page_companies(session, actor=cast.amina, compartment_id=cast.mission) == []


def test_each_kind_of_actor_has_names_and_identifiers_of_its_own(session, cast):
    for made in (suspect(session, cast.amina), company(session, cast.amina)):
        alias = add_name(session, made, text="Grey", kind="alias", actor=cast.amina)
        number = add_identifier(session, made, value="1", kind="other", actor=cast.amina)
        assert names_of(session, made, actor=cast.daria) == [alias]
        assert identifiers_of(session, made, actor=cast.daria) == [number]
        assert made in identified(session, IdentifierKind.OTHER, "1", actor=cast.daria)


@pytest.mark.parametrize(("text", "kind"), [("", "alias"), ("X", "nickname"), ("a\x00b", "alias")])
def test_it_refuses_an_empty_name_or_an_unknown_kind(session, cast, text, kind):
    with pytest.raises(InvalidInput):
        add_name(session, unit(session, cast.amina), text=text, kind=kind, actor=cast.amina)


def test_the_outsider_names_nobody(session, cast):
    made = unit(session, cast.amina)
    with pytest.raises(NotPermitted):
        add_name(session, made, text="X", kind="alias", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        add_identifier(session, made, value="X", kind="other", actor=cast.outsider)


def test_a_raised_level_hides_the_actor_from_every_way_of_finding_it(session, cast):
    made = unit(session, cast.amina, governance=Governance(Level.INTERNAL))
    add_name(session, made, text="Wolves", kind="alias", actor=cast.amina)
    add_identifier(session, made, value="00777", kind="other", actor=cast.amina)
    amend_unit(session, made, {"level": "SEALED"}, actor=cast.amina)
    reader = lower_reader(session, cast)
    assert search_units(session, "wolves", actor=reader) == []
    assert identified(session, IdentifierKind.OTHER, "00777", actor=reader) == []


def lower_reader(session, cast):
    grant(
        session,
        session.get_one(Compartment, cast.home),
        role=Role.READER,
        level=Level.CONFIDENTIAL,
        purpose="tests",
        actor=cast.olena,
        account=session.get_one(Account, cast.outsider.account_id),
    )
    return cast.outsider
