"""Who calls: keys of the agent API with their scopes and limits, and users in their place."""
