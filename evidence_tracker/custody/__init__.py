"""Custody: the log that nobody can quietly change (docs/spec/custody-log.md)."""
