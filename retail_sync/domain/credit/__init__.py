"""Credit state of a customer."""
