"""The generated files, made once for all tests: that takes a tenth of a second."""

from __future__ import annotations

from pyimagestream.generator.files import generated_files

FILES = generated_files()
"""Each file's path from the root of the project, and its text."""
