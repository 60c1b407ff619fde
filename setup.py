"""Packaging. The libraries live in top-level ``libsonnet/`` and travel inside the package."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (ROOT / "pyimagestream/__init__.py").read_text())[1]

RE2 = "google-re2>=1.1"
GO = ["gojsonnet>=0.21"]
RUST = ["rjsonnet>=0.5.5"]
CLUSTER = ["lightkube>=1.0,<2"]
DISTRIBUTED = ["distributed>=2024.1"]
TEST = ["pytest>=8", "hypothesis>=6.100", "cryptography>=42", "setuptools>=70.1"]
LINT = ["ruff>=0.9", "mypy>=1.13", "types-PyYAML"]

setup(
    name="pyimagestream",
    version=VERSION,
    description="OpenShift image imports as code: from Jsonnet, checked and run from Python",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Programming Language :: Python :: 3",
        "Topic :: Software Development :: Code Generators",
        "Topic :: System :: Systems Administration",
        "Typing :: Typed",
    ],
    python_requires=">=3.10",
    packages=[*find_packages(include=["pyimagestream*"]), "pyimagestream.libsonnet"],
    package_dir={"pyimagestream.libsonnet": "libsonnet"},
    package_data={"pyimagestream": ["py.typed"], "pyimagestream.libsonnet": ["*.libsonnet"]},
    install_requires=["jsonnet>=0.21", RE2, "PyYAML>=6"],
    extras_require={
        "go": GO,
        "rust": RUST,
        "cluster": CLUSTER,
        "distributed": DISTRIBUTED,
        "test": [*GO, *RUST, *CLUSTER, *DISTRIBUTED, *TEST],
        "lint": LINT,
    },
    entry_points={"console_scripts": ["pyimagestream = pyimagestream.cli.main:main"]},
)
