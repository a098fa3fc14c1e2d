"""How each figure is measured: one module for each, with `measure()`."""
