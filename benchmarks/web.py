"""The pages of a large instance beside those of one with a hundredth of the records.

    python benchmarks/web.py [--records 100000] [--rounds 9] [--in FOLDER]

Server time of a list, a filtered list, one by title (from its top, and from halfway), a record, its custody, a search
and the start page, asked through the application as a browser asks (session, rights, template), without a network.
Limit: at most 1.5 times what the same page takes in the small instance. Exit status 0 within the limit, 1 beyond.
"""

import random
import sys
from pathlib import Path

from flask.testing import FlaskClient
from search import furnish
from sqlalchemy import select
from ways import medians, options, place

from evidence_tracker.access import sessions
from evidence_tracker.access.models import Account
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance
from evidence_tracker.web import create_app
from evidence_tracker.web.house import House
from evidence_tracker.web.session import SIGNED_IN, content_for

LIMIT = 1.5
SMALLER = 100
#: Place of a word that fills a page in the small instance too: else less is drawn there, not less looked for.
OFTEN = 20


def browser_of(instance: Instance, who: Actor) -> FlaskClient:
    """Return a browser in which somebody is signed in, without a secret."""
    with instance.transaction() as session:
        account = session.scalars(select(Account).where(Account.id == who.account_id)).one()
        token = sessions.begin_session(
            session,
            account,
            content=content_for(account),
            browser="benchmark",
            actor=Actor(account.id, account.login, Door.WEB),
        )
    client = create_app(House.of(instance)).test_client()
    client.set_cookie(SIGNED_IN, token)
    return client


def pages(path: Path, records: int) -> tuple[FlaskClient, dict[str, str]]:
    """Return a browser on an instance with so many records, and the addresses that are measured."""
    instance, operator, _reader, words = furnish(path, records, random.Random(7))
    with instance.reading() as session:
        reference = session.scalars(select(Exhibit.reference).order_by(Exhibit.recorded_at).limit(1)).one()
        middle = select(Exhibit.id).order_by(Exhibit.title).offset(records // 2).limit(1)
        halfway = session.scalars(middle).one()
    return browser_of(instance, operator), {
        "list": "/evidence/",
        "filtered list": "/evidence/?kind=photo&has_basis=no",
        "by title": "/evidence/?sort=title",
        "halfway": f"/evidence/?sort=title&after={halfway}",
        "record": f"/evidence/{reference}",
        "search": f"/search?q={words[OFTEN]}",
        "start": "/",
    }


def main() -> int:
    """Measure and compare."""
    chosen = options(__doc__ or "", records=100_000, rounds=9)
    status = 0
    with place(chosen.folder) as folder:
        few, of_few = pages(folder / "few", max(1, chosen.records // SMALLER))
        many, of_many = pages(folder / "many", chosen.records)
        print(f"{chosen.records // SMALLER} and {chosen.records} records, median of {chosen.rounds}")
        for name, small in of_few.items():
            large = of_many[name]
            for client, address in ((few, small), (many, large)):
                answer = client.get(address)
                if answer.status_code != 200:
                    raise SystemExit(f"{address} answered {answer.status_code}")
            found = medians(
                {"few": lambda at=small: few.get(at), "many": lambda at=large: many.get(at)},
                chosen.rounds,
            )
            ratio = found["many"].seconds / found["few"].seconds
            verdict = "within" if ratio <= LIMIT else "BEYOND"
            print(
                f"  {name:16} {found['few'].seconds * 1000:7.1f} ms   {found['many'].seconds * 1000:7.1f} ms"
                f"   ratio {ratio:5.2f}   limit {LIMIT}: {verdict}"
            )
            status |= ratio > LIMIT
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
