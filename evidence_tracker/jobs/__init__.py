"""The door for later: work that was promised, and the audit that anyone may ask for."""
