"""The one list of every room's models; Alembic, verification and tests import it."""

import importlib
import importlib.util

from evidence_tracker import outbox
from evidence_tracker.access import models as access_models
from evidence_tracker.custody import models as custody_models
from evidence_tracker.db import Base
from evidence_tracker.vault import models as vault_models

ROOMS = (
    "parties",
    "missions",
    "actors",
    "persons",
    "exhibits",
    "consent",
    "interviews",
    "osint",
    "incidents",
    "allegations",
    "submissions",
)
for _room in ROOMS:
    if (
        importlib.util.find_spec(f"evidence_tracker.casework.{_room}") is None
        or importlib.util.find_spec(f"evidence_tracker.casework.{_room}.models") is None
    ):
        continue  # TEMPORARY while the rooms are being built
    importlib.import_module(f"evidence_tracker.casework.{_room}.models")

metadata = Base.metadata

__all__ = ["ROOMS", "access_models", "custody_models", "metadata", "outbox", "vault_models"]
