"""evidence_tracker: a case system for the documentation of international crimes."""

__version__ = "0.1.0"
