"""The same work done with each library: fetch a user by id, as typed as the library makes it.

Each module offers `blocking(address)` and, where the library can, `awaiting(address)`: context managers that give a
function of an id. Without an address they work on the null transport. `big(address)` and `big_awaiting(address)` give a
function that reads the large answer and drops it; `bare` gets a user and neither looks at the status nor decodes;
`download` reads a long answer as it comes, `save` writes it to a file, `upload` sends a long body piece by piece:
all of it for id 1, a tenth for id 10.
"""
