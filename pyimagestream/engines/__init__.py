"""The engines: two Jsonnet VMs behind one function, and what they import."""
