"""The servers there are. A new one is one row."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from tests.servers.install import Deb, Install, Npm, Pip

GLUE = Path(__file__).parent / "glue"
"""Where what a server needs of ours lies: small applications, settings."""


@frozen(kw_only=True)
class Server:
    """A server as data.

    In `prepare`, `command` and `environment` stand `{program}` for what runs it (see `install`), `{python}` for the one
    that runs the tests, `{port}`, `{address}`, `{home}` for where it is installed, `{work}` for an empty folder of this
    run, and `{glue}`. `ready` is a path that answers below 500 when the server is up, within `seconds`.
    """

    name: str
    install: Install
    command: tuple[str, ...]
    ready: str
    prepare: tuple[tuple[str, ...], ...] = ()
    environment: dict[str, str] = field(factory=dict[str, str])
    seconds: float = 30.0


SERVERS = (
    Server(
        name="httpbin",
        install=Pip(("httpbin", "gunicorn", "packaging")),
        command=(
            *("{program}", "-m", "gunicorn", "--bind", "127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--threads", "8", "httpbin:app"),
        ),
        ready="/get",
    ),
    Server(
        name="nginx",
        install=Deb(("nginx",), "usr/sbin/nginx"),
        prepare=(("{python}", "{glue}/nginx.py", "{work}", "{port}"),),
        command=("{program}", "-p", "{work}", "-c", "nginx.conf", "-g", "daemon off;"),
        ready="/",
    ),
    Server(
        name="kinto",
        install=Pip(
            (
                *("kinto", "kinto-attachment"),
                "setuptools<81",  # kinto-attachment imports pkg_resources
                "legacy-cgi; python_version >= '3.13'",  # and cgi
            )
        ),
        command=(
            *("{program}", "-m", "pyramid.scripts.pserve"),
            *("{glue}/kinto.ini", "port={port}", "work={work}"),
        ),
        ready="/v1/__heartbeat__",
    ),
    Server(
        name="pproxy",  # anybody's at 127.0.0.1; with a password at 127.0.0.2, and over TLS at 127.0.0.3
        install=Pip(("pproxy", "trustme")),
        prepare=(("{program}", "-m", "trustme", "-q", "-d", "{work}", "-i", "127.0.0.3"),),
        command=(
            *("{program}", "-m", "pproxy", "--auth", "0", "--pac", "/ready"),
            *("--ssl", "{work}/server.pem,{work}/server.key"),
            *("-l", "http+socks5://127.0.0.1:{port}"),
            *("-l", "http+socks5://127.0.0.2:{port}#user:secret"),
            *("-l", "http+ssl://127.0.0.3:{port}#user:secret"),
        ),
        ready="/ready",
    ),
    Server(
        name="hypercorn",  # plain at 127.0.0.1; HTTP/2 over TLS at 127.0.0.2
        install=Pip(("hypercorn", "h2", "trustme")),
        prepare=(("{program}", "-m", "trustme", "-q", "-d", "{work}", "-i", "127.0.0.2"),),
        command=(
            *("{program}", "-m", "hypercorn", "--insecure-bind", "127.0.0.1:{port}", "--bind", "127.0.0.2:{port}"),
            *("--certfile", "{work}/server.pem", "--keyfile", "{work}/server.key", "{glue}/hello.py:app"),
        ),
        ready="/",
    ),
    Server(
        name="express-rate-limit",
        install=Npm(("express-rate-limit@8", "express@5")),
        command=("{program}", "{glue}/ratelimit.cjs", "{home}", "{port}"),
        ready="/",
    ),
    Server(
        name="oidc-provider",
        install=Npm(("oidc-provider@9.13.3",)),
        command=("{program}", "{glue}/oidc.mjs", "{home}", "{port}"),
        ready="/.well-known/openid-configuration",
    ),
    Server(
        name="django-oauth-toolkit",
        install=Pip(
            (
                *("django-oauth-toolkit", "djangorestframework", "waitress"),
                "oauthlib<4",  # with 4.0 the toolkit's device flow fails
            )
        ),
        command=("{program}", "{glue}/toolkit.py", "{port}"),
        ready="/",
        seconds=60.0,  # it makes its database first
    ),
)
