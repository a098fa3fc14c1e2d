"""What a client can be told, and what it refuses."""
