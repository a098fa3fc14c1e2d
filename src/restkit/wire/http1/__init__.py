"""HTTP/1.1 without I/O: bytes of a request out, events of its answer in.

What is demanded of an answer stands in `rules`, as a table.
"""

from restkit.wire.http1.broken import AnswerTooLarge, BrokenAnswer, CutAnswer, NoAnswer, Unsendable
from restkit.wire.http1.events import End, Event, Field, Head, Informational
from restkit.wire.http1.outgoing import Chunked, Counted, Outgoing
from restkit.wire.http1.request import Writer, Written, written
from restkit.wire.http1.response import ResponseParser
from restkit.wire.http1.rules import RULES, Rule

__all__ = [
    "RULES",
    "AnswerTooLarge",
    "BrokenAnswer",
    "Chunked",
    "Counted",
    "CutAnswer",
    "End",
    "Event",
    "Field",
    "Head",
    "Informational",
    "NoAnswer",
    "Outgoing",
    "ResponseParser",
    "Rule",
    "Unsendable",
    "Writer",
    "Written",
    "written",
]
