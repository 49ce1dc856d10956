"""What the process writes of its work names nothing and nobody."""

import logging

import pytest

from evidence_tracker.web import logs


@pytest.fixture(autouse=True)
def all_lines(caplog):
    caplog.set_level(logging.DEBUG)


def test_of_a_request_the_rule_of_its_address_is_written(client_of, caplog):
    client_of("amina").get("/missions/KYI-2026-01?q=Oksana")

    assert "GET /missions/<reference> 404" in caplog.text
    assert "KYI-2026-01" not in caplog.text
    assert "Oksana" not in caplog.text
    assert "amina" not in caplog.text


def test_a_link_that_lets_somebody_in_is_not_written(stranger, caplog):
    stranger.get("/welcome/a-secret-token")

    assert "/welcome/<token> 404" in caplog.text
    assert "a-secret-token" not in caplog.text


def test_an_address_that_is_none_is_not_written(client_of, caplog):
    client_of("amina").get("/Oksana/Nebuvalko")

    assert "(no such page) 404" in caplog.text
    assert "Oksana" not in caplog.text


def test_of_an_error_its_kind_and_place_are_written_and_not_its_words(app, client_of, caplog, monkeypatch):
    def fail() -> None:
        raise ValueError("Oksana Nebuvalko lives at Vyhadana street")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "account.show", fail)

    answer = client_of("amina").get("/account")

    assert answer.status_code == 500
    assert "Oksana" not in answer.text
    assert "ValueError" in caplog.text
    assert "test_logs.py:" in caplog.text
    assert "Oksana" not in caplog.text


def test_health_and_the_looks_of_pages_are_no_lines(stranger, caplog):
    stranger.get("/health")
    stranger.get("/static/app.css").close()

    assert caplog.text == ""


def test_no_error_is_told_too():
    assert logs.told(None) == "unknown"
