"""Submissions: what was handed to whom, and proof of it."""
