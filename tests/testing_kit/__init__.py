"""`restkit.testing`: what SDK authors test with."""
