"""A simulated Zendesk Support account, written from the project's contract sheet of the Zendesk API."""
