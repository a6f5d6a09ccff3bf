"""A small simulated Freshdesk account: what a client of its tickets, customers and companies calls."""
