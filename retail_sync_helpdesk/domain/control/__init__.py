"""Who must agree to an action, and how much a machine may do on its own."""
