"""Plans, schema and faults of writes."""
