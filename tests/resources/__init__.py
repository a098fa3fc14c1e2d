"""Resources and operations, as authors write them and users call them."""
