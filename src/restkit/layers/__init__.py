"""How a call travels: one behaviour, one file. Their order stands in `restkit.stack`."""
