"""A diff as one page to look at: the tags of each stream, and where they move.

The page is made of the data that `diff_data` and `streams_data` give. It stands alone, has no
script, and all that comes from templates, registries and servers is text in it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from errno import EACCES
from html import escape
from typing import Any

from ..checks.spelling import no_such
from ..errors import PyimagestreamError, printable
from .apply import short
from .streamreport import WORDS

QUIET = ("unchanged", "kept")
"""What happens to tags that are folded away."""

_COLOURS: Mapping[str, str] = {
    "new": "green",
    "imported": "green",
    "moved": "amber",
    "updated": "blue",
    "copied": "blue",
    "follows": "blue",
    "refers": "blue",
    "spec only": "blue",
    "source": "red",
    "failed": "red",
    "removed": "red",
}

_STYLE = """
:root { color-scheme: light dark; --back: #fff; --text: #1b1b1f; --soft: #5b5b66; --line: #d9d9e0;
  --box: #f5f5f8; --green: #116329; --amber: #8a4b00; --blue: #0a4fa3; --red: #b3151d; }
@media (prefers-color-scheme: dark) { :root { --back: #16161a; --text: #ececf1; --soft: #a9a9b5;
  --line: #3a3a44; --box: #222228; --green: #6fdd8b; --amber: #f0b35c; --blue: #84b9ff;
  --red: #ff8f8f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; background: var(--back);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } code { font-size: .9em; }
.soft { color: var(--soft); }
.tag { border-top: 1px solid var(--line); padding: .6rem 0; display: grid; gap: 0 1rem;
  grid-template-columns: minmax(0, 11rem) 6rem minmax(0, 1fr); }
.tag > :nth-child(n + 4) { grid-column: 3; }
.word { font-weight: 600; } .green { color: var(--green); } .amber { color: var(--amber); }
.blue { color: var(--blue); } .red { color: var(--red); }
.digest { background: var(--box); border: 1px solid var(--line); border-radius: .3rem;
  padding: 0 .35rem; } .old { color: var(--soft); text-decoration: line-through; }
summary { cursor: pointer; padding: .6rem 0; border-top: 1px solid var(--line); }
@media (max-width: 40rem) { .tag { grid-template-columns: minmax(0, 1fr) auto; }
  .tag > :nth-child(n + 3) { grid-column: 1 / -1; } }
"""


def diff_page(heading: str, data: Mapping[str, Any]) -> str:
    """The HTML text of a page; ``data`` has ``tags``, ``streams``, ``warnings``, ``leftAlone``."""
    return "".join(f"{line}\n" for line in _lines(heading, data))


def refuse_place(path: str) -> None:
    """Raises PyimagestreamError for a place that takes no page, before there is one to write."""
    target = os.path.realpath(path)  # a link stays a link
    directory = os.path.dirname(target)
    if os.path.lexists(target) and not os.path.isfile(target):
        raise PyimagestreamError(f"{path}: not a regular file")
    if not os.path.isdir(directory):
        raise PyimagestreamError(f"{path}: {no_such(directory, 'directory')}")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise PyimagestreamError(f"{path}: {os.strerror(EACCES)}")


def write_page(path: str, text: str) -> None:
    """Writes a page whole, or leaves the file as it was. Raises PyimagestreamError."""
    refuse_place(path)
    target = os.path.realpath(path)
    temporary = f"{target}.{os.urandom(4).hex()}.tmp"
    try:
        try:
            with open(temporary, "x", encoding="utf-8") as file:
                file.write(text)
            if os.path.lexists(target):
                os.chmod(temporary, os.stat(target).st_mode)
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise PyimagestreamError(f"{path}: {error.strerror}") from None


def _lines(heading: str, data: Mapping[str, Any]) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(heading)}</title>\n<style>{_STYLE}</style>"
    yield f"<h1>{_text(heading)}</h1>"
    yield f'<p class="soft">{_counts(data)}</p>'
    for text in data["warnings"]:
        yield f'<p><span class="word amber">warning</span> {_text(text)}</p>'
    streams: dict[tuple[Any, Any], list[Any]] = {}
    for tag in data["tags"]:
        streams.setdefault((tag["namespace"], tag["imageStream"]), []).append(tag)
    for (namespace, name), tags in streams.items():
        yield f"<h2>{_text(f'{namespace}/{name}')}</h2>"
        yield from _tags(tags)
    for stream in data["streams"]:
        yield f"<h2>{_text('{namespace}/{imageStream}'.format(**stream))}, when applied</h2>"
        yield from _remarks(stream)
        yield from _tags([{**tag, "change": WORDS[tag["change"]]} for tag in stream["tags"]])
    for text in data["leftAlone"]:
        yield f'<p class="soft">left alone: {_text(text)}</p>'


def _counts(data: Mapping[str, Any]) -> str:
    words = Counter(tag["change"] for tag in data["tags"])
    words += Counter(WORDS[tag["change"]] for each in data["streams"] for tag in each["tags"])
    return _text(", ".join(f"{count} {word}" for word, count in words.items()) or "no tags")


def _tags(tags: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A row a tag; what stays as it is comes last, folded."""
    for tag in tags:
        if tag["change"] not in QUIET:
            yield from _tag(tag)
    quiet = [tag for tag in tags if tag["change"] in QUIET]
    if quiet:
        words = Counter(tag["change"] for tag in quiet)
        told = ", ".join(f"{count} {word}" for word, count in words.items())
        yield f'<details><summary class="soft">{_text(told)}</summary>'
        for tag in quiet:
            yield from _tag(tag)
        yield "</details>"


def _tag(tag: Mapping[str, Any]) -> Iterator[str]:
    word = str(tag["change"])
    yield '<div class="tag">'
    yield f"<code>{_text(tag['tag'] or '-')}</code>"
    yield f'<span class="word {_COLOURS.get(word, "soft")}">{_text(word)}</span>'
    if movement := _movement(tag["oldDigest"], tag["newDigest"]):
        yield f"<div>{movement}</div>"
    if tag["from"]:
        yield f'<div class="soft"><code>{_text(tag["from"])}</code></div>'
    yield from _remarks(tag)
    yield "</div>"


def _movement(old: str | None, new: str | None) -> str:
    if old and new and old != new:
        return f"{_digest(old, 'old')} \N{RIGHTWARDS ARROW} {_digest(new)}"
    return _digest(new or old) if new or old else ""


def _digest(digest: str | None, kind: str = "") -> str:
    digest = str(digest)
    return f'<code class="digest {kind}" title="{_text(digest)}">{_text(short(digest))}</code>'


def _remarks(told: Mapping[str, Any]) -> Iterator[str]:
    for text in (*told.get("details", ()), *told.get("notes", ())):
        yield f"<p>{_text(text)}</p>"
    if why := ": ".join(part for part in (told.get("reason"), told.get("message")) if part):
        yield f'<p class="red">{_text(why)}</p>'
    if told.get("advice"):
        yield f'<p class="soft">{_text(told["advice"])}</p>'


def _text(value: object) -> str:
    return escape(printable(str(value)))
