"""A weather service on the loopback address: it wants a key, knows one city, and quotes what it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import field, frozen
from typing_extensions import override

SKIES = {"en": "overcast", "de": "bedeckt"}
DAYS = [
    {"day": "2026-01-05", "highestTemperature": -3.5, "pop": 0.2},
    {"day": "2026-01-06", "highestTemperature": 1, "pop": 1},
    {"day": "2026-01-07", "highestTemperature": 2.5, "pop": 0.0},
]
Reply = tuple[int, dict[str, Any]]


@frozen
class WeatherApi:
    """Where the service is, and what it was asked: each path, and each query."""

    url: str
    key: str
    asked: list[tuple[str, dict[str, str]]] = field(factory=list[tuple[str, dict[str, str]]])

    def answer(self, target: str) -> Reply:
        """Answer one request."""
        path, query = unquote(urlsplit(target).path), dict(parse_qsl(urlsplit(target).query))
        self.asked.append((path, query))
        if query.get("appid") != self.key:
            return failure(401, "bad_key", f"{query.get('appid')} opens nothing: see {target}")
        match path.strip("/").split("/"):
            case ["cities", "Oslo"]:
                return 200, {"result": {"current": report(query)}, "requestId": 7}
            case ["cities", "Oslo", "forecast"]:
                return 200, {"result": {"forecast": {"days": DAYS[: int(query["days"])]}}, "requestId": 8}
            case ["cities", "Babel", *_]:
                return 200, {"result": {"current": {**report(query), "wind": {"speed": "a lot"}}}}
            case ["cities", "Limbo", *_]:
                return 200, {"result": {"current": None}}
            case _:
                return failure(404, "no_such_city", f"nobody knows {path}")


def report(query: dict[str, str]) -> dict[str, Any]:
    """What the weather is like, in the units and the language that were asked for."""
    metric = query.get("units", "metric") == "metric"
    return {
        "cityName": "Oslo",
        "observedAt": "2026-01-05T12:00:00+01:00",
        "airTemperature": -4.5 if metric else 23.9,
        "skyDescription": SKIES[query.get("lang", "en")],
        "wind": {"speed": 3},
    }


def failure(status: int, code: str, message: str) -> Reply:
    """Say what went wrong."""
    return status, {"error": {"errorCode": code, "userMessage": message}}


@contextmanager
def serving(key: str) -> Iterator[WeatherApi]:
    """Let the service run as long as it is used in a `with`."""
    with Server(("127.0.0.1", 0), Exchange) as server:
        server.api = WeatherApi(f"http://127.0.0.1:{server.server_address[1]}", key)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.api
        server.shutdown()


class Server(ThreadingTCPServer):
    """A thread for each connection."""

    daemon_threads = True
    api: WeatherApi


class Exchange(BaseHTTPRequestHandler):
    """One connection."""

    server: Server

    def do_GET(self) -> None:
        """Answer in JSON, and hang up."""
        status, body = self.server.api.answer(self.path)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        _ = self.wfile.write(content)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Write no log."""
