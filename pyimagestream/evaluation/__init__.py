"""Evaluation: a template in, plain Python values out, wrong values refused."""
