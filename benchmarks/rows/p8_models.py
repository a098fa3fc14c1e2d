"""P8: a thousand objects, from bytes to attrs classes and back, beside json and cattrs."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable

import msgspec
from attrs import evolve, field, frozen

from benchmarks.answer import EXPECTED, User
from benchmarks.compare import compare
from benchmarks.contenders.by_hand import CONVERTER
from benchmarks.contenders.pydantic_user import model
from benchmarks.cost import Cost, Meter
from benchmarks.figures import Reading
from restkit import JSON

USERS = [evolve(EXPECTED, id=number) for number in range(1000)]
CONTENT = JSON().encode(USERS)


@frozen
class Work:
    """A piece of work as a subject."""

    work: Callable[[], object]
    _meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Do it so many times."""
        return self._meter.measure(lambda: [self.work() for _ in range(calls)])


def measure() -> tuple[Reading, ...]:
    """Read a list and write it."""
    reading = {"json + cattrs": read_by_hand, "restkit": reader(), "msgspec": msgspec_reader(), **pydantic_reader()}
    writing = {"json + cattrs": write_by_hand, "restkit": writer(), "msgspec": lambda: msgspec.json.encode(USERS)}
    return (compared("list", reading), compared("encoding", writing))


def compared(of: str, works: dict[str, Callable[[], object]]) -> Reading:
    """Compare the ways, each in every round."""
    return compare({name: Work(work) for name, work in works.items()}, base="json + cattrs").reading(of)


def read_by_hand() -> list[User]:
    """Read with json and cattrs."""
    return CONVERTER.structure(json.loads(CONTENT), list[User])


def write_by_hand() -> bytes:
    """Write with cattrs and json."""
    return json.dumps(CONVERTER.unstructure(USERS)).encode()


def reader() -> Callable[[], object]:
    """Read with restkit's codec, as a client does."""
    decode = JSON().decoder(list[User])
    assert decode(CONTENT) == read_by_hand() == USERS
    return lambda: decode(CONTENT)


def writer() -> Callable[[], object]:
    """Write with restkit's codec, which looks for what cannot be written."""
    codec = JSON()
    assert json.loads(codec.encode(USERS)) == json.loads(CONTENT)
    return lambda: codec.encode(USERS)


def msgspec_reader() -> Callable[[], object]:
    """Read with msgspec alone, which is right for this class."""
    decode = msgspec.json.Decoder(list[User]).decode
    return lambda: decode(CONTENT)


def pydantic_reader() -> dict[str, Callable[[], object]]:
    """Read into pydantic models, where pydantic is there."""
    if importlib.util.find_spec("pydantic") is None:
        return {}
    adapter = importlib.import_module("pydantic").TypeAdapter(list[model()])
    return {"pydantic": lambda: adapter.validate_json(CONTENT)}
