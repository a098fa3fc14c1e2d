"""The error tree, and how everything becomes part of it."""
