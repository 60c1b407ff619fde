"""The one thing that `pyproject.toml` cannot say: found packages, and one from elsewhere.

The libraries live in the top-level ``libsonnet/`` and travel inside the package.
"""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["pyimagestream*"]), "pyimagestream.libsonnet"])
