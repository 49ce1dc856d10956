import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.casework.allegations import jurisdiction, packs
from evidence_tracker.casework.allegations.categories import Certainty
from evidence_tracker.casework.allegations.jurisdiction import About, Fit, When
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

INSTANTS = st.integers(0, 18_000).map(
    lambda days: datetime(1990, 1, 1, 13, tzinfo=UTC) + timedelta(days=days)
)

RULE = {
    "id": "a",
    "situation": "s",
    "states": ["UA"],
    "forum": "icc",
    "codes": ["8"],
    "from": None,
    "to": None,
    "effect": "open",
    "basis": "b",
    "confidence": "fair",
}


def facts(*rules):
    return json.dumps({"rules": rules, "membership": []}).encode()


def stated(text):
    return When.of(Moment.parse(text, zone="Europe/Kyiv"))


def cautions(named, when, country):
    pack, code = packs.library().resolve(named)
    return jurisdiction.cautions_for(pack, pack.category(code), stated(when), country)


def texts(found, about):
    return [caution.text for caution in found if caution.about is about]


class TestTime:
    def test_a_text_younger_than_the_act_is_flagged_for_counsel(self):
        found = cautions("ua-cc:442-1", "2022-03-12", "UA")

        (text,) = texts(found, About.TIME)
        assert "after the incident" in text
        assert "non-retroactivity" in text
        assert "counsel" in text

    def test_a_text_that_was_replaced_points_to_its_successor(self):
        (text,) = texts(cautions("ua-cc:438(1)", "2025-03-12", "UA"), About.TIME)

        assert "2024-10-23" in text
        assert "the text that followed" in text

    @pytest.mark.parametrize("when", ["2022-03-12", "2022-03-12T14:30", "2024-10-22", "2001-09-03"])
    def test_a_text_in_force_says_nothing(self, when):
        assert texts(cautions("ua-cc:438(1)", when, "UA"), About.TIME) == []

    @pytest.mark.parametrize("zone", [None, "Europe/Kyiv", "Europe/Moscow", "+14:00", "-12:00"])
    def test_midnight_is_that_of_the_place(self, zone):
        pack = packs.library().pack("ua-cc")
        new = pack.category("438(1)/2024")

        for stated_at, number in (("2024-10-24T00:01", 0), ("2024-10-24", 0), ("2024-10-23T23:59", 1)):
            when = When.of(Moment.parse(stated_at, zone=zone))
            found = jurisdiction.cautions_for(pack, new, when, "UA")
            assert len(texts(found, About.TIME)) == number, stated_at

    @pytest.mark.parametrize("when", ["2024", "2024-10", "2024-10-20/2024-10-27", "after 2022-02-24"])
    def test_an_act_that_may_lie_on_either_side_says_so(self, when):
        (text,) = texts(cautions("ua-cc:438(1)/2024", when, "UA"), About.TIME)

        assert "may lie outside" in text

    def test_a_text_known_only_by_its_year_leaves_that_year_open(self):
        assert texts(cautions("ua-cc:146-1", "2018-08-02", "UA"), About.TIME)[0].endswith("may lie outside.")
        assert texts(cautions("ua-cc:146-1", "2019-01-05", "UA"), About.TIME) == []
        assert "after the incident" in texts(cautions("ua-cc:146-1", "2014-07-05", "UA"), About.TIME)[0]

    def test_a_mode_has_its_own_date(self):
        pack = packs.library().pack("ua-cc")

        found = jurisdiction.mode_cautions(pack.mode("31-1"), pack, stated("2022-03-12"))

        assert any("non-retroactivity" in caution.text for caution in found)


class TestText:
    def test_an_unsure_entry_is_never_without_its_caution(self):
        texts_found = texts(cautions("ua-cc:438(1)/2024", "2025-03-12", "UA"), About.TEXT)

        assert texts_found[0] == "ua-cc 438(1)/2024: to be checked by counsel."

    def test_a_note_comes_along(self):
        assert "not proven" in texts(cautions("ua-cc:115", "2022-03-12", "UA"), About.TEXT)[0]


