"""A whole client in bad weather, decided by a seed."""
