"""Whatever is handed to the verifier, it answers; it follows no link and believes no number."""

import json
import os
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.integrity.archive import Entry, write_archive
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.integrity.items import same
from evidence_tracker.integrity.report import DIGESTS, EVENTS, FILES, ITEMS, KINDS, Findings, Outcome

from .make_bundle import BARE_MINIMUM, bare, make, relist, sign
from .spoil import named, spoil_item

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
IN_MEMORY = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ITEM = "data/exhibits/EX-0001/item.json"


@pytest.fixture(scope="module")
def honest():
    return make(bare(), BARE_MINIMUM)


def resealed(**files):
    """Return a bundle in which somebody with the log key sealed these files."""
    return make(bare(), BARE_MINIMUM, payload=lambda all_files: all_files.update(files))


def refused(report):
    return report.status == 1 and bool(report.faults)


# --- Not a bundle -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (
            b"age-encryption.org/v1\n-> X25519 abc\n",
            2,
            "age -d -i YOUR-KEY-FILE -o evidence.zip evidence.zip.age",
        ),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", 2, "decrypt it first"),
        (b"\xff\xd8\xff\xe0 a photograph", 2, "neither a ZIP file nor a folder"),
        (b"%PDF-1.7\n", 2, "neither a ZIP file nor a folder"),
        (b"", 1, "cut short"),
        (b"P", 1, "cut short"),
        (b"PK\x03\x04", 1, "cut short"),
        (b"PK\x03\x04" + bytes(200), 1, "cut short"),
    ],
)
def test_what_is_no_bundle_is_answered_with_a_sentence(tmp_path, data, status, says):
    path = tmp_path / "evidence.zip.age"
    path.write_bytes(data)
    report = verify_bundle(path, vkey=None)

    assert report.status == status
    assert says in " ".join(report.text().split())


def test_what_is_not_there_is_answered_with_a_sentence(tmp_path):
    for path in (
        tmp_path / "none.zip",
        tmp_path / ("n" * 5000),
        tmp_path / "zero\x00byte",
        Path("/dev/null"),
    ):
        assert verify_bundle(path, vkey=None).status == 2


def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "pipe.zip"
    os.mkfifo(path)

    assert verify_bundle(path, vkey=None).status == 2


def test_an_empty_folder_and_an_empty_zip_are_faulty_bundles(tmp_path):
    (tmp_path / "empty").mkdir()
    empty = tmp_path / "empty.zip"
    with empty.open("wb") as target:
        write_archive([], target.write)

    for path in (tmp_path / "empty", empty):
        report = verify_bundle(path, vkey=None)
        assert refused(report)
        assert Outcome.PASSED not in {check.outcome for check in report.checks[1:]}


def test_a_key_that_is_none_is_a_question_of_usage(tmp_path, honest):
    path = honest.write(tmp_path)
    for vkey in ("", "key", "a+b+c", honest.vkey[:-4], honest.vkey.replace("kyiv", "lviv"), "\x00", "é" * 9):
        assert verify_bundle(path, vkey=vkey).status == 2


@pytest.mark.parametrize("step", [97])
def test_every_truncation_is_refused(tmp_path, honest, step):
    data, path = honest.zipped(), tmp_path / "cut.zip"
    for length in range(0, len(data), step):
        path.write_bytes(data[:length])
        assert refused(verify_bundle(path, vkey=honest.vkey)), length


# --- Hostile folders --------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, honest):
    return honest.unpack(tmp_path)


def test_a_link_to_the_right_bytes_is_refused_all_the_same(tmp_path, folder, honest):
    target = folder / "data/exhibits/EX-0001/EX-0001.jpg"
    target.rename(tmp_path / "outside.jpg")
    target.symlink_to(tmp_path / "outside.jpg")
    report = verify_bundle(folder, vkey=honest.vkey)

    assert {"file-unreadable", "file-missing"} <= named(report)[FILES]
    assert "links are not followed" in " ".join(report.text().split())


def test_a_link_to_a_folder_is_not_walked(tmp_path, folder, honest):
    (folder / "data/exhibits").rename(tmp_path / "exhibits")
    (folder / "data/exhibits").symlink_to(tmp_path / "exhibits", target_is_directory=True)

    assert {"file-unreadable", "file-missing"} <= named(verify_bundle(folder, vkey=honest.vkey))[FILES]


