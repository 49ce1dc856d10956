"""Exhibits: registered originals, their working copies, who held them, what was found in them."""
