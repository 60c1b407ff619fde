"""What only `__main__` knows of this process."""

from __future__ import annotations

is_alone = False
"""Whether a command runs in it and nothing else: no program that has a state of its own."""
