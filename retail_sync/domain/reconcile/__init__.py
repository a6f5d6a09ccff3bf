"""Three-way comparison of values."""
