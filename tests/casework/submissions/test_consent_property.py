"""No sequence of acts ever puts into a released bundle what nobody allowed.

Random stories of consents, refusals, limits, withdrawals, links, edits, approvals and
releases are played against a real instance. Whatever was released is then judged by the
second, independent reading of consent (tests/casework/consent/by_the_words.py) and by a
search of every byte for names, codes and identifiers that had to stay here.
"""

import base64
import contextlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.records import find
from evidence_tracker.casework.consent.gates import Recipient
from evidence_tracker.casework.consent.models import ConsentEvent, IdentityLevel, Use
from evidence_tracker.casework.consent.statements import EVERYTHING, Cell, give, limit, refuse, withdraw
from evidence_tracker.casework.exhibits.derivatives import check_derivative, derive
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import (
    DerivativeKind,
    Exhibit,
    LinkBasis,
    PersonRole,
    SourceKind,
)
from evidence_tracker.casework.exhibits.people import end_link, find_link, link_person, state_basis
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.recording import amend_incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions import gates
from evidence_tracker.casework.submissions.building import unreleased
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission
from evidence_tracker.casework.submissions.preparation import (
    Opening,
    add_item,
    live_items,
    open_submission,
    remove_item,
)
from evidence_tracker.casework.submissions.sealing import abandon
from evidence_tracker.clock import FrozenClock
from evidence_tracker.errors import NotFound, NotPermitted, Refused
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.jobs import bundles
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.casework.consent.by_the_words import LADDER, level_by_hand
from tests.casework.consent.said import Word
from tests.casework.submissions.scene import LAWFUL, SAID, STATEMENT, desk, exhibit_from, interview_with
from tests.cast import PASSPHRASE, Cast, gather
from tests.conftest import START
from tests.factories import exhibits, incidents, parties, persons
from tests.factories.interviews import ACCOUNT

NAMES = ("Оксана Вигаданенко", "Тарас Неіснуючий", "Марко Уявний")
PEOPLE = range(3)
USES = (Use.INVESTIGATION, Use.COURT)


