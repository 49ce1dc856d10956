"""Values that would lose truth if they were simplified: when, where."""
