import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.allegations import queries
from evidence_tracker.casework.allegations.alleging import (
    amend_allegation,
    change_status,
    name_suspect,
    release_suspect,
)
from evidence_tracker.casework.allegations.models import AllegationStatus
from evidence_tracker.casework.allegations.packs import library
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotFound, NotPermitted
from tests.factories import allegations as make
from tests.factories import incidents


def named(session, row, suspect, cast, **facts):
    stated = {"confidence": "possible", "basis": "two accounts name the unit", "actor": cast.daria}
    return name_suspect(session, row, suspect, **(stated | facts))


class TestAlleging:
    def test_it_pins_the_pack_the_version_the_code_and_the_digest(self, session, cast):
        row = make.allegation(session, cast)
        pack = library().pack("rome-statute")

        assert row.reference == "KYI-A-0001"
        assert (row.pack_id, row.pack_version, row.code) == ("rome-statute", "2019.1", "8(2)(a)(vii)-2")
        assert row.pack_sha256 == pack.sha256
        assert row.status is AllegationStatus.CLAIMED

    def test_it_inherits_home_level_and_basis_of_the_incident(self, session, cast):
        incident = incidents.incident(session, cast, governance=Governance(Level.RESTRICTED, "p", "b"))

        row = make.allegation(session, cast, incident=incident)

        assert row.compartment_id == incident.compartment_id
        assert (row.level, row.purpose, row.legal_basis) == (Level.RESTRICTED, "p", "b")

    def test_a_heading_is_refused_with_what_lies_below(self, session, cast):
        for heading in ("rome-statute:8", "rome-statute:8(2)(b)", "ua-cc:438"):
            with pytest.raises(InvalidInput, match="heading") as refused:
                make.allegation(session, cast, heading)
            assert "(" in refused.value.advice

    def test_unknown_packs_and_codes_are_not_found(self, session, cast):
        for category in ("rome-statute:9", "rome-statute@1998:6(a)", "icc:6(a)"):
            with pytest.raises(NotFound):
                make.allegation(session, cast, category)
        for category in ("", "6(a)", "rome-statute"):
            with pytest.raises(InvalidInput):
                make.allegation(session, cast, category)

    def test_it_needs_a_rationale(self, session, cast):
        with pytest.raises(InvalidInput, match="rationale"):
            make.allegation(session, cast, rationale=" ")

    def test_article_438_needs_the_treaty_articles(self, session, cast):
        with pytest.raises(InvalidInput, match="name the articles"):
            make.allegation(session, cast, "ua-cc:438(1)")
        with pytest.raises(InvalidInput, match="humanitarian law"):
            make.allegation(session, cast, "ua-cc:438(1)", ihl_basis=["the Geneva one"])

        row = make.allegation(session, cast, "ua-cc:438(1)", ihl_basis=["GC IV article 42", "GC IV art 42"])
        assert row.ihl_basis == ["GC IV art 42"]

    def test_an_older_law_never_stands_in_the_way(self, session, cast):
        row = make.allegation(session, cast, "ua-cc:442-1")

        found = [caution.text for caution in queries.cautions(session, row, actor=cast.daria)]
        assert any("non-retroactivity" in text for text in found)

    def test_whoever_may_not_record_is_refused(self, session, cast):
        incident = incidents.incident(session, cast)

        with pytest.raises(NotPermitted):
            make.allegation(session, cast, incident=incident, actor=cast.outsider)

    def test_an_incident_one_may_not_see_is_not_read_under_anything(self, session, cast):
        closed = incidents.closed_compartment(session, cast)
        incident = incidents.incident(session, cast, compartment_id=closed.id)

        with pytest.raises(NotPermitted):
            make.allegation(session, cast, incident=incident)


