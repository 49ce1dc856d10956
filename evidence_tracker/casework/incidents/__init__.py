"""Incidents: what is said to have happened, where, when and to whom; facts, no law."""
