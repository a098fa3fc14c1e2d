"""Fetch one typed user with the OpenAI SDK's client, and end."""

import sys
from datetime import datetime
from importlib import import_module

openai = import_module("openai")
create_model = import_module("pydantic").create_model
texts = dict.fromkeys(("name", "email", "status", "city", "country", "phone"), str)
kinds = {**texts, "id": int, "age": int, "active": bool, "score": float, "logins": int, "created_at": datetime}
User = create_model("User", __base__=openai.BaseModel, **{name: (kind, ...) for name, kind in kinds.items()})

with openai.OpenAI(api_key="none", base_url=sys.argv[-1]) as client:
    assert client.get("/users/7", cast_to=User).name == "Ada Lovelace"
