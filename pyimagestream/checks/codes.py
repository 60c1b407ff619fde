"""The codes of warnings that are more than a name to those who tell them."""

from __future__ import annotations

UNKNOWN_FIELD = "W011"
"""The warning that comes from decoding. `validate` makes a problem of it when strict."""

NOTHING_WRITTEN = "W022"
"""Nothing says whether the import is to write anything."""

KEY_READ = "W101"
"""The key of a mapping in YAML is no string, and what kubectl makes of it is other text."""

KEY_REPEATED = "W102"
"""An object has a key twice, of which the last counts."""

NOT_JSON = "W103"
"""What the name of a file calls JSON is YAML."""

READING = (KEY_READ, KEY_REPEATED, NOT_JSON)
"""The warnings about the text of a file, which is read into manifests of any kind."""

ONCE = frozenset({"W004", "W005", "W007", "W013", "W023"})
"""Reminders of how the server works: in a run, one is enough."""

FATAL = frozenset({"W008"})
"""What the server refuses all the same, later than it looks at the request."""
