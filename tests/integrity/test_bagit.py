"""The text files of a bag, held against sha256sum and the Library of Congress's bagit.py."""

import contextlib
import subprocess
import sys
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.integrity.bagit import (
    BAGIT_TXT,
    ManifestFault,
    bag_info,
    manifest_text,
    parse_bag_info,
    parse_manifest,
    payload_oxum,
)
from evidence_tracker.integrity.guide import verify_md

from .make_bundle import make

DIGEST = sha256(b"").hexdigest()
OTHER = sha256(b"x").hexdigest()
PATHS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    """Return an honest bundle, unpacked."""
    return make().unpack(tmp_path_factory.mktemp("bag"))


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


# --- Manifests --------------------------------------------------------------------------------


def test_a_manifest_is_sorted_by_the_bytes_of_its_paths():
    text = manifest_text({"data/b": DIGEST, "data/Ã": DIGEST, "data/B": DIGEST, "data/z": DIGEST})

    assert [line.split("  ")[1] for line in text.decode().splitlines()] == [
        "data/B",
        "data/b",
        "data/z",
        "data/Ã",
    ]


def test_a_manifest_of_nothing_is_empty():
    assert manifest_text({}) == b""
    assert parse_manifest(b"") == {}


@given(st.dictionaries(PATHS, st.sampled_from([DIGEST, OTHER]), max_size=8))
def test_what_is_written_is_read(digests):
    assert parse_manifest(manifest_text(digests)) == digests


@given(PATHS)
def test_a_path_never_makes_a_second_line(path):
    assert manifest_text({path: DIGEST}).count(b"\n") == 1


def test_only_line_ends_and_the_percent_sign_are_encoded():
    text = manifest_text({"data/50%\r\n off é.txt": DIGEST}).decode()

    assert text == f"{DIGEST}  data/50%25%0D%0A off é.txt\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{DIGEST}  data/a", "cut short"),
        (f"{DIGEST} data/a\n", "Line 1"),
        (f"{DIGEST} *data/a\n", "Line 1"),
        (f"{DIGEST}  \n", "Line 1"),
        (f"{DIGEST.upper()}  data/a\n", "Line 1"),
        (f"{DIGEST[:-1]}  data/a\n", "Line 1"),
        (f"{DIGEST}0  data/a\n", "Line 1"),
        (f"{'g' * 64}  data/a\n", "Line 1"),
        (f"{DIGEST}  data/a\n\n", "Line 2"),
        (f"# comment\n{DIGEST}  data/a\n", "Line 1"),
        (f"\ufeff{DIGEST}  data/a\n", "Line 1"),
        (f"{DIGEST}  data/a\r\n", "another way"),
        (f"{DIGEST}  data/a%\n", "another way"),
        (f"{DIGEST}  data/a%0a\n", "another way"),
        (f"{DIGEST}  data/b\n{DIGEST}  data/a\n", "Line 2 .* out of order"),
        (f"{DIGEST}  data/a\n{OTHER}  data/a\n", "Line 2 .* twice"),
    ],
)
def test_a_second_spelling_of_a_manifest_is_refused(text, says):
    with pytest.raises(ManifestFault, match=says):
        parse_manifest(text.encode())


def test_a_manifest_of_another_algorithm_is_refused():
    with pytest.raises(ManifestFault):
        parse_manifest(manifest_text({"data/a": DIGEST}), digest_digits=128)


def test_a_manifest_that_is_no_text_is_refused():
    with pytest.raises(ManifestFault, match="UTF-8"):
        parse_manifest(b"\xff\n")


@given(st.binary(max_size=200))
def test_no_bytes_make_the_manifest_reader_stumble(data):
    with contextlib.suppress(ManifestFault):
        assert manifest_text(parse_manifest(data)) == data


@pytest.mark.parametrize(
    "digests",
    [
        {"data/a": "not hex"},
        {"data/a": DIGEST.upper()},
        {"data/a": ""},
        {"": DIGEST},
        {"a": DIGEST, "b": "00"},
    ],
)
def test_it_does_not_write_what_it_would_not_read(digests):
    with pytest.raises(ManifestFault):
        manifest_text(digests)


def test_the_oxum_counts_bytes_and_files():
    assert payload_oxum([3, 0, 39]) == "42.3"
    assert payload_oxum([]) == "0.0"


