"""The circuit breaker: what opens it, who may try, what closes it; as a gate, in a client, around functions."""
