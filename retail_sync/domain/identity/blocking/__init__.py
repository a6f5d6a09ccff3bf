"""Keys by which candidates are found."""
