"""Who allowed what, to whom, for which use and how named; nothing leaves without it."""
