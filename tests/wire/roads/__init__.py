"""Which road a request takes, and what the tunnels among them do."""