def test_a_link_that_leads_nowhere_and_a_loop_are_refused(folder, honest):
    (folder / "data/nowhere").symlink_to("/nonexistent")
    (folder / "data/loop").symlink_to(folder)
    faults = verify_bundle(folder, vkey=honest.vkey).checks[FILES - 1].faults

    assert {fault.where for fault in faults} == {"data/nowhere", "data/loop"}


def test_a_pipe_among_the_files_is_refused_and_not_read(folder, honest):
    os.mkfifo(folder / "data/pipe")

    assert named(verify_bundle(folder, vkey=honest.vkey)) == {FILES: {"file-unreadable"}}


def test_a_thousand_folders_in_one_another_are_not_descended(folder, honest):
    folder.joinpath("data", *["deep"] * 300).mkdir(parents=True)

    report = verify_bundle(folder, vkey=honest.vkey)
    assert named(report) == {FILES: {"file-unreadable"}}


def test_a_name_that_is_no_text_is_refused(folder, honest):
    (folder / os.fsdecode(b"data/\xff\xfe.jpg")).write_bytes(b"")
    report = verify_bundle(folder, vkey=honest.vkey)

    assert named(report)[FILES] >= {"unsafe-name", "file-unlisted"}
    report.text().encode()
    json.dumps(report.to_json()).encode()


def test_a_name_that_steers_a_terminal_is_shown_harmless(folder, honest):
    (folder / "data/\x1b[2J\x1b[31mINTACT\u202e").write_bytes(b"")
    text = verify_bundle(folder, vkey=honest.vkey).text()

    assert all(character.isprintable() or character == "\n" for character in text)


# --- Hostile values ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[", b"[" * 100_000, b"{" * 50_000, b"\xff", b"\xef\xbb\xbf{}", b"null", b"[]", b"1" * 10_000,
        b'{"number":"EX-0001","number":"EX-0001"}', b'{"a":1e999}', b'{"a":"\\ud800"}', b"{}", b"NaN",
        b'"' + b"x" * 99_999,
    ],
)  # fmt: skip
def test_an_item_file_that_is_no_item_is_named(tmp_path, data):
    path = resealed(**{ITEM: data}).write(tmp_path)
    report = verify_bundle(path, vkey=None)

    assert refused(report)
    assert ITEM in {fault.where for fault in report.checks[ITEMS - 1].faults}


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**60),
        {"ключ": 1},
        {"a": {"b": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}},
    ],
)
def test_what_no_canonical_json_can_hold_is_refused_even_in_annotations(tmp_path, value):
    change = spoil_item(lambda item: item.update(annotations={"note": value}))
    report = verify_bundle(make(bare(), BARE_MINIMUM, payload=change).write(tmp_path), vkey=None)

    assert "not-canonical" in named(report)[ITEMS]


@given(
    value=JSON_VALUES,
    key=st.sampled_from(["number", "kind", "custody", "record", "size", "file", "annotations"]),
)
@IN_MEMORY
def test_no_value_in_an_item_makes_the_verifier_stumble(tmp_path, value, key):
    change = spoil_item(lambda item: item.update({key: value}))
    path = make(bare(), BARE_MINIMUM, payload=change).write(tmp_path)

    assert verify_bundle(path, vkey=None).status in {1, 3}


def test_a_key_that_is_there_twice_is_refused(tmp_path, honest):
    """Two readers could believe two values of it."""
    twice = honest.files[ITEM].replace(b"{", b'{"size": 8,', 1)
    report = verify_bundle(resealed(**{ITEM: twice}).write(tmp_path), vkey=None)

    assert "A key is there twice in one object" in " ".join(report.text().split())


@pytest.mark.parametrize("number", [b"1.5", b"1e2", b"NaN", b"-Infinity"])
def test_a_number_that_is_not_whole_is_refused_even_in_annotations(tmp_path, honest, number):
    item = honest.files[ITEM].rstrip(b"}\n ") + b', "annotations": {"n": ' + number + b"}}"
    report = verify_bundle(resealed(**{ITEM: item}).write(tmp_path), vkey=None)

    assert f"The number {number.decode()} is not a whole number" in " ".join(report.text().split())


@pytest.mark.parametrize("data", [b"{}", b'[{"number":"AL-0001"}]', b"[[]]", b"[null]", b'["x"]', b"5"])
def test_allegations_that_are_none_are_named(tmp_path, data):
    report = verify_bundle(resealed(**{"data/allegations.json": data}).write(tmp_path), vkey=None)

    assert named(report) == {ITEMS: {"malformed-item"}}


