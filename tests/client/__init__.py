"""The client: how it sends, what it answers, who may share it and how it ends."""
