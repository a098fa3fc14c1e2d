"""The decisions: pure functions and values, without a clock, a network or a lock."""
