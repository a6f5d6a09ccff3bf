"""Returns: a header over the RMA lines of one return, with its inspection."""
