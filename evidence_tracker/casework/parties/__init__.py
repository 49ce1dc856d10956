"""Parties: recipients, partners, service providers and other investigating bodies."""
