"""Fetch one user with api-client, as the dict it gives, and end."""

import sys
from importlib import import_module

apiclient = import_module("apiclient")
client = apiclient.APIClient(response_handler=apiclient.JsonResponseHandler)
assert client.get(f"{sys.argv[-1]}/users/7")["name"] == "Ada Lovelace"
client.get_session().close()
