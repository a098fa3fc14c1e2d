"""URLs that mean what the caller meant: one value, one place, always escaped; one spelling for each host."""

from restkit.url.address import base_url, origin
from restkit.url.host import normal_host
from restkit.url.query import Query, encode_query, merged
from restkit.url.reference import resolve
from restkit.url.style import STYLE, QueryStyle
from restkit.url.target import join, locate, parse, with_query
from restkit.url.template import expand, segment
from restkit.url.values import LONGEST, escape, plain

__all__ = [
    "LONGEST",
    "STYLE",
    "Query",
    "QueryStyle",
    "base_url",
    "encode_query",
    "escape",
    "expand",
    "join",
    "locate",
    "merged",
    "normal_host",
    "origin",
    "parse",
    "plain",
    "resolve",
    "segment",
    "with_query",
]
