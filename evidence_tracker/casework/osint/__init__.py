"""Online material: how and when it was captured, and how far it was verified."""
