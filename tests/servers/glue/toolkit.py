"""An authorization server and its API, by django-oauth-toolkit and Django REST framework: `python toolkit.py PORT`.

/api is for whoever has a token with the scope `read`, and takes its time with ?seconds=; every token is good for two
seconds. Whoever comes to authorize is alice and agrees to all; a device is approved by a look at the address it shows,
or refused with &refuse added. What it knows lies in the folder it runs in.
"""

from __future__ import annotations

import hashlib
import sys
import time
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from waitress import serve

PORT = sys.argv[1]
ADDRESS = f"http://127.0.0.1:{PORT}"

settings.configure(
    SECRET_KEY="guards nothing",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # the usual ones take their time on purpose
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
        "rest_framework",
    ],
    MIDDLEWARE=[
        "django.middleware.common.CommonMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "__main__.as_alice",
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "toolkit.sqlite", "OPTIONS": {"timeout": 20}}
    },
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": 2,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "DEVICE_FLOW_INTERVAL": 1,
        "OAUTH_DEVICE_VERIFICATION_URI": f"{ADDRESS}/approve",
        "OAUTH_DEVICE_VERIFICATION_URI_COMPLETE": lambda code: f"{ADDRESS}/approve?user_code={code}",
        "OIDC_ISS_ENDPOINT": ADDRESS,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "ROTATE_REFRESH_TOKEN": True,
        "SCOPES": {"read": "Read", "write": "Write"},
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - after the settings, as all that knows the database
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope  # noqa: E402 - likewise
from oauth2_provider.models import Application, DeviceGrant  # noqa: E402 - likewise
from oauth2_provider.urls import base_urlpatterns, metadata_urlpatterns  # noqa: E402 - likewise
from rest_framework.request import Request  # noqa: E402 - likewise
from rest_framework.response import Response  # noqa: E402 - likewise
from rest_framework.views import APIView  # noqa: E402 - likewise

SECRET = 'p:w %+/=&"<'  # noqa: S105 - it guards nothing, in odd characters


class Api(APIView):
    """What a token is for."""

    authentication_classes = [OAuth2Authentication]  # noqa: RUF012 - the framework's way
    permission_classes = [TokenHasScope]  # noqa: RUF012 - likewise
    required_scopes = ["read"]  # noqa: RUF012 - likewise

    def get(self, request: Request) -> Response:
        """Tell whose token it is."""
        time.sleep(float(request.GET.get("seconds", 0)))  # noqa: TID251 - it is a server that is slow
        token = request.auth
        said = {"client": token.application.client_id, "sub": getattr(token.user, "username", None)}
        return Response({**said, "token": hashlib.sha256(token.token.encode()).hexdigest()[:12]})


def as_alice(get_response: Any) -> Any:
    """Log everybody in."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.user = User.objects.get(username="alice")
        answered: HttpResponse = get_response(request)
        return answered

    return answer


def approve(request: HttpRequest) -> HttpResponse:
    """Let a device in, or with `refuse` not."""
    grant = DeviceGrant.objects.get(user_code=request.GET["user_code"])
    grant.user, grant.status = request.user, grant.DENIED if "refuse" in request.GET else grant.AUTHORIZED
    grant.save()
    return JsonResponse({"decided": True})


def ready(_request: HttpRequest) -> HttpResponse:
    """Say that the server is up."""
    return JsonResponse({"ready": True})


def register() -> None:
    """Make the user and the clients: one for each grant, and one that has no secret."""
    _ = User.objects.create_user("alice")
    grants = {"basic": "client-credentials", "code": "authorization-code", "public": "authorization-code"}
    for name, grant in {**grants, "odd:id/ +&": "client-credentials", "device": DEVICE}.items():
        is_open = name in {"public", "device"}
        _ = Application.objects.create(
            client_id=name,
            client_secret="" if is_open else SECRET,
            client_type="public" if is_open else "confidential",
            authorization_grant_type=grant,
            redirect_uris="http://127.0.0.1/callback" if grant == "authorization-code" else "",
            skip_authorization=True,
        )


DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
urlpatterns = [
    path("", ready),
    path("api", Api.as_view()),
    path("approve", approve),
    path("o/", include((base_urlpatterns, "oauth2_provider"))),
    path("", include((metadata_urlpatterns, "metadata"))),
]
call_command("migrate", verbosity=0)
register()
serve(get_wsgi_application(), listen=f"127.0.0.1:{PORT}", threads=8)
