"""Link, create or review."""