def photo_with_name(name: str, seed: int) -> bytes:
    """Return a JPEG whose EXIF artist names somebody."""
    image = Image.new("RGB", (8, 8), (seed, 0, 0))
    exif = Image.Exif()
    exif[0x013B] = name
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@dataclass
class World:
    """One instance and the handles of what is in it."""

    instance: Instance
    cast: Cast
    parties: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    exhibits: list[UUID] = field(default_factory=list)
    interviews: list[UUID] = field(default_factory=list)
    incident: UUID | None = None
    submissions: list[str] = field(default_factory=list)
    released: list[tuple[UUID, bytes]] = field(default_factory=list)

    def act(self, step: Callable[[Session], Any]) -> None:
        """Do one act; a refusal is an answer, not a failure."""
        try:
            with self.instance.transaction() as session:
                step(session)
        except (Refused, NotFound, NotPermitted):
            pass

    def furnish(self) -> None:
        with self.instance.transaction() as session:
            for row in (
                parties.prosecutor(session, self.cast.olena),
                parties.prosecutor(
                    session,
                    self.cast.olena,
                    name="Office of the Fictional Prosecutor",
                    name_latin=None,
                    recipient_class=RecipientClass.ICC_OTP,
                ),
            ):
                self.parties.append(row.id)
            for name in NAMES:
                person = persons.person(
                    session,
                    self.cast.amina,
                    self.cast.mission,
                    governance=LAWFUL,
                    identity={"legal_name": name},
                )
                self.people.append(person.id)
                self.codes.append(person.code)
            files: list[tuple[int | None, bytes]] = [
                (0, exhibits.png(1)),
                (1, photo_with_name(NAMES[1], 2)),
                (2, f"Statement of {NAMES[2]}.\n".encode()),
                (None, f"A list with {NAMES[0]} in it.\n".encode()),
                (None, b"Nothing of note.\n"),
            ]
            for source, data in files:
                giver = session.get_one(Person, self.people[source]) if source is not None else None
                self.exhibits.append(exhibit_from(session, self.instance, self.cast, giver, data).id)
            for who in (0, 2):
                interview = interview_with(session, self.cast, session.get_one(Person, self.people[who]))
                self.interviews.append(interview.id)
            self.incident = incidents.incident(session, self.cast).id
            for party in self.parties:
                submission = open_submission(
                    session,
                    compartment_id=self.cast.mission,
                    recipient=session.get_one(Party, party),
                    opening=Opening("Confinement", Use.INVESTIGATION, STATEMENT),
                    governance=LAWFUL,
                    actor=self.cast.daria,
                )
                self.submissions.append(submission.reference)

    # ---- acts that the story may contain

    def consent(
        self, who: int, kind: str, party: int | None, use: int, level: IdentityLevel, item: int | None
    ) -> None:
        def step(session: Session) -> None:
            person = session.get_one(Person, self.people[who])
            recipient = None if party is None else session.get_one(Party, self.parties[party])
            items = (self.exhibits[item],) if item is not None else ()
            cell = Cell(recipient, USES[use], level, items) if recipient else EVERYTHING
            said = {**SAID, "obtained": "2026-03-01"}
            act: Any = {"give": give, "refuse": refuse, "limit": limit, "withdraw": withdraw}[kind]
            act(session, person, [cell], facts=said, actor=self.cast.amina)

        self.act(step)

    def link(self, exhibit: int, who: int, role: PersonRole, basis: LinkBasis | None) -> None:
        def step(session: Session) -> None:
            row = session.get_one(Exhibit, self.exhibits[exhibit])
            person = session.get_one(Person, self.people[who])
            link = link_person(session, row, person, role=role, actor=self.cast.amina)
            if basis is not None and role is not PersonRole.SOURCE:
                state_basis(session, link, basis=basis, basis_note="weighed", actor=self.cast.chen)

        self.act(step)

    def unlink(self, exhibit: int, who: int, role: PersonRole) -> None:
        def step(session: Session) -> None:
            row = session.get_one(Exhibit, self.exhibits[exhibit])
            person = session.get_one(Person, self.people[who])
            found = find_link(session, row, person, role, actor=self.cast.amina)
            end_link(session, found, reason="linked by mistake", actor=self.cast.amina)

        self.act(step)

    def rename(self, exhibit: int, who: int | None) -> None:
        title = "Photograph" if who is None else f"Photograph of {NAMES[who]}"
        self.act(
            lambda session: amend_exhibit(
                session,
                session.get_one(Exhibit, self.exhibits[exhibit]),
                {"title": title},
                actor=self.cast.amina,
            )
        )

    def retell(self, who: int | None) -> None:
        words = "Some thirty villagers were kept in the cellar."
        told = words if who is None else f"{words} {NAMES[who].upper()} was among them."
        self.act(
            lambda session: amend_incident(
                session, session.get_one(Incident, self.incident), {"narrative": told}, actor=self.cast.chen
            )
        )

    def redact(self, exhibit: int, who: int | None, *, checked: bool) -> None:
        def step(session: Session) -> None:
            text = f"redacted {exhibit} {len(self.exhibits)}" + (f" {NAMES[who]}" if who is not None else "")
            made = derive(
                session,
                self.instance.vault,
                session.get_one(Exhibit, self.exhibits[exhibit]),
                self.instance.vault.deposit(io.BytesIO(text.encode())),
                kind=DerivativeKind.IDENTIFIERS_REMOVED,
                how="by hand",
                tool="text editor",
                facts=ExhibitFacts(title="Redacted copy", source_kind=SourceKind.OWN),
                governance=LAWFUL,
                actor=self.cast.amina,
            )
            self.exhibits.append(made.id)
            if checked:
                check_derivative(session, made, actor=self.cast.chen)

        self.act(step)

    def put_in(self, submission: int, what: str, number: int) -> None:
        def step(session: Session) -> None:
            row = find(session, Submission, self.submissions[submission], actor=self.cast.daria)
            subject: Any = {
                "exhibit": lambda: session.get_one(Exhibit, self.exhibits[number % len(self.exhibits)]),
                "interview": lambda: session.get_one(
                    Interview, self.interviews[number % len(self.interviews)]
                ),
                "incident": lambda: session.get_one(Incident, self.incident),
            }[what]()
            add_item(session, row, subject, actor=self.cast.daria)

        self.act(step)

    def take_out(self, submission: int, number: int) -> None:
        def step(session: Session) -> None:
            row = find(session, Submission, self.submissions[submission], actor=self.cast.daria)
            items = live_items(session, row)
            if items:
                remove_item(
                    session, row, items[number % len(items)], reason="not needed", actor=self.cast.daria
                )

        self.act(step)

    def approve(self, submission: int) -> None:
        self.long(
            lambda: bundles.approve(
                desk(self.instance, self.cast.chen),
                self.submissions[submission],
                looked_at=("all",),
                note=None,
            )
        )

    def seal(self, submission: int) -> None:
        self.long(
            lambda: bundles.seal(
                desk(self.instance, self.cast.daria), self.submissions[submission], unencrypted_reason="test"
            )
        )

    def build(self, submission: int) -> None:
        self.long(lambda: bundles.build(desk(self.instance, self.cast.daria), self.submissions[submission]))

    def abandon(self, submission: int) -> None:
        """Give up what was not released, so that the next hand-over is not stopped by it."""

        def step(session: Session) -> None:
            row = find(session, Submission, self.submissions[submission], actor=self.cast.daria)
            left = unreleased(session, row.id)
            if left is not None:
                abandon(session, left, reason="not released", actor=self.cast.daria)

        self.act(step)

    def release(self, submission: int) -> None:
        def step() -> None:
            bundle = bundles.release(
                desk(self.instance, self.cast.daria), self.submissions[submission], channel="courier"
            )
            data = bundles.bundle_file(self.instance, bundle).read_bytes()
            self.judge(bundle.id, data)
            self.released.append((bundle.id, data))

        self.long(step)

    def long(self, step: Callable[[], Any]) -> None:
        with contextlib.suppress(Refused, NotFound, NotPermitted):
            step()

    # ---- the judge

    def judge(self, bundle_id: UUID, data: bytes) -> None:
        """Hold a released bundle against what the people said, at the moment it was released."""
        with self.instance.reading() as session:
            bundle = session.get_one(Bundle, bundle_id)
            assert bundle.state is BundleState.RELEASED
            party = session.get_one(Party, UUID(bundle.plan["recipient"]))
            assert party.recipient_class is not None
            recipient = Recipient(party.recipient_class, party.id)
            texts = contents(data)
            named_in: dict[int, set[str]] = {who: set() for who in PEOPLE}
            for item in bundle.plan["items"]:
                self._judge_item(session, item, recipient, texts, named_in)
            self._judge_secrets(texts)

    def _judge_item(
        self,
        session: Session,
        item: dict[str, Any],
        recipient: Recipient,
        texts: dict[str, str],
        named_in: Any,
    ) -> None:
        del named_in
        resting = self._resting_on(session, item)
        levels = [self._level(session, person, recipient, through) for person, through in resting]
        assert all(level is not None for level in levels), f"{item['number']} went without consent"
        steps = [LADDER.index(level) for level in levels if level is not None]
        assert all(step >= LADDER.index(IdentityLevel.PSEUDONYM) for step in steps)
        is_withheld = bool(steps) and min(steps) < LADDER.index(IdentityLevel.FULL)
        if item["kind"] == "exhibit" and is_withheld:
            exhibit = session.get_one(Exhibit, UUID(item["subject"]))
            assert exhibit.derivative_kind is DerivativeKind.IDENTIFIERS_REMOVED
            assert exhibit.checked_by is not None
        if item["kind"] == "interview" and is_withheld:
            assert ACCOUNT not in texts[f"data/interviews/{item['number']}.json"]
        for who, name in enumerate(NAMES):
            level = self._level(session, self.people[who], recipient, UUID(item["subject"]))
            if level is not IdentityLevel.FULL:
                where = [
                    path
                    for path, text in texts.items()
                    if f"/{item['number']}" in path and name.casefold() in text.casefold()
                ]
                assert not where, f"{name} stands in {where}"

    def _resting_on(self, session: Session, item: dict[str, Any]) -> list[tuple[UUID, UUID]]:
        # Written apart from submissions/sources.py on purpose: straight from the tables.
        subject = UUID(item["subject"])
        found: list[tuple[UUID, UUID]] = []
        if item["kind"] == "interview":
            rows = session.connection().exec_driver_sql(
                "SELECT person_id FROM interview_person WHERE interview_id = ? AND role = 'interviewee' AND ended_at IS NULL",
                (subject.hex,),
            )
            found += [(UUID(hex=row[0]), subject) for row in rows]
            assert found, "an interview without an interviewee went out"
        current: UUID | None = subject if item["kind"] == "exhibit" else None
        while current is not None:
            rows = session.connection().exec_driver_sql(
                "SELECT person_id FROM exhibit_person WHERE exhibit_id = ? AND ended_at IS NULL "
                "AND (role = 'source' OR basis = 'consent')",
                (current.hex,),
            )
            found += [(UUID(hex=row[0]), current) for row in rows]
            undocumented = (
                session.connection()
                .exec_driver_sql(
                    "SELECT count(*) FROM exhibit_person WHERE exhibit_id = ? AND ended_at IS NULL "
                    "AND role IN ('depicted', 'mentioned') AND basis IS NULL",
                    (current.hex,),
                )
                .scalar()
            )
            assert not undocumented, f"{item['number']} went with somebody in it and no basis"
            current = session.get_one(Exhibit, current).made_from_id
        return found

    def _level(
        self, session: Session, person: UUID, recipient: Recipient, item: UUID
    ) -> IdentityLevel | None:
        rows = session.scalars(
            select(ConsentEvent).where(ConsentEvent.person_id == person).order_by(ConsentEvent.number)
        )
        words = [
            Word(
                row.number,
                row.kind,
                row.recipient_class,
                row.party_id,
                row.use,
                row.identity_level,
                row.items,
                row.expires_on,
                row.conditions,
                row.person_id,
                row.obtained_earliest_at,
                row.obtained_latest_at,
            )
            for row in rows
        ]
        return level_by_hand(words, recipient, Use.INVESTIGATION, item, START.replace(year=2027))

    def _judge_secrets(self, texts: dict[str, str]) -> None:
        whole = "\n".join(texts.values())
        for secret in [
            *self.codes,
            *(str(person) for person in self.people),
            str(self.cast.amina.account_id),
        ]:
            assert secret not in whole
        for word in ("refused", "withdrawn", "KYI-E-", "KYI-I-", "amina", "daria", "chen"):
            assert word not in whole