# --- bag-info.txt -----------------------------------------------------------------------------


def test_a_newline_in_a_value_cannot_begin_a_field():
    evil = "Fictional Centre\nPayload-Oxum: 0.0\r\n\u2028Bag-Count: 1\x85Fetch: x"
    fields = parse_bag_info(bag_info([("Source-Organization", evil), ("Payload-Oxum", "5.1")]))

    assert [label for label, _ in fields] == ["Source-Organization", "Payload-Oxum"]
    assert dict(fields)["Payload-Oxum"] == "5.1"


def test_long_values_are_folded_and_unfolded():
    value = "a word or two, " * 20 + "x" * 120
    data = bag_info([("External-Description", value)])

    assert all(len(line) <= 79 for line in data.decode().splitlines()[:-1])
    assert parse_bag_info(data) == [("External-Description", value)]


@given(
    st.lists(st.tuples(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}", fullmatch=True), st.text(min_size=1)))
)
def test_whatever_is_accepted_comes_back_as_one_paragraph(fields):
    try:
        data = bag_info(fields)
    except ManifestFault:
        return
    assert parse_bag_info(data) == [(label, " ".join(value.split())) for label, value in fields]


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("", "x"),
        ("Two words", "x"),
        ("A:", "x"),
        ("A\n", "x"),
        ("A", ""),
        ("A", " \n\t "),
        ("A", "\x00"),
        ("A", "\x1b[2J"),
    ],
)
def test_a_field_that_cannot_be_told_apart_is_refused(label, value):
    with pytest.raises(ManifestFault):
        bag_info([(label, value)])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"A: x",
        b"A:x\n",
        b"A:  x\n",
        b"A: x \n",
        b" A: x\n",
        b"A\n",
        b"A: x\r\n",
        b"A: x\n y\n",
        b"\n",
        b"A: \n",
    ],
)
def test_a_second_spelling_of_bag_info_is_refused(data):
    with pytest.raises(ManifestFault):
        parse_bag_info(data)


# --- Foreign judges ---------------------------------------------------------------------------


def test_the_declaration_is_that_of_rfc_8493():
    assert BAGIT_TXT == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def test_bagit_py_accepts_an_unpacked_bundle(bag):
    result = run([sys.executable, "-m", "bagit", "--validate", str(bag)], bag.parent)

    assert result.returncode == 0, result.stderr
    assert "is valid" in result.stderr


def test_bagit_py_refuses_one_with_a_changed_exhibit(tmp_path):
    bag = make().unpack(tmp_path)
    (bag / "data/exhibits/EX-0001/EX-0001.jpg").write_bytes(b"something else")

    assert run([sys.executable, "-m", "bagit", "--validate", str(bag)], tmp_path).returncode == 1


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt", "manifest-sha512.txt"])
def test_the_usual_tools_check_each_list(bag, manifest):
    tool = "sha512sum" if "512" in manifest else "sha256sum"
    result = run([tool, "--strict", "--quiet", "-c", manifest], bag)

    assert (result.returncode, result.stdout) == (0, ""), result.stderr


# --- VERIFY.md --------------------------------------------------------------------------------


def test_the_guide_names_the_bundle_and_its_log_but_no_key():
    guide = verify_md(name="KYI-S-0001-v1", origin="evidence.example/kyiv/1").decode()

    assert "KYI-S-0001-v1.receipt" in guide
    assert "evidence.example/kyiv/1" in guide
    assert "+" not in guide, "a key printed inside the bundle would be believed"
    assert all(len(line) <= 120 for line in guide.splitlines())


def test_the_commands_of_the_guide_work(bag):
    guide = (bag / "VERIFY.md").read_text()
    for command in (
        "sha256sum -c --quiet manifest-sha256.txt",
        "sha256sum -c --quiet tagmanifest-sha256.txt",
    ):
        assert command in guide
        assert run(command.split(), bag).returncode == 0
    fingerprint = run(["sha256sum", "proof/log.vkey"], bag).stdout.split()[0]
    assert fingerprint == sha256((bag / "proof/log.vkey").read_bytes()).hexdigest()


def test_the_guide_takes_no_unsafe_name():
    with pytest.raises(Exception, match="not safe"):
        verify_md(name="a; rm -rf b", origin="evidence.example/kyiv/1")
