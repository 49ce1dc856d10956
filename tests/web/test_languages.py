"""In which language a page is: the account's, else the browser's, else English; and what plurals and errors say."""

import re
from typing import Any

import pytest
from flask import Flask, g
from flask_babel import force_locale, ngettext

from evidence_tracker.errors import NotPermitted
from evidence_tracker.sandbox import answers, previews, runner
from evidence_tracker.web import catalogues, create_app, errors, languages
from evidence_tracker.web.formats import size
from evidence_tracker.web.house import House
from evidence_tracker.web.sentences import Pattern, told
from evidence_tracker.web.words import column, said
from tests.cast import Cast
from tests.web.conftest import ClientOf

UKRAINIAN = {"Accept-Language": "uk-UA,uk;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    catalogues.compile_stale()


def language_of(page: str) -> str:
    found = re.search(r'<html lang="([^"]*)"', page)
    assert found is not None
    return found[1]


def choose(browser: Any, code: str) -> Any:
    return browser.post("/account/language", data={"language": code})


# ---------------------------------------------------------------------------- which language


def test_the_sign_in_page_is_in_the_language_that_the_browser_asks_for(stranger):
    page = stranger.get("/sign-in", headers=UKRAINIAN).text

    assert language_of(page) == "uk"
    assert "Логін" in page
    assert "Увійти" in page
    assert ">Sign in<" not in page


@pytest.mark.parametrize(
    "asked", ["", "ka,hy;q=0.8", "xx-YY", "*;q=0", "uk;q=0", "\x7f", "uk" * 3000, "../uk"]
)
def test_a_language_without_a_catalogue_is_english(stranger, asked):
    page = stranger.get("/sign-in", headers={"Accept-Language": asked}).text

    assert language_of(page) == "en"
    assert ">Sign in<" in page


def test_the_language_that_the_account_chose_wins(client_of: ClientOf):
    amina = client_of("amina")
    assert choose(amina, "uk").status_code == 303
    page = amina.get("/account", headers={"Accept-Language": "en"}).text

    assert language_of(page) == "uk"
    assert "Відтепер сторінки будуть цією мовою." in page
    assert '<option value="uk" lang="uk" selected>' in page
    assert language_of(client_of("amina").get("/", headers={"Accept-Language": "en"}).text) == "uk"
    assert language_of(client_of("chen").get("/", headers={"Accept-Language": "en"}).text) == "en"


def test_english_can_be_chosen_in_a_ukrainian_browser_and_left_to_it_again(client_of: ClientOf):
    amina = client_of("amina")
    choose(amina, "en")
    assert language_of(amina.get("/", headers=UKRAINIAN).text) == "en"
    choose(amina, "")
    assert language_of(amina.get("/", headers=UKRAINIAN).text) == "uk"


@pytest.mark.parametrize("code", ["xx", "UK", "../uk", "uk\x00", "Українська"])
def test_a_language_that_is_not_offered_is_refused_and_nothing_is_kept(client_of: ClientOf, code):
    amina = client_of("amina")

    assert choose(amina, code).status_code == 422
    assert language_of(amina.get("/").text) == "en"


def test_choosing_a_language_leaves_no_event_in_the_log(client_of: ClientOf, instance, cast: Cast):
    with instance.reading() as session:
        before = session.connection().exec_driver_sql("SELECT count(*) FROM custody_event").scalar()
    choose(client_of("amina"), "uk")

    with instance.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM custody_event").scalar() == before


def test_the_account_says_that_a_translation_is_a_draft(client_of: ClientOf):
    page = client_of("amina").get("/account").text

    assert "Українська · draft translation" in page
    assert "in doubt the English words hold" in page


def test_without_a_catalogue_everything_is_english(house: House, monkeypatch, tmp_path):
    monkeypatch.setattr(languages, "found", lambda _folder: {"en": languages.Language("en", "English")})
    app = create_app(house)
    app.config["TESTING"] = True

    assert language_of(app.test_client().get("/sign-in", headers=UKRAINIAN).text) == "en"


def test_a_language_that_is_no_longer_there_is_as_none(app: Flask):
    with app.test_request_context(headers=UKRAINIAN):
        g.language = "ka"
        assert languages.current().code == "uk"


# ---------------------------------------------------------------------------- what it says


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "Залишився 1 код."), (2, "Залишилося 2 коди."), (5, "Залишилося 5 кодів."), (11, "Залишилося 11 кодів."),
        (21, "Залишився 21 код."), (24, "Залишилося 24 коди."), (112, "Залишилося 112 кодів."),
    ],
)  # fmt: skip
def test_one_few_and_many_have_their_own_forms(app: Flask, count, says):
    with app.test_request_context(headers=UKRAINIAN):
        assert ngettext("One is left.", "%(num)s are left.", count) == says


