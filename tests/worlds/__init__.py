"""For each effect the smallest layer or resource that needs it, in every world."""
