"""Warm kernels: each notebook in a process of its own, forked from one that has imported everything already."""
