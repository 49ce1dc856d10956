"""The demonstration: a fictional half-year told through the acts, handed over, verified and tampered with."""
