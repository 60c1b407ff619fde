"""A thin client of a Kubernetes API server, and the kubeconfig files that lead to one."""
