"""What the tests of this room share."""

import pytest

from evidence_tracker.instance import Instance
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import PASSPHRASE


@pytest.fixture
def private(instance: Instance) -> PrivateKey:
    """Return the identity root, as a custodian unlocked it."""
    return instance.keys.unlock_identity(instance.keys.custodians()[0], Passphrase(PASSPHRASE, CHEAP))
