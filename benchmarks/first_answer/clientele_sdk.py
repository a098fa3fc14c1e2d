"""Fetch one typed user with clientele, and end."""

import sys
from datetime import datetime
from importlib import import_module

api = import_module("clientele.api")
create_model = import_module("pydantic").create_model
texts = dict.fromkeys(("name", "email", "status", "city", "country", "phone"), str)
kinds = {**texts, "id": int, "age": int, "active": bool, "score": float, "logins": int, "created_at": datetime}
User = create_model("User", **{name: (kind, ...) for name, kind in kinds.items()})

client = api.APIClient(base_url=sys.argv[-1])


def get_user(id: int, result: object) -> object:
    """Fetch a user."""
    _ = id
    return result


get_user.__annotations__ = {"id": int, "result": User, "return": User}
assert client.get("/users/{id}")(get_user)(7).name == "Ada Lovelace"
client.close()
