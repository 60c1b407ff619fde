"""What Go prints and reads: JSON, YAML, regular expressions, and the natives of Tanka."""
