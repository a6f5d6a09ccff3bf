"""What the screens of tickets show and start: the same functions as the agent API."""
