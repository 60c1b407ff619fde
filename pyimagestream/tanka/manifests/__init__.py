"""The manifests of an environment: found, finished, selected."""
