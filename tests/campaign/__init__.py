"""The project's figures, checked in full: `python -m tests.campaign [NAME ...]`.

A campaign is a table of figures. Each figure says what it wants and how much of the world is to be tried for it; each
prints what was really done. Whoever doubts a figure runs its campaign again, or alone.
"""
