"""Actions as they are asked for: preview, key, approval, audit."""