class TestForum:
    @pytest.mark.parametrize("when", ["2013-12-01", "2014-02-21", "2014-03-01", "2022-03-12", "2024-12-31"])
    def test_ukraine_within_its_declarations_says_nothing(self, when):
        assert texts(cautions("rome-statute:8(2)(a)(i)", when, "UA"), About.FORUM) == []

    @pytest.mark.parametrize("when", ["2013-11-01", "2010-05-05"])
    def test_before_the_first_declaration_it_lies_outside(self, when):
        (text,) = texts(cautions("rome-statute:7(1)(f)", when, "UA"), About.FORUM)

        assert "lies outside" in text
        assert "2013-11-21" in text

    def test_an_imprecise_date_at_the_edge_may_lie_outside(self):
        (text,) = texts(cautions("rome-statute:7(1)(f)", "2013", "UA"), About.FORUM)

        assert "may lie outside" in text

    def test_aggression_is_closed_at_the_court_and_points_to_the_tribunal(self):
        found = texts(cautions("rome-statute:8bis(2)(b)", "2022-02-24", "UA"), About.FORUM)

        assert any(text.startswith("icc: The Court has no jurisdiction") for text in found)
        assert any(text.startswith("special-tribunal:") for text in found)

    def test_article_8_rules_do_not_touch_article_8bis(self):
        found = texts(cautions("rome-statute:8bis(1)", "2026-02-24", "UA"), About.FORUM)

        assert not any("seven years" in text for text in found)

    def test_article_124_speaks_of_war_crimes_from_2025_on(self):
        assert texts(cautions("rome-statute:8(2)(b)(xvi)", "2024-06-01", "UA"), About.FORUM) == []
        (text,) = texts(cautions("rome-statute:8(2)(b)(xvi)", "2025-06-01", "UA"), About.FORUM)
        assert "nationals of Ukraine" in text
        assert texts(cautions("rome-statute:7(1)(f)", "2025-06-01", "UA"), About.FORUM) == []

    def test_children_taken_to_belarus_are_reached_through_ukraine(self):
        found = texts(cautions("rome-statute:8(2)(a)(vii)-1", "2022-09", "BY"), About.FORUM)

        assert any("begins in Ukraine" in text for text in found)
        assert any("not a party" in text for text in found)
        assert not any("Lithuania" in text for text in found)

    def test_nagorno_karabakh_has_its_element_in_armenia(self):
        assert any(
            "Armenia" in t for t in texts(cautions("rome-statute:7(1)(d)", "2023-09-25", "AZ"), About.FORUM)
        )
        assert not any(
            "element in Armenia" in t
            for t in texts(cautions("rome-statute:7(1)(d)", "2021-09-25", "AZ"), About.FORUM)
        )

    def test_armenia_is_covered_from_may_2021(self):
        assert texts(cautions("rome-statute:8(2)(a)(i)", "2022-09-13", "AM"), About.FORUM) == []
        assert "2021-05-10" in texts(cautions("rome-statute:8(2)(a)(i)", "2020-10-13", "AM"), About.FORUM)[0]

    def test_a_national_code_is_read_through_its_correspondences(self):
        found = texts(cautions("ua-cc:438(1)", "2010-05-05", "UA"), About.FORUM)

        assert any("lies outside" in text for text in found)

    def test_a_code_that_corresponds_to_nothing_has_no_forum(self):
        assert texts(cautions("ua-cc:111", "2010-05-05", "UA"), About.FORUM) == []

    def test_a_country_nobody_wrote_rules_for_says_nothing(self):
        assert texts(cautions("rome-statute:7(1)(f)", "2022-05-05", "FR"), About.FORUM) == []

    def test_without_a_country_it_says_that_it_did_not_look(self):
        assert "not checked" in texts(cautions("rome-statute:7(1)(f)", "2022-05-05", None), About.FORUM)[0]


class TestInstruments:
    def test_russia_left_the_convention(self):
        assert texts(cautions("hr:torture", "2022-03-12", "RU"), About.INSTRUMENT) == []
        assert "16 September 2022" in texts(cautions("hr:torture", "2023-03-12", "RU"), About.INSTRUMENT)[0]

    def test_central_asia_is_not_bound_by_the_european_convention(self):
        assert texts(cautions("hr:assembly", "2022-01-05", "KZ"), About.INSTRUMENT) == [
            "KZ is not bound by ECHR."
        ]

    @pytest.mark.parametrize("country", ["AM", "AZ", "GE", "UA", "MD"])
    def test_parties_say_nothing(self, country):
        assert texts(cautions("hr:assembly", "2022-01-05", country), About.INSTRUMENT) == []


class TestFile:
    def test_every_code_of_a_rule_is_one_of_the_statute(self):
        rome = packs.library().pack("rome-statute")

        for rule in jurisdiction.known_facts().rules:
            assert set(rule.codes) <= set(rome.categories), rule.id

    def test_every_instrument_is_one_that_a_category_names_or_a_protocol(self):
        named = {
            basis.instrument for c in packs.library().pack("hr").categories.values() for basis in c.basis
        }

        assert {fact.instrument for fact in jurisdiction.known_facts().membership} <= named | {"ICCPR-OP1"}

    def test_no_rule_is_unsure_without_saying_so(self):
        for rule in jurisdiction.known_facts().rules:
            assert rule.certainty in {Certainty.CERTAIN, Certainty.FAIR}

    @pytest.mark.parametrize(
        "change",
        [
            {"from": "2025", "to": "2024"},
            {"states": ["Ukraine"]},
            {"states": []},
            {"effect": "maybe"},
            {"codes": [8]},
            {"confidence": "sure"},
        ],
    )
    def test_a_faulty_rule_is_refused(self, change):
        with pytest.raises(InvalidInput):
            jurisdiction.read_facts(facts(RULE | change))

    def test_a_rule_that_stands_twice_is_refused(self):
        with pytest.raises(InvalidInput, match="twice"):
            jurisdiction.read_facts(facts(RULE, RULE))

    def test_the_rule_these_tests_break_is_sound(self):
        assert len(jurisdiction.read_facts(facts(RULE)).rules) == 1


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_a_span_fits_a_window_as_arithmetic_says(start, length):
    when = When(start, start + length)
    window = Moment.parse("2014-02-20", zone="UTC"), Moment.parse("2024-10-23", zone="UTC")
    opens, closes = window[0].bounds()[0], window[1].bounds()[1]

    fit = when.fit(*window)

    assert (fit is Fit.OUTSIDE) == (when.latest < opens or when.earliest > closes)
    assert (fit is Fit.INSIDE) == (opens <= when.earliest and when.latest <= closes)


@given(INSTANTS)
def test_a_window_without_ends_holds_everything(instant):
    assert When(instant, instant).fit(None, None) is Fit.INSIDE
