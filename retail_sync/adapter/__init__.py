"""The seam: what another addon may import."""
