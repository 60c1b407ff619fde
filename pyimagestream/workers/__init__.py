"""Worker processes that survive a crashing or endless template."""
