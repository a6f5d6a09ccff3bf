"""Normal forms of names, contacts, addresses and numbers."""
