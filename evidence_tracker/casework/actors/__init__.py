"""Actors: who is said to have acted, or made the part: units, suspects, companies."""
