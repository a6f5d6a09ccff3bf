"""What every request of the agent API meets: signed texts, keys that make it happen once, limits, errors, pages."""
