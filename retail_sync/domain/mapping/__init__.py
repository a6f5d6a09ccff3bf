"""From a platform's fields to canonical values, and back."""
