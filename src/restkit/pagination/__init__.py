"""Lists that come in pages. One file for each way to find the next page."""

from restkit.pagination.page import Page
from restkit.pagination.pages import AsyncPages, Pages, Walk
from restkit.pagination.paginator import Paginator
from restkit.pagination.single import SinglePage

__all__ = ["AsyncPages", "Page", "Pages", "Paginator", "SinglePage", "Walk"]
