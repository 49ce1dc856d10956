"""Access: who may see what, in which compartment, up to which level, until when, for what."""