class TestAmending:
    def test_the_rationale_changes_and_the_category_never(self, session, cast):
        row = make.allegation(session, cast)

        amend_allegation(session, row, {"rationale": "Better words."}, actor=cast.daria, expected_version=1)
        assert (row.rationale, row.version) == ("Better words.", 2)
        for changes in (
            {"code": "6(a)"},
            {"pack_version": "1"},
            {"incident_id": None},
            {"status": "supported"},
        ):
            with pytest.raises(InvalidInput):
                amend_allegation(session, row, changes, actor=cast.daria)

    def test_a_stale_edit_and_an_outsider_change_nothing(self, session, cast):
        row = make.allegation(session, cast)

        with pytest.raises(Conflict):
            amend_allegation(session, row, {"rationale": "x"}, actor=cast.daria, expected_version=9)
        with pytest.raises(NotPermitted):
            amend_allegation(session, row, {"rationale": "x"}, actor=cast.outsider)
        assert row.rationale == "Thirty civilians held for twelve days."

    def test_the_treaty_articles_of_438_cannot_be_taken_away(self, session, cast):
        row = make.allegation(session, cast, "ua-cc:438(1)", ihl_basis=["GC IV art 42"])

        with pytest.raises(InvalidInput):
            amend_allegation(session, row, {"ihl_basis": []}, actor=cast.daria)
        assert amend_allegation(
            session, row, {"ihl_basis": ["GC IV art. 78"]}, actor=cast.daria
        ).ihl_basis == ["GC IV art 78"]


class TestStatus:
    def test_the_reason_of_each_move_is_in_the_log(self, instance, cast):
        with instance.transaction() as session:
            row = make.allegation(session, cast)
            row_id = row.id
            change_status(session, row, "supported", reason="Both accounts agree.", actor=cast.daria)
            change_status(session, row, "contested", reason="The unit was elsewhere.", actor=cast.daria)
        with instance.reading() as session:
            events = [event.values for event in events_of(session, instance.keyring, row_id)]

        assert [event["act"] for event in events] == ["recorded", "state_changed", "state_changed"]
        assert [(e["from_status"], e["record.status"], e["reason"]) for e in events[1:]] == [
            ("claimed", "supported", "Both accounts agree."),
            ("supported", "contested", "The unit was elsewhere."),
        ]

    def test_a_move_needs_a_reason_a_known_status_and_a_difference(self, session, cast):
        row = make.allegation(session, cast)

        for status, reason in (("supported", " "), ("proven", "sure"), ("claimed", "again")):
            with pytest.raises(InvalidInput):
                change_status(session, row, status, reason=reason, actor=cast.daria)
        with pytest.raises(NotPermitted):
            change_status(session, row, "supported", reason="x", actor=cast.outsider)
        with pytest.raises(Conflict):
            change_status(session, row, "supported", reason="x", actor=cast.daria, expected_version=4)

    def test_a_withdrawn_allegation_stays_withdrawn(self, session, cast):
        row = make.allegation(session, cast)
        change_status(session, row, "withdrawn", reason="Double.", actor=cast.daria)

        with pytest.raises(GateClosed):
            change_status(session, row, "claimed", reason="Back.", actor=cast.daria)


