"""TLS: whom a transport trusts, what it shows of itself, and which keys a server must show."""
