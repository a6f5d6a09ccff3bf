"""What the screens of tickets and orders show and start: the same functions as the agent API."""
