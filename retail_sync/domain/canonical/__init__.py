"""What a record is, whatever platform it comes from."""
