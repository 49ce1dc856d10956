"""Missions: a mandate, a team, a place, a period."""
