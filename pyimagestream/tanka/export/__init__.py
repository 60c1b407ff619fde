"""Manifests as files in a directory, all of them or none."""
