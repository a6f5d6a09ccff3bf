"""A local org that speaks the platform's REST, composite and Bulk 2.0 APIs over HTTPS."""
