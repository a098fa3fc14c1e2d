"""HTTP/1.1 over connections of our own, in the three worlds, on sockets whose every byte is decided."""
