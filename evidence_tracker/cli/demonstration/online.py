"""What was seen online: a post with its files, an attempt that failed, and what a second analyst made of it."""

import hashlib
from datetime import timedelta

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind, SourceKind
from evidence_tracker.casework.osint.assessments import (
    AssessmentFacts,
    assess,
    review_assessment,
    submit_assessment,
)
from evidence_tracker.casework.osint.captures import (
    CaptureFacts,
    add_file,
    check_availability,
    record_capture,
)
from evidence_tracker.casework.osint.models import (
    Assessment,
    AssessmentMethod,
    Availability,
    Capture,
    CaptureMethod,
    CaptureOutcome,
    ControlLevel,
    Egress,
    FileRole,
    Finding,
)
from evidence_tracker.cli.demonstration.world import LAWFUL, World
from evidence_tracker.errors import SecondPersonNeeded
from evidence_tracker.values.moment import Moment

POST = "https://social.example/999th/4711"
LAWFULNESS = "Readable by everybody without an account; nothing was circumvented."


def look(world: World) -> None:
    """Record two captures, the files of the first, a later look at the address, and an assessment."""
    world.at("2025-12-03 08:20")
    _capture(world)
    _blocked(world)
    _files(world)
    world.at("2025-12-18 08:00")
    with world.acting("nadia") as (session, actor):
        check_availability(
            session,
            world.get(session, Capture, "post"),
            availability=Availability.DELETED,
            checked_at=world.clock.now() - timedelta(minutes=2),
            http_status=404,
            actor=actor,
        )
    _assess(world)


def _capture(world: World) -> None:
    with world.acting("nadia") as (session, actor):
        facts = CaptureFacts(
            url_requested=POST,
            captured_at=world.clock.now() - timedelta(minutes=6),
            method=CaptureMethod.IMPORT_OTHER,
            control=ControlLevel.CONTROLLED_CLIENT,
            tool="page saver (fictional)",
            tool_version="2.1",
            collector="nadia",
            legality_attestation=LAWFULNESS,
            reason="Says when the buses left.",
            outcome=CaptureOutcome.COMPLETE,
            egress=Egress.VPN,
            http_status=200,
            platform="social.example",
            platform_post_id="4711",
            uploader="999th channel (fictional)",
            uploaded=Moment.parse(
                "2025-12-02T09:14", zone="Europe/Moscow", zone_basis="clock of the platform"
            ),
            language="uk",
        )
        place = session.get_one(Compartment, world.homes["case"])
        world.keep("post", record_capture(session, facts, actor=actor, compartment=place, governance=LAWFUL))


def _blocked(world: World) -> None:
    with world.acting("nadia") as (session, actor):
        facts = CaptureFacts(
            url_requested=f"{POST}/comments",
            captured_at=world.clock.now() - timedelta(minutes=1),
            method=CaptureMethod.IMPORT_OTHER,
            control=ControlLevel.CONTROLLED_CLIENT,
            tool="page saver (fictional)",
            tool_version="2.1",
            collector="nadia",
            legality_attestation=LAWFULNESS,
            reason="Comments below the post.",
            outcome=CaptureOutcome.BLOCKED_AUTH_WALL,
            outcome_note="A sign-in was asked for; we stopped there.",
        )
        place = session.get_one(Compartment, world.homes["case"])
        world.keep(
            "comments", record_capture(session, facts, actor=actor, compartment=place, governance=LAWFUL)
        )


def _files(world: World) -> None:
    for name, file, role in (
        ("post page", "online/post.html", FileRole.HTML),
        ("post picture", "online/post.png", FileRole.FULL_PAGE),
    ):
        world.receive(
            name,
            file,
            by="nadia",
            kind=ExhibitKind.ONLINE_CAPTURE,
            source_kind=SourceKind.PUBLIC,
            title="Post of a channel",
            governance=LAWFUL,
        )
        digest = hashlib.sha256((world.evidence / file).read_bytes()).hexdigest()
        with world.acting("nadia") as (session, actor):
            add_file(
                session,
                world.get(session, Capture, "post"),
                world.get(session, Exhibit, name),
                role=role,
                source_url=POST,
                stated_digest=("sha256", digest),
                actor=actor,
            )


def _assess(world: World) -> None:
    with world.acting("nadia") as (session, actor):
        facts = AssessmentFacts(
            claim="The post was put online on 2 December 2025 by the channel that it names.",
            method=AssessmentMethod.SOURCE,
            reference_material="Forty earlier posts of the channel, an archive of the platform (fictional).",
            finding=Finding.PROBABLE,
            reasoning="Numbering, wording and watermark agree with the earlier posts.",
            counter_evidence="The account could have been taken over; nothing points to it.",
        )
        assessment = assess(session, world.get(session, Capture, "post"), facts, actor=actor)
        submit_assessment(session, assessment, actor=actor)
        world.keep("assessment", assessment)
    world.stop(
        "nobody reviewed an assessment of their own", lambda: _review(world, "nadia"), SecondPersonNeeded
    )
    _review(world, "marko")


def _review(world: World, login: str) -> None:
    with world.acting(login) as (session, actor):
        review_assessment(
            session,
            world.get(session, Assessment, "assessment"),
            is_accepted=True,
            note="Compared ten posts; agrees.",
            actor=actor,
        )
