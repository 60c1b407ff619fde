"""From template to imported tags: diff and apply against a cluster.

plan (what to import) -> diff (what would change) -> apply (run it) -> report.
"""
