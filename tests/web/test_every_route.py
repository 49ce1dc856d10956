"""What holds for every page there is, however many there will be: nobody is let in, told or led elsewhere."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from evidence_tracker.web import ROOMS, create_app
from evidence_tracker.web.headers import POLICY
from evidence_tracker.web.house import House
from evidence_tracker.web.kinds import Scope
from evidence_tracker.web.sign_in import PUBLIC
from tests.web.conftest import ClientOf

UNKNOWN = {
    "reference": "KYI-X-9999",
    "tab": "custody",
    "action": "amend",
    "section": "items",
    "name": "KYI-B-NOTHING",
    "token": "no-such-token",
    "size": "thumb",
    "number": 1,
    "filename": "app.css",
    "ticket": "no-such-ticket",
}
ID = UUID(int=9)


def rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


def address(app: Flask, rule: Rule) -> str:
    """Return an address of a page, with names of things that are not there."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        is_id = type(rule._converters[name]).__name__ == "UUIDConverter"
        values[name] = ID if is_id else UNKNOWN.get(name, "nothing")
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, values)
    return str(built)


def test_nobody_is_let_in_without_a_sign_in(app: Flask, stranger):
    let_in = []
    for rule in rules(app):
        if rule.endpoint in PUBLIC:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            answer = stranger.open(address(app, rule), method=method)
            is_sent_away = answer.status_code in {302, 303} and "/sign-in" in answer.headers["Location"]
            if not (is_sent_away or answer.status_code in {401, 403}):
                let_in.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not let_in, "\n".join(let_in)


def test_what_is_not_there_is_answered_in_sentences_and_never_with_a_fault(app: Flask, client_of: ClientOf):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    amina = client_of("amina")
    wrong = []
    for rule in rules(app):
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT"}):
            if rule.endpoint in {"unlock.lock", "security.logout"} and method == "POST":
                continue
            answer = amina.open(address(app, rule), method=method)
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_answer_says_what_the_browser_may_do(app: Flask, client_of: ClientOf, stranger):
    amina = client_of("amina")
    for rule in rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        for browser in (amina, stranger):
            answer = browser.get(address(app, rule))
            policy = answer.headers["Content-Security-Policy"]
            assert policy == POLICY or policy.startswith("sandbox"), rule.rule
            assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.rule
            assert "no-store" in answer.headers["Cache-Control"], rule.rule


def test_no_page_holds_script_or_style_of_its_own_or_leads_to_another_host(app: Flask, client_of: ClientOf):
    olena = client_of("olena")
    for rule in rules(app):
        if "GET" not in (rule.methods or set()) or rule.endpoint == "security.logout":
            continue
        answer = olena.get(address(app, rule))
        if answer.mimetype != "text/html":
            continue
        page = answer.text
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page), rule.rule
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), rule.rule
        hosts = re.findall(r'(?:href|src|action)="(?:https?:)?//[^"]*"', page)
        assert not hosts, (rule.rule, hosts)


def test_every_form_is_closed_to_other_sites(house: House):
    app = create_app(house)
    app.config["TESTING"] = True
    browser = app.test_client()
    for rule in rules(app):
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "DELETE"}):
            answer = browser.open(address(app, rule), method=method, data={"x": "y"})
            assert answer.status_code in {302, 303, 400, 401, 403}, (method, rule.rule, answer.status_code)


@pytest.mark.parametrize("login", ["outsider", "amina", "daria", "chen", "bohdan", "olena"])
def test_every_list_and_every_form_opens_or_says_that_it_may_not(client_of: ClientOf, login: str):
    browser = client_of(login)
    for room in ROOMS:
        paths = [f"/{room.name}/", f"/{room.name}/list.csv"]
        paths += [f"/{room.name}/new/{one.name}" for one in room.actions if one.scope is Scope.LIST]
        for path in paths:
            answer = browser.get(path)
            assert answer.status_code in {200, 303, 403, 404}, (path, answer.status_code)
            if answer.status_code == 403:
                assert "may not" in answer.text, path


def test_what_one_may_not_begin_is_not_offered(client_of: ClientOf):
    page = client_of("outsider").get("/").text
    offered = re.findall(r'href="/([a-z]+)/new/([a-z-]+)"', page)
    outsider = client_of("outsider")
    for room, action in offered:
        assert outsider.get(f"/{room}/new/{action}").status_code == 200, (room, action)
