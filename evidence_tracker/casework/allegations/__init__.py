"""Allegations: an incident read under a crime category, element by element, for and against."""
