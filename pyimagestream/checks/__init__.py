"""The checks: what an OpenShift API server would say of a manifest, offline."""
