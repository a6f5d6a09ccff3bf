"""Normal forms and equality of values."""
