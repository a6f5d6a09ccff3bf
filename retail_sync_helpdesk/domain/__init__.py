"""Decisions of the service desk, in plain Python: what an agent may do, how much money goes back, who must agree."""
