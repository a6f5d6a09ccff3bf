"""How far two values agree."""
