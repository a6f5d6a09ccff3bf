"""Decisions about orders and what follows them: facts, milestones, stages, expectations, checks."""
