"""The documents of the API. Amounts and quantities are decimal texts: JSON numbers lose cents on their way."""
