"""YAML as Go's yaml.v2 and yaml.v3 print and read it."""
