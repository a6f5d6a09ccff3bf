"""Credit notes, and money that leaves in a second phase."""