def test_what_is_not_translated_stays_english(app: Flask):
    with app.test_request_context(headers=UKRAINIAN):
        assert said("a-word-that-nobody-translated") == "A word that nobody translated"
        assert column("no_such_column") == "No such column"
        assert told("A sentence that nobody wrote.") == "A sentence that nobody wrote."
        assert (said(""), said(None), column(""), told("")) == ("", "", "", "")


def test_a_state_and_a_button_with_the_same_english_word_are_two_texts(app: Flask):
    with app.test_request_context(headers=UKRAINIAN):
        assert said("open") == "Відкрито"
        assert said("close") == "Великий план"


def test_numbers_and_dates_are_written_as_the_language_does(app: Flask, client_of: ClientOf):
    with app.test_request_context(headers=UKRAINIAN):
        assert size(3 << 19) == "1,5\u00a0MiB"
    with app.test_request_context():
        assert size(3 << 19) == "1.5\u00a0MiB"
    amina = client_of("amina")
    choose(amina, "uk")
    assert re.search(
        r"\d+ (?:січ|лют|бер|квіт|трав|черв|лип|серп|вер|жовт|лист|груд)", amina.get("/account/sessions").text
    )


def test_levels_are_words_in_the_language_and_marks_in_the_style_sheet(client_of: ClientOf):
    amina = client_of("amina")
    page = amina.get("/compartments/", headers=UKRAINIAN).text

    assert re.search(r'<span class="level level-[a-z]+">[А-ЯІЇЄ’]+</span>', page)


# ---------------------------------------------------------------------------- sentences of the rooms


def test_an_error_of_a_room_is_said_in_the_language_of_the_page(stranger, client_of: ClientOf):
    page = client_of("amina").get("/missions/KYI-X-9999", headers=UKRAINIAN)

    assert page.status_code == 404
    assert "Перевірте номер" in page.text


def test_what_varies_in_a_sentence_is_kept_apart(app: Flask):
    with app.test_request_context(headers=UKRAINIAN):
        assert told("Wait 30 seconds and try again.") == "Зачекайте 30 с і спробуйте ще раз."
        assert (
            told("Wait <b>{0} %(x)s</b> seconds and try again.")
            == "Зачекайте <b>{0} %(x)s</b> с і спробуйте ще раз."
        )
        assert told(NotPermitted("This instance is locked.")) == "Цю систему заблоковано."


@pytest.mark.parametrize(
    "reason",
    [
        answers.UNREADABLE_ANSWER,
        previews.NO_DECODER,
        previews.TOO_LARGE,
        runner.NOT_DRAWN,
        runner.NOT_READ,
        runner.BUSY,
        runner.TOO_LARGE,
        "Page 7 could not be read (no such object).",
    ],
)
def test_the_reasons_of_the_sandbox_are_said_in_the_language_of_the_page(app: Flask, reason):
    with app.test_request_context(headers=UKRAINIAN):
        assert re.search("[а-яіїє]{4}", told(reason)), reason


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("a is not b.", "b: a!"),
        ("a is not b is not c.", "b is not c: a!"),
        (" is not .", ": !"),
        ("a is not b", None),
        ("a is b.", None),
        ("is not .", None),
        (".", None),
    ],
)
def test_a_pattern_takes_its_sentence_and_no_other(app: Flask, message, says):
    with app.test_request_context():
        assert Pattern.of("{0} is not {1}.", "{1}: {0}!").fill(message) == says


def test_the_access_log_is_in_english_whoever_was_denied(client_of: ClientOf, instance):
    outsider = client_of("outsider")
    choose(outsider, "uk")
    outsider.post("/missions/new/plan", data={"title": "x"})

    with instance.reading() as session:
        lines = session.connection().exec_driver_sql("SELECT what FROM access_entry").scalars().all()
    assert lines
    assert not [line for line in lines if re.search("[а-яіїє]", line)]


def test_an_answer_to_a_script_is_in_the_language_too(stranger):
    answer = stranger.get("/missions/", headers={**UKRAINIAN, "Accept": "application/json"})

    assert answer.get_json()["error"] == "Ви вже не в системі."


def test_every_sentence_of_http_has_words(app: Flask):
    with app.test_request_context(), force_locale("uk"):
        assert not [
            code for code, words in errors._WORDS.items() if re.search("[A-Za-z]{3}", f"{words[0]}{words[1]}")
        ]
