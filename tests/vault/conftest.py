import io
from uuid import UUID

import pytest

from evidence_tracker.vault.blobs import deposit
from evidence_tracker.vault.local import LocalStore

INSTANCE = UUID("9d3c1f0e-58a1-4d5f-9d0b-1f6f2a7c4e11")


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "vault")


@pytest.fixture
def put(store):
    """Deposit bytes as the instance of these tests."""
    return lambda content: deposit(store, io.BytesIO(content), instance_id=INSTANCE)