def contents(data: bytes) -> dict[str, str]:
    """Return every file of a bundle as text, proofs decoded too."""
    texts: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            for encoded in re.findall(r"extra ([A-Za-z0-9+/=]+)", text):
                text += base64.b64decode(encoded).decode("utf-8", "replace")
            texts[name] = text
    return texts


NUMBER = st.integers(0, 6)
STEP = st.one_of(
    st.tuples(
        st.just("consent"),
        st.sampled_from(PEOPLE),
        st.sampled_from(("give", "give", "give", "refuse", "limit", "withdraw")),
        st.sampled_from((0, 0, 1, None)),
        st.sampled_from((0, 0, 0, 1)),
        st.sampled_from(
            (IdentityLevel.FULL, IdentityLevel.FULL, IdentityLevel.PSEUDONYM, IdentityLevel.ANONYMOUS)
        ),
        st.sampled_from((None, None, 0, 3)),
    ),
    st.tuples(
        st.just("link"),
        st.integers(0, 4),
        st.sampled_from(PEOPLE),
        st.sampled_from((PersonRole.SOURCE, PersonRole.DEPICTED, PersonRole.MENTIONED)),
        st.sampled_from((None, LinkBasis.CONSENT, LinkBasis.NECESSITY)),
    ),
    st.tuples(st.just("unlink"), st.integers(0, 4), st.sampled_from(PEOPLE), st.just(PersonRole.SOURCE)),
    st.tuples(st.just("rename"), st.integers(0, 4), st.sampled_from((None, None, *PEOPLE))),
    st.tuples(st.just("retell"), st.sampled_from((None, None, *PEOPLE))),
    st.tuples(
        st.just("redact"), st.integers(0, 4), st.sampled_from((None, None, None, *PEOPLE)), st.booleans()
    ),
    st.tuples(
        st.just("put_in"),
        st.sampled_from((0, 1)),
        st.sampled_from(("exhibit", "exhibit", "interview", "incident")),
        NUMBER,
    ),
    st.tuples(st.just("take_out"), st.sampled_from((0, 1)), NUMBER),
)
HAND_OVER = st.sampled_from(("approve", "seal", "build", "release"))
STORY = st.lists(
    st.one_of(
        # Hand-overs come mostly in their order, with an act in between now and then.
        st.tuples(st.sampled_from((0, 0, 0, 1)), st.lists(STEP, max_size=1)),
        st.tuples(st.just(0), st.just([])),
        st.lists(STEP, min_size=1, max_size=4),
    ),
    min_size=2,
    max_size=6,
)


