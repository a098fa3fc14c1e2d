"""What a type checker must see, and what it must refuse."""
