"""One tag that a stream is to have."""

from __future__ import annotations

from ._fields import boolean, integer, obj, string, string_map
from ._policies import TAG_IMPORT_POLICY, TAG_REFERENCE_POLICY
from ._references import TAG_SOURCE
from .definition import Builder, Definition
from .schema import Schema


def tag_reference(rule: str, name: Schema) -> Schema:
    return obj(
        "One tag: where its image comes from, and how it is kept up to date.",
        rule,
        annotations=string_map("Notes about the tag, as a map of strings."),
        from_=TAG_SOURCE,
        generation=integer(
            "Counts the changes of the tag. Leave it out: the server keeps the number it has. With"
            " 0 the tag is imported again."
        ),
        importPolicy=TAG_IMPORT_POLICY,
        name=name,
        reference=boolean(
            "Only point at the image: the tag is neither imported nor does it keep a history."
        ),
        referencePolicy=TAG_REFERENCE_POLICY,
    )


TAG_REFERENCE = tag_reference("tag-reference", string("Name of the tag, for example `2.7`."))


def from_docker_image(*path: str, new: str) -> Builder:
    """A builder for a tag, or something with one at ``path``, that is imported."""
    return Builder(
        "fromDockerImage",
        ("name", "pullSpec"),
        "A tag that is imported from a registry.",
        _from(path, new, "'DockerImage'", "pullSpec"),
    )


def from_image_stream_tag(*path: str, new: str) -> Builder:
    """A builder for a tag, or something with one at ``path``, that is an alias."""
    return Builder(
        "fromImageStreamTag",
        ("name", "tag"),
        "An alias: `tag` is a tag of the same image stream, or `stream:tag` of another one in the"
        " namespace. An alias to another stream is a copy made once.",
        _from(path, new, "'ImageStreamTag'", "tag"),
    )


def _from(path: tuple[str, ...], new: str, kind: str, source: str) -> tuple[tuple[str, str], ...]:
    scope = ".".join((*path, "from"))
    return ((new, "name"), (f"{scope}.withKind", kind), (f"{scope}.withName", source))


DEFINITIONS = (
    Definition(
        "TagReference",
        TAG_REFERENCE,
        part=True,
        builders=(
            from_docker_image(new="withName"),
            from_image_stream_tag(new="withName"),
            Builder("new", ("name",), "A tag of that name.", (("withName", "name"),)),
        ),
    ),
)
