"""The Go program of docs/how-to/verify-a-bundle.md, which shares no line with our verifier."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.vectors.make_bundle_vectors import FOLDER

SOURCE = Path(__file__).parents[2] / "docs/how-to/second-opinion"
GOPATH = Path("/usr/share/gocode")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """Build the program as the page says."""
    if shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        reason = "no Go: apt-get install golang-go golang-golang-x-mod-dev"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    folder = tmp_path_factory.mktemp("second-opinion")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOPATH": str(GOPATH),
        "GOCACHE": str(folder / "cache"),
    }
    path = folder / "second-opinion"
    subprocess.run(["go", "vet", "."], cwd=SOURCE, env=environment, check=True)
    subprocess.run(["go", "build", "-o", path, "."], cwd=SOURCE, env=environment, check=True)
    return path


@pytest.fixture
def ask(program, tmp_path):
    """Unpack a vector with the standard library and ask the program about it."""

    def ask(name):
        with zipfile.ZipFile(next((FOLDER / name).glob("*.zip"))) as archive:
            archive.extractall(tmp_path)
        key = (FOLDER / name / "key.txt").read_text().strip()
        return subprocess.run([program, tmp_path, key], capture_output=True, text=True, check=False)

    return ask


@pytest.mark.parametrize("name", ["honest", "honest-with-withheld-events"])
def test_it_agrees_about_honest_bundles(ask, name):
    result = ask(name)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "no fault found" in result.stdout


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing-original", "EX-0001.jpg"),
        ("swapped-exhibits", "its digest is not the one listed"),
        ("changed-bit-of-an-exhibit", "its digest is not the one listed"),
        ("lists-rewritten-without-the-key", "is not tagmanifest-sha256.txt"),
        ("lists-signed-by-another-key", "not signed by this key"),
        ("forged-from-the-ground", "not signed by this key"),
        ("files-changed-after-the-sealing", "sealing of something else"),
        ("seal-of-another-event", "sealing of something else"),
    ],
)
def test_it_agrees_about_spoilt_ones(ask, name, says):
    result = ask(name)

    assert result.returncode == 1, result.stdout + result.stderr
    assert says in result.stdout


@pytest.mark.parametrize("arguments", [[], ["folder"], ["folder", "no key"]])
def test_wrong_usage_ends_with_2(program, arguments):
    assert subprocess.run([program, *arguments], capture_output=True, check=False).returncode == 2
