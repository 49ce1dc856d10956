"""The real application on the instance of a test, served on loopback; everybody has a secret of their own."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from evidence_tracker.access.accounts import add_account, set_secret
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.app import create_app
from evidence_tracker.instance import Instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.web.house import House
from tests.cast import PASSPHRASE, ROLES, Cast

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

#: What a browser sends that is listened to, and how it arrives.
LISTEN = {"X-Listened-To": "yes"}
LISTENED = "HTTP_X_LISTENED_TO"
#: Everybody's own secret; accounts of their own, so that nobody is told apart by it.
SECRET = "a secret of the journeys"
#: Analysts: erika is let in by a test, farid is in already.
ANALYSTS = ("erika", "farid")


class Quiet(WSGIRequestHandler):
    """A server that writes no line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Served:
    """The house, and where it answers."""

    instance: Instance
    house: House
    address: str
    heard: "Heard"

    def sign_in(self, page: Page, login: str) -> Page:
        """Sign somebody in as a person does; returns the page, which stands at the start."""
        page.goto(f"{self.address}/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Secret").fill(SECRET)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
        return page


@dataclass
class Heard:
    """Every answer that browsers with the header ``LISTENED`` were given: its address, its headers, its words."""

    application: "WSGIApplication"
    answers: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, and remember it if the browser is listened to."""
        if LISTENED not in environ:
            return self.application(environ, start_response)
        head: list[str] = []

        def note(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            head.extend(f"{name}: {value}" for name, value in headers)
            return start_response(status, headers, *more)

        answered = self.application(environ, note)
        body = b"".join(answered)
        answered.close()  # type: ignore[attr-defined] # Flask's answers can be closed
        address = str(environ["PATH_INFO"])
        self.answers.append((address, "\n".join([*head, body.decode("utf-8", "replace")])))
        return [body]

    def told(self, *words: str) -> list[str]:
        """Return where one of these words was told, other than to somebody who asked for it by its address."""
        return [
            f"{address}: {word}"
            for address, text in self.answers
            for word in words
            if word in text and word not in address
        ]


@contextmanager
def serving(instance: Instance) -> Iterator[Served]:
    """Serve the application of an open instance on loopback until the block ends."""
    house = House.of(instance)
    app = create_app(house)
    heard = Heard(app.wsgi_app)
    app.wsgi_app = heard  # type: ignore[method-assign] # as Flask documents it
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(instance, house, f"http://127.0.0.1:{server.server_port}", heard)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def furnish(instance: Instance, cast: Cast) -> None:
    """Give everybody their secret, take two analysts on, and make bohdan a custodian of identities."""
    with instance.transaction() as session:
        for account in session.scalars(select(Account).where(Account.login.in_(["olena", *ROLES]))):
            set_secret(session, account, SECRET, actor=cast.olena, cost=CHEAP)
        _, farid = [
            add_account(
                session, login=login, display_name=login.title(), actor=cast.olena, secret=SECRET, cost=CHEAP
            )
            for login in ANALYSTS
        ]
        for place in (cast.mission, cast.home):
            grant(
                session,
                session.get_one(Compartment, place),
                role=Role.ANALYST,
                level=Level.RESTRICTED,
                purpose="tests",
                actor=cast.olena,
                account=farid,
            )
    keys = instance.keys
    identity = keys.unlock_identity(keys.custodians()[0], Passphrase(PASSPHRASE, CHEAP))
    keys.name_custodian(str(cast.bohdan.account_id), Passphrase(SECRET, CHEAP), identity)
