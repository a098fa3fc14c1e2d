"""The tests of restkit, and what they are run with."""
