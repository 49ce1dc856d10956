"""What the tests of bundles share."""

import pytest

from evidence_tracker.integrity.bundle import verify_bundle


@pytest.fixture
def verify(tmp_path):
    """Write a bundle as a ZIP file with its receipt, and verify it."""

    def verify(bundle, *, vkey="its own", receipt=True):
        path = bundle.write(tmp_path, receipt=receipt)
        return verify_bundle(path, vkey=bundle.vkey if vkey == "its own" else vkey)

    return verify
