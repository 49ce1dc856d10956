"""How values are shown to people: dates in their own zone, codes by their names, words of lists as words."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel

from evidence_tracker.values.moment import Moment
from evidence_tracker.web.formats import instant, moment, plain, word_or_text
from evidence_tracker.web.tongues import country, decoded, tongue


@pytest.fixture(autouse=True)
def reader() -> Iterator[None]:
    """Read in English, in Kyiv."""
    app = Flask("reader")
    Babel(app, default_timezone="Europe/Kyiv")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (datetime(2025, 7, 1, 9, tzinfo=UTC), "1 Jul 2025, 12:00 EEST"),
        (datetime(2025, 12, 1, 9, tzinfo=UTC), "1 Dec 2025, 11:00 EET"),
    ],
)
def test_an_instant_names_the_zone_of_its_own_day_not_of_today(when, shown):
    assert shown in instant(when)


@pytest.mark.parametrize(
    ("stated", "zone", "shown"),
    [
        ("2022", None, ">2022<"),
        ("c. 2022-03", None, ">c. March 2022<"),
        ("2022-03-12/2022-03-24", None, ">12 Mar 2022 – 24 Mar 2022<"),
        ("before 2022-03", None, ">before March 2022<"),
        ("after 2022-03-12T14", None, ">after 12 Mar 2022, 14 h<"),
        ("2022-03-12T14:30", "Europe/Kyiv", ">12 Mar 2022, 14:30 EET (UTC+2)<"),
        ("2022-07-12T14:30", "Europe/Kyiv", ">12 Jul 2022, 14:30 EEST (UTC+3)<"),
        ("2022-03-12T14:30", "Asia/Kolkata", ">12 Mar 2022, 14:30 IST (UTC+5:30)<"),
        ("2022-03-12T14:30", "Asia/Almaty", ">12 Mar 2022, 14:30 UTC+6<"),
        ("2022-03-12T14:30", "UTC", ">12 Mar 2022, 14:30 UTC<"),
        ("2022-03-12T14:30", "-03:30", ">12 Mar 2022, 14:30 UTC−3:30<"),
        ("before 2022-03-12T14:30", "UTC", ">before 12 Mar 2022, 14:30 UTC<"),
    ],
)
def test_a_stated_moment_is_shown_as_exact_as_it_is_with_its_zone_on_that_day(stated, zone, shown):
    assert shown in moment(Moment.parse(stated, zone=zone))


def test_words_of_lists_are_shown_as_words_and_texts_of_people_as_they_are():
    assert plain(["victim", "confidentiality-limits"]) == (
        "Victim, Where confidentiality ends: courts, the defence"
    )
    assert word_or_text("national-prosecutor · investigation") == "National prosecutor · Investigation"
    assert word_or_text("льох · a note of mine") == "льох · a note of mine"


def test_codes_of_languages_and_countries_are_shown_by_their_names():
    assert (tongue("uk"), tongue("crh-Latn")) == ("Ukrainian (uk)", "Crimean Tatar, Latin (crh-Latn)")
    assert (tongue("x-unknown"), tongue(None), country("UA"), country("ZQ")) == (
        "x-unknown",
        "",
        "Ukraine",
        "ZQ",
    )
    assert decoded(["uk", "ru"], "languages") == "Ukrainian (uk), Russian (ru)"
    assert decoded("uk", "title") == "uk"
