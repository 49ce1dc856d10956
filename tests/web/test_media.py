"""Evidence in the browser: seen by whoever may, played in pieces, taken out when the log says so, run by nothing."""

import io
import re
import zlib
from base64 import b64encode
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, AccessKind
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.history import events_of
from evidence_tracker.instance import Instance
from evidence_tracker.web import media
from tests.cast import Cast
from tests.factories.exhibits import exhibit_of, receive, thing
from tests.sandbox.test_media_type import CORPUS_TYPES
from tests.web.conftest import ClientOf

SCRIPT = b"<script>document.title = 'ran'</script>"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>
"""
HOSTILE = {
    "html": b"<!DOCTYPE html><html><head><title>x</title></head><body>" + SCRIPT + b"</body></html>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'
    + SCRIPT
    + b"</svg>",
    "xml": b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a xmlns="http://www.w3.org/1999/xhtml"/>',
}


def photograph() -> bytes:
    content = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def recording(size: int) -> bytes:
    """Return a WAV file of noise that is different at each place."""
    noise = b"".join(zlib.crc32(number.to_bytes(4, "big")).to_bytes(4, "big") for number in range(size // 4))
    header = b"WAVEfmt " + bytes([16, 0, 0, 0, 1, 0, 1, 0, 0x44, 0xAC, 0, 0, 0x88, 0x58, 1, 0, 2, 0, 16, 0])
    body = header + b"data" + len(noise).to_bytes(4, "little") + noise
    return b"RIFF" + len(body).to_bytes(4, "little") + body


WAV = recording(5_000_000)


@pytest.fixture
def take_in(instance: Instance, cast: Cast):
    """Return a maker of exhibits; it answers the address of what was made."""

    def make(data: bytes, *, level: Level = Level.CONFIDENTIAL, name: str = "as it came.bin") -> str:
        with instance.transaction() as session:
            row = receive(session, instance.vault, cast, data, name=name, governance=Governance(level))
            return f"/evidence/{row.reference}"

    return make


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def chen(client_of: ClientOf) -> FlaskClient:
    return client_of("chen")


def noted(instance: Instance, kind: AccessKind = AccessKind.READ) -> list[str]:
    with instance.reading() as session:
        return list(session.scalars(select(AccessEntry.what).where(AccessEntry.kind == kind)))


def assert_harmless(answer) -> None:
    """Nothing in it can run, be guessed to be something else, be kept, or be used by another site."""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert re.match(r"(image/(jpeg|png)|text/plain|audio/|video/)", answer.mimetype)


@pytest.mark.parametrize(("size", "width"), [("thumbnail", 320), ("view", 800)])
def test_a_photograph_is_seen_in_two_sizes(amina, take_in, size, width):
    answer = amina.get(f"{take_in(photograph())}/preview/{size}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert_harmless(answer)
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.width == width


def test_pages_are_numbered_from_one(amina, take_in):
    place = take_in(PDF)
    page = amina.get(f"{place}/page/1")
    assert (page.status_code, page.mimetype) == (200, "image/png")
    assert_harmless(page)
    for number in (0, 2):
        missing = amina.get(f"{place}/page/{number}")
        assert (missing.status_code, missing.mimetype) == (422, "text/plain")
        assert "It has 1 pages" in missing.text
    assert amina.get(f"{place}/page/-1").status_code == 404
    assert amina.get(f"{place}/page/first").status_code == 404


def test_another_size_is_not_there(amina, take_in):
    assert amina.get(f"{take_in(photograph())}/preview/poster").status_code == 404


def test_words_are_plain_text_in_any_script(amina, take_in):
    answer = amina.get(take_in("Слова — كلمات\n".encode()) + "/text")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == "Слова — كلمات\n"
    assert_harmless(answer)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("look", ["preview/thumbnail", "preview/view", "page/1", "text", "media"])
def test_what_could_run_is_never_served_as_what_it_is(amina, take_in, kind, look):
    answer = amina.get(f"{take_in(HOSTILE[kind])}/{look}")
    if look == "media":
        assert answer.status_code == 422
        assert b"<script>document" not in answer.data
        return
    assert_harmless(answer)
    assert answer.mimetype == "text/plain"
    assert answer.status_code == (200 if look == "text" else 422)


def test_a_broken_picture_says_why(amina, take_in):
    answer = amina.get(take_in(photograph()[:300]) + "/preview/view")
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert "could not be read" in answer.text
    assert_harmless(answer)


@pytest.mark.parametrize("look", ["preview/view", "page/1", "text", "media", "bytes"])
def test_what_one_may_not_see_is_not_there(client_of, take_in, look):
    place, outsider = take_in(WAV[:50_000]), client_of("outsider")
    for address in (f"{place}/{look}", f"/evidence/KYI-E-9999/{look}"):
        method = "POST" if look == "bytes" else "GET"
        answer = outsider.open(address, method=method, data={"purpose": "x"} if look == "bytes" else None)
        assert answer.status_code == 404
        assert "or you may not see it" in answer.text


@pytest.mark.parametrize("look", ["preview/view", "page/1", "text", "media"])
def test_a_thing_is_not_to_be_looked_into(amina, instance, cast, look):
    with instance.transaction() as session:
        reference = exhibit_of(session, thing(session, instance.vault, cast)).reference
    answer = amina.get(f"/evidence/{reference}/{look}")
    assert answer.status_code == 422
    assert "is a thing and has no bytes" in answer.text


def test_a_recording_is_played_whole_and_in_parts(amina, take_in):
    place = f"{take_in(WAV)}/media"
    whole = amina.get(place)
    assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/wav", WAV)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert_harmless(whole)
    for asked, start, stop in (
        ("0-0", 0, 1),
        ("0-99", 0, 100),
        ("16383-16385", 16_383, 16_386),
        ("1000000-1999999", 1_000_000, 2_000_000),
        ("-10", len(WAV) - 10, len(WAV)),
        (f"{len(WAV) - 1}-", len(WAV) - 1, len(WAV)),
        (f"{len(WAV) - 5}-{len(WAV) + 5}", len(WAV) - 5, len(WAV)),
        (f"-{len(WAV) * 2}", 0, media.MOST_AT_ONCE),
    ):
        part = amina.get(place, headers={"Range": f"bytes={asked}"})
        assert (part.status_code, part.data) == (206, WAV[start:stop]), asked
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(WAV)}"
        assert part.headers["Content-Length"] == str(stop - start)
        assert_harmless(part)


def test_a_player_that_asks_for_everything_gets_it_part_by_part(amina, take_in):
    place, heard = f"{take_in(WAV)}/media", b""
    while len(heard) < len(WAV):
        part = amina.get(place, headers={"Range": f"bytes={len(heard)}-"})
        assert part.status_code == 206
        assert 0 < len(part.data) <= media.MOST_AT_ONCE
        heard += part.data
    assert heard == WAV


@pytest.mark.parametrize("asked", [f"{len(WAV)}-", f"{10**30}-", "-0"])
def test_a_part_behind_the_end_is_refused(amina, take_in, asked):
    answer = amina.get(f"{take_in(WAV)}/media", headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(WAV)}"
    assert answer.data == b""


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-1", "lines=0-1", "bytes=x-y", "bytes", "bytes=-"]
)
def test_what_is_no_single_part_is_answered_whole(amina, take_in, asked):
    answer = amina.get(f"{take_in(WAV[:60_000])}/media", headers={"Range": asked})
    assert (answer.status_code, len(answer.data)) == (200, 60_000)


def test_an_empty_recording_has_no_part(amina, take_in, monkeypatch):
    monkeypatch.setitem(media.PLAYED, "application/x-empty", "audio/wav")
    monkeypatch.setitem(media.PLAYED, "inode/x-empty", "audio/wav")
    place = f"{take_in(b'')}/media"
    assert amina.get(place).data == b""
    assert amina.get(place, headers={"Range": "bytes=0-"}).status_code == 416


def test_the_head_alone_opens_nothing_for_long(amina, take_in):
    place = f"{take_in(WAV)}/media"
    head = amina.head(place)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(WAV)))
    part = amina.head(place, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.headers["Content-Length"]) == (206, "5")


def test_a_part_of_what_has_changed_is_not_mixed_with_the_old(amina, take_in):
    place = f"{take_in(WAV)}/media"
    tag = amina.head(place).headers["ETag"]
    asked = {"Range": "bytes=5-9"}
    assert amina.get(place, headers={**asked, "If-Range": tag}).status_code == 206
    for other in ('"another"', f"W/{tag}", "Mon, 02 Mar 2026 09:15:00 GMT"):
        assert amina.get(place, headers={**asked, "If-Range": other}).status_code == 200


def test_the_tag_tells_nobody_that_two_items_are_the_same(amina, chen, take_in):
    first, second = (f"{take_in(WAV)}/media" for _copy in range(2))
    tags = [
        amina.head(first).headers["ETag"],
        chen.head(first).headers["ETag"],
        amina.head(second).headers["ETag"],
    ]
    assert tags[0] == tags[1] != tags[2]
    assert sha256(WAV).hexdigest()[:10] not in tags[0]


def test_a_page_that_poses_as_a_recording_stays_one(amina, take_in):
    answer = amina.get(f"{take_in(WAV[:44] + HOSTILE['html'] + WAV[44:])}/media")
    assert answer.mimetype == "audio/wav"
    assert_harmless(answer)


def test_altered_bytes_break_off_and_are_never_played(amina, take_in, instance):
    place = take_in(WAV)
    damage(instance, 3_000_000)
    good = amina.get(f"{place}/media", headers={"Range": "bytes=0-999"})
    assert good.data == WAV[:1_000]
    with pytest.raises(Exception, match="cannot be opened"):
        amina.get(f"{place}/media", headers={"Range": "bytes=2990000-3010000"})


def test_shortened_bytes_are_an_alarm(amina, take_in, instance):
    place = take_in(WAV)
    (blob,) = blobs(instance)
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-100])
    answer = amina.get(f"{place}/media")
    assert answer.status_code == 500
    assert "call the security officer" in answer.text


def blobs(instance: Instance):
    return [path for path in instance.settings.vault_path.rglob("*") if path.is_file()]


def damage(instance: Instance, place: int) -> None:
    (path,) = blobs(instance)
    path.chmod(0o600)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)


def test_looking_at_what_is_restricted_is_noted_once_in_a_while(amina, take_in, instance, monkeypatch):
    place = take_in(WAV, level=Level.RESTRICTED)
    reference = place.rpartition("/")[2]
    for start in (0, 100, 5_000):
        amina.get(f"{place}/media", headers={"Range": f"bytes={start}-{start + 9}"})
    amina.get(f"{place}/preview/view")
    assert noted(instance) == [
        f"recording of evidence item {reference}",
        f"picture of evidence item {reference}",
    ]
    monkeypatch.setattr(media, "NOTED_AGAIN_AFTER_S", 0)
    amina.get(f"{place}/media", headers={"Range": "bytes=0-9"})
    assert len(noted(instance)) == 3


def test_looking_at_what_is_not_restricted_is_not_noted_and_nothing_is_an_event(amina, take_in, instance):
    place = take_in(photograph())
    for look in ("preview/thumbnail", "preview/view", "page/1", "text"):
        amina.get(f"{place}/{look}")
    assert noted(instance) == []
    assert "extracted" not in acts(instance, place)


def acts(instance: Instance, place: str) -> list[str]:
    with instance.reading() as session:
        row = session.scalars(select(Exhibit).where(Exhibit.reference == place.rpartition("/")[2])).one()
        return [event.values["act"] for event in events_of(session, instance.keyring, row.id)]


def test_the_original_leaves_once_the_log_says_so(chen, take_in, instance):
    place = take_in(HOSTILE["svg"], name="Олена Коваленко.svg")
    reference = place.rpartition("/")[2]
    answer = chen.post(f"{place}/bytes", data={"purpose": "examination by a laboratory"})
    assert (answer.status_code, answer.data) == (200, HOSTILE["svg"])
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{reference}.svg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    digest = b64encode(sha256(HOSTILE["svg"]).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert acts(instance, place)[-1] == "extracted"


def test_nothing_leaves_without_a_purpose_or_the_right(chen, amina, take_in, instance):
    place = take_in(photograph())
    assert chen.post(f"{place}/bytes").status_code == 422
    assert amina.post(f"{place}/bytes", data={"purpose": "to have it"}).status_code == 403
    assert chen.get(f"{place}/bytes").status_code in {404, 405}
    assert "extracted" not in acts(instance, place)
    assert any("extract" in line for line in noted(instance, AccessKind.DENIED))


def test_nobody_looks_without_a_sign_in(stranger, take_in):
    place = take_in(photograph())
    for look in ("preview/view", "page/1", "text", "media"):
        answer = stranger.get(f"{place}/{look}")
        assert answer.status_code in {302, 303, 401}
        assert answer.data[:2] != b"\xff\xd8"


def test_every_real_file_is_shown_or_says_why_and_nothing_runs(amina, instance, cast, corpus):
    played = set()
    for name, media_type in CORPUS_TYPES.items():
        path = next(
            corpus / folder / name for folder in ("files", "c2pa") if (corpus / folder / name).exists()
        )
        with instance.transaction() as session:
            place = (
                f"/evidence/{receive(session, instance.vault, cast, path.read_bytes(), name=name).reference}"
            )
        for look in ("preview/thumbnail", "text"):
            answer = amina.get(f"{place}/{look}")
            assert answer.status_code in {200, 422}
            assert answer.mimetype in {"image/jpeg", "text/plain"}
            assert_harmless(answer)
        answer = amina.get(f"{place}/media", headers={"Range": "bytes=0-99"})
        if answer.status_code == 206:
            played.add(media_type)
            assert answer.data == path.read_bytes()[:100]
            assert_harmless(answer)
        assert (answer.status_code == 206) is media.is_played(media_type)
    assert played == {
        *("audio/mpeg", "audio/flac", "audio/ogg", "audio/x-wav"),
        *("video/mp4", "video/quicktime", "video/x-matroska"),
    }
