"""Models that are read from the documents of clusters: OpenAPI v2 and v3, and CRDs."""
