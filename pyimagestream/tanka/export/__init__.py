"""Manifests as files in a folder, all of them or none."""
