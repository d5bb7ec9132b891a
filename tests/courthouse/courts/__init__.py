"""A host project's app with a taxonomy of its own: courts."""
