"""Every real file goes in, and comes out of a bundle byte for byte."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit, SourceKind
from evidence_tracker.casework.submissions.preparation import Opening, add_item, open_submission
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.audit import audit
from evidence_tracker.vault.models import Blob
from tests.casework.submissions.scene import LAWFUL, STATEMENT, desk
from tests.cast import Cast
from tests.factories import parties


def take_in(instance: Instance, cast: Cast, files: list[Path]) -> list[str]:
    """Take files in and return their references."""
    references = []
    for file in files:
        with file.open("rb") as stream:
            deposited = instance.vault.deposit(stream)
        with instance.transaction() as session:
            row = receive_exhibit(
                session,
                instance.vault,
                deposited,
                facts=ExhibitFacts(source_kind=SourceKind.PUBLIC, title="File of the corpus"),
                compartment=session.get_one(Compartment, cast.mission),
                governance=LAWFUL,
                original_name=file.name,
                actor=cast.amina,
            )
            references.append(row.reference)
    return references


def submitted(instance: Instance, cast: Cast, references: list[str]) -> Path:
    """Submit exhibits and return the bundle, in clear."""
    with instance.transaction() as session:
        submission = open_submission(
            session,
            compartment_id=cast.mission,
            recipient=parties.prosecutor(session, cast.olena),
            opening=Opening("Every file", Use.INVESTIGATION, STATEMENT),
            governance=LAWFUL,
            actor=cast.daria,
        )
        for reference in references:
            exhibit = session.scalars(select(Exhibit).where(Exhibit.reference == reference)).one()
            add_item(session, submission, exhibit, actor=cast.daria)
        name = submission.reference
    bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), name, unencrypted_reason="public test files")
    return bundles.build(desk(instance, cast.daria), name).path


@pytest.fixture
def files(corpus: Path) -> list[Path]:
    return sorted([*(corpus / "files").iterdir(), *(corpus / "c2pa").iterdir()])


def test_each_comes_out_byte_for_byte_and_foreign_tools_agree(
    instance: Instance, cast: Cast, files: list[Path], tmp_path: Path
):
    references = take_in(instance, cast, files)
    path = submitted(instance, cast, references)
    report = verify_bundle(path, vkey=instance.signer.signer("evidence.example/kyiv/1").vkey)
    assert report.status == 0, report.text()
    assert audit(instance).findings == []
    bag = tmp_path / "bag"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(bag)
    found = {}
    for item in sorted((bag / "data/exhibits").glob("*/item.json")):
        said = json.loads(item.read_text("utf-8"))
        found[said["number"]] = hashlib.sha256((item.parent / said["file"]).read_bytes()).hexdigest()
    assert list(found.values()) == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    for command in (
        ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"],
        ["sha512sum", "--quiet", "-c", "manifest-sha512.txt"],
        [sys.executable, "-m", "bagit", "--quiet", "--validate", "."],
    ):
        done = subprocess.run(command, cwd=bag, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_no_original_name_is_anywhere_in_the_bundle(instance: Instance, cast: Cast, files: list[Path]):
    path = submitted(instance, cast, take_in(instance, cast, files[:6]))
    with zipfile.ZipFile(path) as archive:
        words = b"".join(
            archive.read(name) for name in archive.namelist() if "/EX-" not in name or name.endswith(".json")
        )
    for file in files[:6]:
        assert file.name.encode() not in words


def test_the_same_folder_again_gives_new_exhibits_that_share_blobs(
    instance: Instance, cast: Cast, files: list[Path]
):
    first = take_in(instance, cast, files)
    again = take_in(instance, cast, files)
    assert not set(first) & set(again)
    with instance.reading() as session:
        assert session.scalar(select(func.count()).select_from(Exhibit)) == 2 * len(files)
        blobs = session.scalar(select(func.count()).select_from(Blob))
    assert blobs == len({hashlib.sha256(file.read_bytes()).hexdigest() for file in files})
    assert len(list(instance.vault.store.ids())) == blobs
    assert audit(instance).findings == []
