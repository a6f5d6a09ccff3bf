"""Returns: where one stands, and which goods of which delivery it takes back."""