class TestSuspects:
    def test_a_suspect_and_a_unit_are_named_with_a_mode(self, session, cast):
        row = make.allegation(session, cast)
        suspect, unit = incidents.suspect(session, cast), incidents.unit(session, cast)

        by_command = named(session, row, suspect, cast, mode="28(a)")
        plain = named(session, row, unit, cast)

        assert (by_command.mode_pack_id, by_command.mode_pack_version, by_command.mode_code) == (
            "rome-statute",
            "2019.1",
            "28(a)",
        )
        assert by_command.level is Level.RESTRICTED
        assert plain.mode_code is None
        parts = {part.kind: part.name for _link, part in queries.suspects_of(session, row, actor=cast.daria)}
        assert parts == {"suspect": "Ivan Vyhadanyi", "unit": "999th Fictional Regiment"}
        assert queries.for_suspect(session, suspect, actor=cast.daria) == [row]
        (link, found), *_more = queries.namings_of(session, suspect, actor=cast.daria, limit=9)
        assert (link.suspect_id, found) == (suspect.id, row)
        assert queries.namings_of(session, suspect, actor=cast.outsider, limit=9) == []
        assert queries.suspects_of(session, row, actor=cast.outsider) == []

    def test_a_mode_of_another_pack_is_named_with_it(self, session, cast):
        row = make.allegation(session, cast, "ua-cc:438(1)", ihl_basis=["GC IV art 42"])
        suspect = incidents.suspect(session, cast)

        link = named(session, row, suspect, cast, mode="rome-statute:25(3)(a)/jointly")

        assert (link.mode_pack_id, link.mode_code) == ("rome-statute", "25(3)(a)/jointly")
        assert named(session, row, suspect, cast, mode="31-1").mode_pack_id == "ua-cc"
        cautions = [caution.text for caution in queries.cautions(session, row, actor=cast.daria)]
        assert any("31-1" in text and "non-retroactivity" in text for text in cautions)

    def test_incitement_goes_only_with_genocide(self, session, cast):
        suspect = incidents.suspect(session, cast)
        genocide = make.allegation(session, cast, "rome-statute:6(e)")
        national = make.allegation(session, cast, "ua-cc:442")

        assert named(session, genocide, suspect, cast, mode="25(3)(e)").mode_code == "25(3)(e)"
        assert named(session, national, suspect, cast, mode="rome-statute:25(3)(e)").mode_code == "25(3)(e)"
        with pytest.raises(InvalidInput, match="only for 6"):
            named(session, make.allegation(session, cast), suspect, cast, mode="25(3)(e)")

    def test_a_faulty_naming_is_refused(self, session, cast):
        row, suspect = make.allegation(session, cast), incidents.suspect(session, cast)

        for facts in ({"confidence": "sure"}, {"basis": ""}):
            with pytest.raises(InvalidInput):
                named(session, row, suspect, cast, **facts)
        with pytest.raises(NotFound):
            named(session, row, suspect, cast, mode="99")
        with pytest.raises(NotPermitted):
            named(session, row, suspect, cast, actor=cast.outsider)

    def test_a_released_suspect_is_gone_from_lists_and_stays_on_record(self, session, cast):
        row, suspect = make.allegation(session, cast), incidents.suspect(session, cast)
        link = named(session, row, suspect, cast)

        assert queries.find_naming(session, link.id, actor=cast.daria) is link
        with pytest.raises(NotFound):
            queries.find_naming(session, link.id, actor=cast.outsider)
        release_suspect(session, link, reason="Another man of that name.", actor=cast.daria)
        assert queries.suspects_of(session, row, actor=cast.daria) == []
        assert queries.for_suspect(session, suspect, actor=cast.daria) == []
        with pytest.raises(Conflict):
            release_suspect(session, link, reason="Again.", actor=cast.daria)


class TestLists:
    def test_allegations_are_found_by_code_and_what_lies_under_it(self, session, cast):
        incident = incidents.incident(session, cast)
        confinement = make.allegation(session, cast, incident=incident)
        deportation = make.allegation(session, cast, "rome-statute:8(2)(a)(vii)-1", incident=incident)
        genocide = make.allegation(session, cast, "rome-statute:6(e)")
        national = make.allegation(session, cast, "ua-cc:115")

        def listed(**filters):
            return set(queries.list_allegations(session, actor=cast.daria, **filters))

        assert listed() == {confinement, deportation, genocide, national}
        assert listed(code="8(2)(a)(vii)") == listed(code="8") == {confinement, deportation}
        assert listed(incident=incident) == {confinement, deportation}
        assert listed(pack_id="ua-cc") == {national}
        assert listed(code="1") == set()
        assert listed(status=AllegationStatus.REJECTED) == set()
        assert queries.count_allegations(session, actor=cast.daria) == 4

    def test_an_outsider_gets_neither_rows_nor_a_count(self, session, cast):
        row = make.allegation(session, cast)

        assert queries.list_allegations(session, actor=cast.outsider) == []
        assert queries.count_allegations(session, actor=cast.outsider) == 0
        for question in (queries.cautions, queries.suspects_of):
            try:
                assert question(session, row, actor=cast.outsider) == []
            except NotFound:
                continue
        with pytest.raises(NotFound):
            queries.find_allegation(session, row.reference, actor=cast.outsider)
