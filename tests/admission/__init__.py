"""What lets requests go: buckets, lines, slots, and the layer that asks them."""
