"""How a call travels: each layer, and their order."""
