"""Flows: each effect, the promise, bodies and the engines, in every world."""
