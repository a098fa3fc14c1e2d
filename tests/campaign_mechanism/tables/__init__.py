"""Tables that are wrong, each in one way, and one that is right."""