#: How each person begins: at which level they allowed the first recipient everything, if at all.
BEGINNING = st.lists(
    st.sampled_from((IdentityLevel.FULL, IdentityLevel.FULL, IdentityLevel.PSEUDONYM, None)),
    min_size=3,
    max_size=3,
)


def begin(world: World, beginning: list[IdentityLevel | None]) -> None:
    """Let the people say what they say first, and put what they gave into the submission."""
    for who, level in enumerate(beginning):
        if level is not None:
            world.consent(who, "give", 0, 0, level, None)
            world.put_in(0, "exhibit", who)
    world.put_in(0, "incident", 0)


def play(world: World, story: list[Any]) -> None:
    for scene in story:
        if isinstance(scene, tuple):
            submission, between = scene
            for name in ("approve", "seal"):
                getattr(world, name)(submission)
            perform(world, between)
            for name in ("build", "release"):
                getattr(world, name)(submission)
            world.abandon(submission)
        else:
            perform(world, scene)


def perform(world: World, steps: list[Any]) -> None:
    for name, *arguments in steps:
        if name == "redact":
            exhibit, who, checked = arguments
            world.redact(exhibit, who, checked=checked)
        else:
            getattr(world, name)(*arguments)


def opened(template: Path, folder: Path) -> World:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    instance = open_instance(folder, Passphrase(PASSPHRASE, CHEAP), clock=FrozenClock(START))
    with instance.reading() as session:
        cast = gather(session)
    world = World(instance, cast)
    world.furnish()
    return world


