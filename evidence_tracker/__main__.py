"""``python -m evidence_tracker``: the command line."""

import sys

from evidence_tracker.cli import main

sys.exit(main())
