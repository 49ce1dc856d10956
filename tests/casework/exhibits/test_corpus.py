"""Every file of the corpus goes in with the digest that sha256sum gives, and comes out the same."""

import subprocess
from contextlib import contextmanager

import pytest

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits.examination import record_examination
from evidence_tracker.casework.exhibits.extraction import write_original
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.folders import receive_paths
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.vault.models import Blob

MEDIA_TYPES = {
    "testJPEG_EXIF.jpg": "image/jpeg",
    "testPDF.pdf": "application/pdf",
    "testPNG.png": "image/png",
    "testVideoMp4.mp4": "video/mp4",
    "testXXE.xml": "text/xml",
    "droste.zip": "application/zip",
}


def sha256sum(paths):
    """Return digest by path, as the tool of the system finds it."""
    printed = subprocess.run(
        ["sha256sum", "--zero", *map(str, paths)], capture_output=True, check=True
    ).stdout
    lines = [line.split("  ", 1) for line in printed.decode().split("\0") if line]
    return {path: digest for digest, path in lines}


@pytest.fixture
def taken(corpus, instance, cast):
    """Return what intake made of the corpus, by path."""

    @contextmanager
    def acting():
        with instance.transaction() as session:
            yield session, cast.amina

    def receive(session, actor, deposited, name):
        return receive_exhibit(
            session,
            instance.vault,
            deposited,
            facts=ExhibitFacts(),
            actor=actor,
            compartment=session.get_one(Compartment, cast.mission),
            original_name=name,
        )

    folders = [corpus / "files", corpus / "c2pa"]
    return list(receive_paths(folders, vault=instance.vault, acting=acting, receive=receive))


def test_every_file_goes_in_with_the_digest_and_the_type_that_the_system_finds(taken, corpus):
    files = [
        path for name in ("files", "c2pa") for path in sorted((corpus / name).rglob("*")) if path.is_file()
    ]

    assert {one.path: one.exhibit.sha256 for one in taken} == sha256sum(files)
    assert {one.path: one.exhibit.size_bytes for one in taken} == {
        str(path): path.stat().st_size for path in files
    }

    found = {one.exhibit.original_name: one.exhibit.media_type for one in taken}
    assert {name: found[name] for name in MEDIA_TYPES} == MEDIA_TYPES


def test_every_file_comes_out_as_it_went_in(taken, corpus, instance, cast, tmp_path):
    originals = {one.path: tmp_path / one.exhibit.reference for one in taken}
    with instance.reading() as session:
        for one in taken:
            write_original(session, instance.vault, one.exhibit, originals[one.path], actor=cast.olena)

    written = sha256sum(originals.values())
    assert {str(originals[path]): digest for path, digest in sha256sum(originals).items()} == written


def test_every_file_is_examined_and_no_hostile_one_stops_it(taken, instance, cast):
    found = {}
    with instance.transaction() as session:
        for one in taken:
            blob = session.get_one(Blob, one.exhibit.blob_id)
            examination = instance.vault.sandbox.examine(
                instance.vault.chunks(session, blob), one.exhibit.media_type
            )
            row = record_examination(session, one.exhibit, examination, actor=cast.amina)
            found[one.exhibit.original_name] = row

    geo = found["testJPEG_GEO.jpg"]
    assert geo.claimed_latitude is not None
    assert geo.claimed_longitude is not None
    assert found["testJPEG_EXIF.jpg"].claimed_taken is not None
    assert found["testPDF_protected.pdf"].failed is not None or found["testPDF_protected.pdf"].pages