@given(
    value=JSON_VALUES.filter(lambda value: same(value, value)),
    key=st.sampled_from(["n", "item", "epoch", "index", "extra"]),
)
@IN_MEMORY
def test_no_value_in_an_event_makes_the_verifier_stumble(tmp_path, honest, value, key):
    lines = honest.files["data/custody.jsonl"].splitlines()
    first = json.loads(lines[0]) | {key: value}
    files = honest.files | {"data/custody.jsonl": b"\n".join([canonical(first), *lines[1:], b""])}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None)

    assert refused(report)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"{}\n", b"\n\n\n", b"\xff\n", b"[" * 99_999 + b"\n", b"no newline", b"x" * (40 << 20)],
)
def test_events_that_are_none_are_named(tmp_path, honest, data):
    files = honest.files | {"data/custody.jsonl": data}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None)

    assert refused(report)
    assert EVENTS in named(report)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data[:-1], "cut short"),
        (lambda data: data.replace(b'"n":1}', b'"n":2}'), "The line is number 1, but says that it is 2"),
        (lambda data: data + b"x" * ((32 << 20) + 1), "longer than that of any honest event"),
        (lambda data: data.replace(b'"n":1}', b'"n":1,"x":1}'), "exactly the keys"),
        (lambda data: data.replace(b'"index":0', b'"index":false'), "no whole number"),
    ],
)
def test_what_is_wrong_with_a_line_of_events_is_told(tmp_path, honest, change, says):
    files = honest.files | {"data/custody.jsonl": change(honest.files["data/custody.jsonl"])}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None)

    assert "malformed-event" in named(report)[EVENTS]
    assert says in " ".join(report.text().split())


@given(data=st.binary(max_size=300), name=st.sampled_from(sorted(make(bare(), BARE_MINIMUM).files)))
@IN_MEMORY
def test_no_bytes_in_any_file_make_the_verifier_stumble(tmp_path, honest, data, name):
    """Signed, so that the bytes get past the signature and to their reader."""
    files = honest.files | {name: data}
    relist(files)
    if not name.startswith("tagmanifest"):
        sign(files, bare().signer)
    files[name] = data

    assert verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None).status in {0, 1, 3}


@given(data=st.binary(max_size=300))
@IN_MEMORY
def test_no_receipt_makes_the_verifier_stumble(tmp_path, honest, data):
    assert refused(verify_bundle(replace(honest, receipt=data).write(tmp_path), vkey=None))


def test_names_that_leave_the_folder_are_refused_in_a_zip(tmp_path):
    evil, path = b"../../../etc/passwd", tmp_path / "evil.zip"
    with path.open("wb") as target:
        harmless = "x" * len(evil)
        write_archive([Entry(harmless, 1, zlib.crc32(b"x"), partial(list, [b"x"]))], target.write)
    path.write_bytes(path.read_bytes().replace(harmless.encode(), evil))
    report = verify_bundle(path, vkey=None)

    assert "unsafe-name" in named(report)[1]
    assert not (tmp_path.parent.parent / "etc").exists()


def test_a_checksum_that_is_wrong_in_both_headers_is_named(tmp_path, honest):
    path = honest.write(tmp_path, receipt=False)
    right = zlib.crc32(b"original").to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(right, b"\x00\x00\x00\x00"))
    report = verify_bundle(path, vkey=honest.vkey)

    assert named(report) == {DIGESTS: {"stream-differs"}}


# --- The report itself ------------------------------------------------------------------------


def test_a_check_that_nobody_finished_is_never_passed():
    checks = Findings().checks()

    assert {check.outcome for check in checks} == {Outcome.NOT_DONE}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_a_check_rests_on_those_before_it(kind):
    findings = Findings()
    for other in KINDS:
        findings.finish(other.number)
    for number in kind.rests_on:
        findings.fault(number, "fault", "somewhere", "Something.")
    outcome = findings.checks()[kind.number - 1].outcome

    assert outcome is (Outcome.NOT_DONE if kind.rests_on else Outcome.PASSED)


def test_thousands_of_faults_are_counted_but_not_all_shown(tmp_path, honest):
    files = honest.files | {f"data/extra/{number}": b"" for number in range(3000)}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None)

    assert len(report.checks[FILES - 1].faults) == 100
    assert report.checks[FILES - 1].more > 5000
    assert len(report.text()) < 40_000


def test_the_verifier_never_calls_a_bundle_genuine(tmp_path, honest):
    report = verify_bundle(honest.write(tmp_path), vkey=honest.vkey)

    assert "authentic" not in (report.text() + json.dumps(report.to_json())).lower()
