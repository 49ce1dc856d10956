"""What the tests of rooms do in a browser: send a form, have it refused, count what a page asks the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.instance import Instance
from tests.cast import Cast

#: One of them finds the session of the browser; ten are the page's.
MOST_QUERIES = 11


def done(browser: FlaskClient, path: str, /, **typed: Any) -> str:
    """Send a form that is to be accepted; returns where it leads."""
    answer = browser.post(path, data=typed)
    assert answer.status_code == 303, (answer.status_code, said(answer.text))
    return str(answer.headers["Location"])


def refused(browser: FlaskClient, path: str, /, status: int = 422, **typed: Any) -> str:
    """Send a form that is to be refused; returns the page, which holds every word that was typed."""
    answer = browser.post(path, data=typed)
    assert answer.status_code == status, (answer.status_code, said(answer.text))
    return str(answer.text)


def said(page: str) -> list[str]:
    """Return what a page says is wrong: its heading, its error, and that of each field."""
    found = re.findall(
        r'<h1[^>]*>(.*?)</h1>|class="form-errors[^>]*>(.*?)</div>|class="field-error"[^>]*>(.*?)</p>', page
    )
    return [re.sub("<[^>]+>", " ", "".join(one)).strip() for one in found]


def page(browser: FlaskClient, path: str) -> str:
    """Return a page that is to be there."""
    answer = browser.get(path)
    assert answer.status_code == 200, (answer.status_code, path)
    return str(answer.text)


@contextmanager
def asking(instance: Instance) -> Iterator[list[str]]:
    """Yield a list that grows by each query until the block ends."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        if told[2].lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append(told[2])

    with instance.engine.connect() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def let_read(instance: Instance, cast: Cast, level: Level = Level.SEALED) -> None:
    """Let the outsider read, up to a level, and do nothing else."""
    with instance.transaction() as session:
        account = session.get_one(Account, cast.outsider.account_id)
        for place in (cast.home, cast.mission):
            grant(
                session,
                session.get_one(Compartment, place),
                role=Role.READER,
                level=level,
                purpose="tests",
                actor=cast.olena,
                account=account,
            )


def version_in(form: str) -> str:
    """Return the version that a form was made of."""
    return form.split('name="_version" value="')[1].split('"', maxsplit=1)[0]
