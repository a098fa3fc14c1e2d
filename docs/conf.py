"""Sphinx's configuration: MyST pages, a reference from docstrings, inventories that need no network."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "restkit"
author = "the restkit authors"
copyright = "2026, the restkit authors"  # noqa: A001 - Sphinx's name
release = version = metadata.version("restkit-httpx")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "inventories",
    "mermaid_text",
    "stack_diagram",
]
exclude_patterns = ["_build"]
nitpicky = True
default_role = "code"
smartquotes = False
html_theme = "furo"
html_title = f"restkit {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
