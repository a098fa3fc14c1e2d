"""Request bodies, in every world."""
