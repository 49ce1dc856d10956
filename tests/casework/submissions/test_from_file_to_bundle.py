"""The main job: checked, approved, sealed, built, released, and verified by a stranger."""

import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import Bundle, BundleState
from evidence_tracker.casework.submissions.releasing import disclosures_of, disclosures_resting_on
from evidence_tracker.casework.submissions.writing import Written
from evidence_tracker.errors import GateClosed, SecondPersonNeeded
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.audit import audit
from tests.casework.submissions.scene import Scene, decrypted, desk, stage
from tests.cast import Cast
from tests.factories import persons


@pytest.fixture
def scene(instance: Instance, cast: Cast) -> Scene:
    return stage(instance, cast)


def built(instance: Instance, cast: Cast, scene: Scene, *, reason: str | None = None) -> Written:
    bundles.approve(desk(instance, cast.chen), scene.submission, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), scene.submission, unencrypted_reason=reason)
    return bundles.build(desk(instance, cast.daria), scene.submission)


def vkey(instance: Instance) -> str:
    return instance.signer.signer("evidence.example/kyiv/1").vkey


def test_every_gate_of_a_well_prepared_submission_is_open(instance: Instance, cast: Cast, scene: Scene):
    plan = bundles.check(desk(instance, cast.daria), scene.submission)
    assert plan.closed == []


def test_a_stranger_verifies_the_bundle(instance: Instance, cast: Cast, scene: Scene, tmp_path: Path):
    written = built(instance, cast, scene)
    assert written.path.suffix == ".age"
    assert b"PK\x03\x04" not in written.path.read_bytes()[:4]
    plain = decrypted(written.path, scene.identity, tmp_path / written.path.stem)
    receipt = written.path.with_name(written.path.name.removesuffix(".zip.age") + ".receipt")
    report = verify_bundle(plain, vkey=vkey(instance), receipt=receipt)
    assert report.status == 0, report.text()
    assert audit(instance).findings == []


def test_bag_and_digest_tools_accept_it(instance: Instance, cast: Cast, scene: Scene, tmp_path: Path):
    written = built(instance, cast, scene, reason="fictional data of a test")
    bag = tmp_path / "bag"
    with zipfile.ZipFile(written.path) as archive:
        archive.extractall(bag)
    done = subprocess.run(
        ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], cwd=bag, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    photo = bag / "data/exhibits/EX-0001"
    assert (photo / "EX-0001.png").is_file()
    assert json.loads((photo / "item.json").read_text())["custody"]["events"] >= 1


def test_whoever_waits_is_told_how_far_it_is(instance: Instance, cast: Cast, scene: Scene):
    told: list[tuple[str, int, int]] = []
    waiting = replace(desk(instance, cast.daria), progress=lambda *said: told.append(said))
    bundles.approve(desk(instance, cast.chen), scene.submission, looked_at=("all",), note=None)
    bundles.seal(waiting, scene.submission, unencrypted_reason="fictional data of a test")
    bundles.build(waiting, scene.submission)
    for what in ("looking for names", "digesting what will go", "writing the bundle"):
        steps = [(done, total) for said, done, total in told if said == what]
        assert steps[0] == (0, steps[-1][1])
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1] > 0, what


def test_building_twice_gives_the_same_bytes(instance: Instance, cast: Cast, scene: Scene):
    first = built(instance, cast, scene, reason="fictional data of a test")
    again = bundles.build(desk(instance, cast.daria), scene.submission)
    assert again.zip_sha256 == first.zip_sha256


def test_who_prepared_it_cannot_approve_it(instance: Instance, cast: Cast, scene: Scene):
    with pytest.raises(SecondPersonNeeded, match="prepared"):
        # olena leads the mission, but daria added the items: so daria, given the right, is refused.
        bundles.approve(
            desk(instance, grant_approver(instance, cast)), scene.submission, looked_at=("all",), note=None
        )


def grant_approver(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            role=Role.APPROVER,
            level=Level.SEALED,
            purpose="test",
            actor=cast.olena,
            account=session.get_one(Account, cast.daria.account_id),
        )
    return cast.daria


def test_nothing_is_sealed_without_approval(instance: Instance, cast: Cast, scene: Scene):
    with pytest.raises(GateClosed, match="not approved"):
        bundles.seal(desk(instance, cast.daria), scene.submission, unencrypted_reason=None)


def test_what_rests_on_the_consent_of_a_person_is_found_by_that_person(
    instance: Instance, cast: Cast, scene: Scene
):
    built(instance, cast, scene)
    bundle = bundles.release(desk(instance, cast.daria), scene.submission, channel="courier")
    with instance.transaction() as session:
        source = session.get_one(Person, scene.source)
        found = disclosures_resting_on(session, source, actor=cast.daria)
        assert {(row.subject, name, party.id) for row, name, party in found} >= {
            (scene.photo, bundle.name, scene.recipient)
        }
        assert disclosures_resting_on(session, source, actor=cast.outsider) == []
        other = persons.person(session, cast.amina, cast.mission)
        assert disclosures_resting_on(session, other, actor=cast.daria) == []


def test_release_writes_the_disclosure_log(instance: Instance, cast: Cast, scene: Scene):
    built(instance, cast, scene)
    bundle = bundles.release(desk(instance, cast.daria), scene.submission, channel="courier")
    assert bundle.state is BundleState.RELEASED
    with instance.reading() as session:
        rows = disclosures_of(session, scene.photo, actor=cast.daria)
        assert [row["number"] for row in rows] == ["EX-0001"]
        assert rows[0]["identity_level"] == "full"
        assert disclosures_of(session, scene.photo, actor=cast.outsider) == []
        assert session.query(Bundle).count() == 1
    assert audit(instance).findings == []
