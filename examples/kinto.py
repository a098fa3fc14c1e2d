"""An SDK of Kinto, which keeps records, and its use in both worlds: `python examples/kinto.py http://127.0.0.1:8888/v1`.

Kinto has buckets of collections of records; the records of this SDK are posts. A list is one page: all of it, unless
`_limit=` says otherwise.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from typing import Generic, TypeAlias

import httpx
from attrs import frozen
from typing_extensions import TypeVar

from restkit import UNSET, Async, Client, InputError, M, Op, PreconditionFailed, Resource, Unset, operation


@frozen(kw_only=True)
class Stored:
    """What Kinto knows of everything it keeps: of buckets and collections, no more."""

    id: str
    last_modified: int
    """Milliseconds since 1970: two versions never have the same."""

    @property
    def etag(self) -> str:
        """The name of this version, as headers write it."""
        return f'"{self.last_modified}"'


@frozen(kw_only=True)
class Attachment:
    """What Kinto knows of a file; `size` is in bytes, `hash` is its SHA-256."""

    filename: str
    mimetype: str
    size: int
    hash: str
    location: str


@frozen(kw_only=True)
class Post(Stored):
    """Something written, and perhaps a file with it."""

    title: str
    text: str | None = None
    attachment: Attachment | None = None


@frozen
class Fault:
    """What Kinto says went wrong."""

    errno: int
    error: str
    message: str = ""


T = TypeVar("T", bound=Stored)


class Objects(Resource[T, M], Generic[T, M], data_path="data", body_key="data"):
    """What can be done with everything that Kinto keeps, beside the six verbs."""

    @operation
    def add(self, id: str, /, **fields: object) -> Op[T]:
        """Create one under this name. Raises PreconditionFailed if there is one."""
        return self.call("PUT", "{id}", id=id, json=fields, headers={"If-None-Match": "*"})

    @operation
    def save(self, item: T) -> Op[T]:
        """Put one in the place of what it was. Raises PreconditionFailed if that has changed meanwhile."""
        return self.call("PUT", "{id}", id=item.id, json=item, headers={"If-Match": item.etag})

    @operation
    def newer(self, item: T) -> Op[T | None]:
        """Fetch what has become of one; None if it is still the same."""
        return self.call("GET", "{id}", id=item.id, headers={"If-None-Match": item.etag}, answers={304: None})


class Posts(Objects[Post, M], path="records"):
    """The posts of a collection: `kinto.buckets("blog").collections("posts").records`."""

    @operation
    def edit(self, post: Post, *, title: str | Unset = UNSET, text: str | Unset | None = UNSET) -> Op[Post]:
        """Change what is given and leave the rest. Raises PreconditionFailed if the post has changed meanwhile."""
        changes = {"title": title, "text": text}
        return self.call("PATCH", "{id}", id=post.id, json=changes, headers={"If-Match": post.etag})

    @operation
    def attach(self, id: str, name: str, content: bytes, /, *, type: str, **fields: object) -> Op[Attachment]:
        """Upload a file to a post, and change fields of it; without a post of that name, one is created."""
        parts, files = {"data": json.dumps(fields)}, {"attachment": (name, content, type)}
        return self.call("POST", "{id}/attachment", id=id, data=parts, files=files, data_path=None)

    @operation
    def detach(self, id: str) -> Op[None]:
        """Delete the file of a post."""
        return self.call("DELETE", "{id}/attachment", id=id)


class Collections(Objects[Stored, M], path="collections"):
    """The collections of a bucket."""

    records: Posts[M]


class Buckets(Objects[Stored, M], path="buckets"):
    """All buckets."""

    collections: Collections[M]


def refuse_odd_names(request: httpx.Request) -> None:
    """Raise InputError for a name that Kinto would not take: `%2F`, for one, is a slash again when it looks at it."""
    if b"%" in request.url.raw_path.partition(b"?")[0]:
        raise InputError("id", "is no name for Kinto", "use letters, digits, dashes and underscores")


class Kinto(Client[M], error_model=Fault, before=[refuse_odd_names]):
    """Kinto's client: `Kinto(base_url="https://kinto.test/v1", headers=signed_in("ann", password))`."""

    buckets: Buckets[M]


AsyncKinto: TypeAlias = Kinto[Async]


def signed_in(user: str, password: str) -> dict[str, str]:
    """The headers of someone with a password (RFC 7617)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def blocking(address: str) -> None:
    """Write, edit, and come too late."""
    with Kinto(base_url=address, headers=signed_in("ann", "s3cr3t")) as kinto:
        print("bucket:", kinto.buckets.add("blog").id)
        print("collection:", kinto.buckets("blog").collections.add("posts").id)
        posts = kinto.buckets("blog").collections("posts").records
        post = posts.add("engines", title="Engines", text="To be written.")
        print("edited:", posts.edit(post, text=None).text)
        try:
            _ = posts.edit(post, title="Looms")
        except PreconditionFailed as error:
            print("too late:", error.data)


async def awaiting(address: str) -> None:
    """Go on from there: add a file, list, and tidy up."""
    async with AsyncKinto(base_url=address, headers=signed_in("ann", "s3cr3t")) as kinto:
        posts = kinto.buckets("blog").collections("posts").records
        file = await posts.attach("engines", "Übersicht.txt", b"wheels", type="text/plain", title="Wheels")
        print("attached:", file.filename, file.size)
        print("listed:", [post.title async for post in posts.list()])
        await kinto.buckets.delete("blog")


if __name__ == "__main__":
    blocking(sys.argv[1])
    asyncio.run(awaiting(sys.argv[1]))
