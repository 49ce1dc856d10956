"""Fixtures that every test may use: a real instance with a real database and vault."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from evidence_tracker.clock import FrozenClock
from evidence_tracker.db import open_sqlite
from evidence_tracker.instance import Instance, create, open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.sandbox.runner import Sandbox
from evidence_tracker.settings import Kind
from tests.cast import PASSPHRASE, Cast, engage, gather

pytest_plugins = ["tests.no_network"]

PROJECT = Path(__file__).parents[1]
START = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


class SharedSandbox(Sandbox):
    """The sandbox of all instances of a run; one of them that is closed does not take it along."""

    def close(self) -> None:
        """Go on: others still ask it."""

    def end(self) -> None:
        """End it."""
        super().close()


@pytest.fixture(scope="session", autouse=True)
def sandbox_of_all() -> Iterator[Sandbox]:
    """Give every instance that is opened in this process the same real sandbox.

    To start one takes longer than most tests. tests/sandbox start their own, and so do programs
    that tests run.
    """
    shared = SharedSandbox()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evidence_tracker.instance.Sandbox", lambda: shared)
        yield shared
    shared.end()


@pytest.fixture(scope="session", autouse=True)
def compiled_once(template: Path) -> Iterator[None]:
    """Let all databases of a process share the statements that were compiled for one of them.

    A server compiles each of them once in days; a test that opens its own database would do it again.
    """
    model = open_instance(template, Passphrase(PASSPHRASE, CHEAP), clock=FrozenClock(START)).engine

    def opened(path: Path, key: bytes) -> Engine:
        engine = open_sqlite(path, key)
        engine.dialect, engine._compiled_cache = model.dialect, model._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evidence_tracker.instance.open_sqlite", opened)
        yield


@pytest.fixture
def clock() -> FrozenClock:
    """Return the clock of the instance: it stands still until the test moves it."""
    return FrozenClock(START)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a furnished instance that tests copy instead of making their own."""
    path = tmp_path_factory.mktemp("template") / "instance"
    instance = create(
        path,
        organisation="Fictional Documentation Centre",
        origin="evidence.example/kyiv",
        kind=Kind.TEST,
        unlocker=Passphrase(PASSPHRASE, CHEAP),
        login="olena",
        system_user="olena",
        display_name="Olena (fictional)",
        clock=FrozenClock(START),
    )
    engage(instance)
    instance.close()
    return path


@pytest.fixture
def instance_path(template: Path, tmp_path: Path) -> Path:
    """Return the folder of a fresh instance of this test's own."""
    path = tmp_path / "instance"
    shutil.copytree(template, path)
    return path


@pytest.fixture
def instance(instance_path: Path, clock: FrozenClock) -> Iterator[Instance]:
    """Return a fresh, unlocked instance with the cast in it."""
    opened = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def cast(instance: Instance) -> Cast:
    """Return who is who in this instance."""
    with instance.reading() as session:
        return gather(session)


@pytest.fixture
def session(instance: Instance) -> Iterator[Session]:
    """Return one transaction of the instance; it is committed (and logged) when the test ends well."""
    with instance.transaction() as opened:
        yield opened


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real files; without it the test is skipped, in CI it fails."""
    path = (PROJECT.parent / "shared" / "corpus").resolve()
    if not path.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the corpus is not at {path}")
        pytest.skip("the corpus of real files is not on this machine")
    return path