@given(beginning=BEGINNING, story=STORY)
@settings(max_examples=16, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_story_ends_with_a_leak(
    template: Path, tmp_path_factory: pytest.TempPathFactory, beginning: list[Any], story: list[Any]
):
    world = opened(template, tmp_path_factory.getbasetemp() / "property")
    try:
        begin(world, beginning)
        play(world, story)
    finally:
        world.instance.close()


@pytest.mark.long
@given(beginning=BEGINNING, story=STORY)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_long_run_of_stories_ends_with_a_leak(
    template: Path, tmp_path_factory: pytest.TempPathFactory, beginning: list[Any], story: list[Any]
):
    story_test: Any = test_no_story_ends_with_a_leak
    story_test.hypothesis.inner_test(template, tmp_path_factory, beginning, story)


def test_the_judge_sees_a_lawful_release(template: Path, tmp_path: Path):
    """The stories reach a release, so that the property is not true of nothing."""
    world = opened(template, tmp_path / "lawful")
    for who in PEOPLE:
        world.consent(who, "give", 0, 0, IdentityLevel.FULL, None)
    for number in range(3):
        world.put_in(0, "exhibit", number)
    world.put_in(0, "interview", 0)
    world.put_in(0, "incident", 0)
    play(world, [(0, [])])
    assert len(world.released) == 1
    world.consent(1, "withdraw", None, 0, IdentityLevel.FULL, None)
    world.release(0)
    assert len(world.released) == 1, "a later hand-over asks the gates again"
    world.instance.close()


def test_the_judge_would_see_a_leak(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With the consent gate taken out, the judge cries: it can fail."""
    world = opened(template, tmp_path / "leak")
    monkeypatch.setattr(gates, "_refusal", lambda *_: gates.Gate(gates.GateCode.EXCULPATORY, "", "", ""))
    world.put_in(0, "interview", 0)
    with pytest.raises(AssertionError, match="without consent"):
        play(world, [(0, [])])
    world.instance.close()
