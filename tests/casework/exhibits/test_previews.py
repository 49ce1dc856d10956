"""How exhibits look: for whoever may read them, made once, kept in memory and nowhere else."""

import io
import time

import pytest
from PIL import Image

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.previews import Edge, Looks, looks_of, preview_of, text_of
from evidence_tracker.casework.exhibits.reading import open_exhibit
from evidence_tracker.errors import IntegrityFailure, InvalidInput, NotPermitted
from evidence_tracker.sandbox.answers import Preview
from evidence_tracker.sandbox.runner import BUSY, Sandbox
from tests.factories.exhibits import exhibit_of, receive, thing
from tests.sandbox.test_media_type import CORPUS_TYPES


def photograph(size=(800, 600)):
    content = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def exhibit(instance, cast):
    """Return a committed photograph."""
    with instance.transaction() as session:
        return receive(session, instance.vault, cast, photograph(), governance=Governance(Level.RESTRICTED))


@pytest.fixture
def asked(monkeypatch):
    """Return what the sandbox was asked, as it goes on."""
    seen = []

    def noting(name, ask):
        def noted(self, *given, **options):
            seen.append((name, options.get("edge"), options.get("page")))
            return ask(self, *given, **options)

        return noted

    for name in ("preview", "readable"):
        monkeypatch.setattr(Sandbox, name, noting(name, getattr(Sandbox, name)))
    return seen


def look(instance, exhibit, actor, **options):
    with instance.reading() as session:
        return preview_of(session, instance.vault, exhibit, actor=actor, **options)


def test_sizes_and_pages(instance, cast, exhibit):
    small = look(instance, exhibit, cast.amina)
    large = look(instance, exhibit, cast.amina, edge=Edge.VIEW)
    page = look(instance, exhibit, cast.amina, edge=Edge.VIEW, page=1)
    assert (small.width, small.height, small.media_type) == (320, 240, "image/jpeg")
    assert (large.width, large.height, page.media_type) == (800, 600, "image/png")


def test_who_may_not_read_it_sees_nothing_even_if_it_is_kept(instance, cast, exhibit, asked):
    look(instance, exhibit, cast.amina)
    with pytest.raises(NotPermitted):
        look(instance, exhibit, cast.outsider)
    with instance.reading() as session, pytest.raises(NotPermitted):
        text_of(session, instance.vault, exhibit, actor=cast.outsider)
    assert len(asked) == 1


def test_it_is_drawn_once_for_everybody(instance, cast, exhibit, asked):
    for actor in (cast.amina, cast.chen, cast.amina):
        look(instance, exhibit, actor)
    look(instance, exhibit, cast.amina, edge=Edge.VIEW)
    assert asked == [("preview", Edge.THUMBNAIL, None), ("preview", Edge.VIEW, None)]


def test_what_was_kept_is_forgotten_when_the_instance_is_locked(instance, cast, exhibit):
    look(instance, exhibit, cast.amina)
    assert instance.vault.kept.size > 0
    instance.close()
    assert instance.vault.kept.size == 0


def test_nothing_in_clear_is_written_anywhere(instance, cast, exhibit):
    seen = look(instance, exhibit, cast.amina, edge=Edge.VIEW).content
    files = [path for path in instance.settings.path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if seen[1_000:1_100] in path.read_bytes()]


def test_a_failure_is_remembered_for_a_while_and_a_busy_machine_is_not(instance, cast, asked, monkeypatch):
    with instance.transaction() as session:
        broken = receive(session, instance.vault, cast, b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert look(instance, broken, cast.amina).failed == look(instance, broken, cast.amina).failed is not None
    assert len(asked) == 1
    monkeypatch.setattr(Sandbox, "preview", lambda *_given, **_options: Preview(failed=BUSY))
    assert look(instance, broken, cast.amina, edge=Edge.VIEW).failed == BUSY
    monkeypatch.setattr(Sandbox, "preview", lambda *_given, **_options: Preview(failed="again"))
    assert look(instance, broken, cast.amina, edge=Edge.VIEW).failed == "again"


def test_words_are_read_and_kept_too(instance, cast, asked):
    with instance.transaction() as session:
        note = receive(session, instance.vault, cast, "Слова".encode())
        for _again in range(2):
            assert text_of(session, instance.vault, note, actor=cast.amina).text == "Слова"
    assert len(asked) == 1


def test_a_thing_has_no_preview(instance, cast):
    with instance.transaction() as session, pytest.raises(InvalidInput, match="is a thing"):
        row = exhibit_of(session, thing(session, instance.vault, cast))
        preview_of(session, instance.vault, row, actor=cast.amina)


def test_altered_bytes_are_an_alarm_and_not_a_missing_picture(instance, cast, exhibit):
    path = instance.vault.store._path(exhibit.blob_id)
    path.chmod(0o600)
    raw = bytearray(path.read_bytes())
    raw[200] ^= 1
    path.write_bytes(raw)
    with pytest.raises(IntegrityFailure):
        look(instance, exhibit, cast.amina)


@pytest.mark.parametrize(
    ("media_type", "looks"),
    [
        ("image/jpeg", Looks(picture=True, pages=False, text=False)),
        ("image/tiff", Looks(picture=True, pages=True, text=False)),
        ("application/pdf", Looks(picture=True, pages=True, text=True)),
        ("text/html", Looks(picture=False, pages=False, text=True)),
        ("image/svg+xml", Looks(picture=False, pages=False, text=True)),
        ("video/mp4", Looks(picture=False, pages=False, text=False)),
        ("application/x-dosexec", Looks(picture=False, pages=False, text=False)),
        (None, Looks(picture=False, pages=False, text=False)),
    ],
)
def test_what_can_be_had_is_known_without_opening(media_type, looks):
    assert looks_of(media_type) == looks


def test_every_real_file_looks_like_something_or_says_why(instance, cast, corpus):
    """All of them through the vault, within the limit of the sandbox."""
    for name, media_type in CORPUS_TYPES.items():
        path = next(
            corpus / folder / name for folder in ("files", "c2pa") if (corpus / folder / name).exists()
        )
        with instance.transaction() as session:
            row = receive(session, instance.vault, cast, path.read_bytes(), name=name)
            opened = open_exhibit(session, instance.vault, row, actor=cast.amina)
        assert opened.media_type == media_type
        began = time.monotonic()
        shown, read = look(instance, row, cast.amina), None
        with instance.reading() as session:
            read = text_of(session, instance.vault, row, actor=cast.amina)
        assert time.monotonic() - began < 30
        can = looks_of(media_type)
        assert (shown.failed is None) is bool(shown.content)
        assert can.picture or shown.failed == "There is no picture to be shown of a file of this type."
        assert can.text or read.failed == "There is no text to be shown of a file of this type."
