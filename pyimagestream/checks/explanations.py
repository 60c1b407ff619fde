"""Why each warning is given, and how to end it: what `--explain` prints, and docs/checks.md.

The page has the sections of this table; `make generate` writes them.
"""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple


class Explanation(NamedTuple):
    """What a warning is about, why it is given, and how it is silenced."""

    title: str
    why: str
    remedy: str


EXPLANATIONS = {
    "W001": Explanation(
        "No tag is written",
        "The image has no `to`, and its pull spec has no tag to be used instead: it "
        "has a digest only, or neither. The import answers with success, and the "
        "image stream stays as it was.",
        "Silence it with `to: { name: ... }`. Where the point is to look at the image "
        "alone, write `import: false`: then nothing is to be written, and there is no "
        "warning.",
    ),
    "W002": Explanation(
        "Implicit `latest`",
        "The pull spec of an image to import, or of a tag of an image stream, has "
        "neither tag nor digest, so the image that is tagged `latest` today is "
        "imported. Few registries promise that this is the newest one, or that there "
        "is one. An import that only looks (`import: false`) is not warned about.",
        "Silence it by writing the tag, be it `:latest`, or a digest.",
    ),
    "W003": Explanation(
        "Insecure registry",
        "With `importPolicy.insecure: true` the certificate of the registry is not "
        "verified, and the registry may be asked over plain HTTP, credentials "
        "included. The tag keeps the setting, so it holds for later imports and for "
        "pulling through the integrated registry.",
        "Silence it by trusting the authority of the registry in the cluster's image "
        "configuration (`additionalTrustedCA`) and removing the setting, or with "
        "`--ignore W003`.",
    ),
    "W004": Explanation(
        "The tag will not follow its source",
        "An import replaces the import policy of a tag that is there. Without "
        "`importPolicy.scheduled` a tag that was checked for updates from time to "
        "time is no longer. It is told where another tag of the manifest has a "
        "schedule, in one warning for all such tags, and once in a run. "
        "`pyimagestream apply` keeps the schedule.",
        "Silence it by writing `scheduled: true` or `scheduled: false`.",
    ),
    "W005": Explanation(
        "A reference policy has no effect on a tag that is there",
        "`referencePolicy` is used for a tag the import creates. A tag that is there "
        "keeps the policy it was made with, and the import says nothing about it. It "
        "is told where the tags of a manifest have different policies, for those that "
        "have `Local`, and once in a run.",
        "Silence it with `--ignore W005`. To change the policy of a tag, edit "
        "`spec.tags` of the image stream, or delete the tag first.",
    ),
    "W006": Explanation(
        "Many images in one request",
        "The server fetches two images a second and answers within 34 seconds. A "
        "request that takes longer fails with 504, and none of its images is written. "
        "The warning is given above 50 images, to leave time for slow registries.",
        "Silence it by splitting the images over several manifests for the same image stream.",
    ),
    "W007": Explanation(
        "A repository is imported up to 50 tags",
        "The server takes the first 50 tags and lists the others in "
        "`status.repository.additionalTags`, from where nothing imports them. It is "
        "told once in a run.",
        "Silence it by importing the tags as `images`, or with `--ignore W007`.",
    ),
    "W008": Explanation(
        "The reference policy will be refused",
        "`referencePolicy.type` is neither `Source` nor `Local`. The server does not "
        "look at it in the request, but it does when the tag is written to the image "
        "stream: an import that is not only a preview fails with 422 at "
        "`spec.tags[...].referencePolicy.type`. As that import is certain to fail, "
        "`pyimagestream validate` exits with 1 for this warning alone.",
        "Silence it by writing `Source` or `Local`.",
    ),
    "W009": Explanation(
        "Two images write the same tag",
        "The last one wins, and the import of the other is lost.",
        "Silence it by giving each image a tag of its own.",
    ),
    "W010": Explanation(
        "One repository, both secure and insecure",
        "Within a request the first image of a repository decides whether the "
        "registry may be insecure for all images of that repository.",
        "Silence it by saying the same for all of them, or with a manifest for each.",
    ),
    "W011": Explanation(
        "Unknown field",
        "The server drops the field unread, so whatever it was to do does not happen. "
        "Mostly it is misspelled, or stands at a wrong place: the message has what was meant. "
        "`metadata.initializers` and `metadata.clusterName`, for which the library "
        "has functions, are unknown to today's servers.",
        "Silence it by removing the field. `--strict` makes it a problem.",
    ),
    "W012": Explanation(
        "The same tag twice",
        "An image stream has two entries of one name in `spec.tags`. The server keeps "
        "the last one, and does not even look at the others.",
        "Silence it by giving each tag a name of its own.",
    ),
    "W013": Explanation(
        "A change that starts no import",
        "A tag that is there is imported again when its source, its `importMode` or "
        "its `reference` changes. A change of `importPolicy.insecure`, of "
        "`importPolicy.scheduled` or of `referencePolicy` alone imports nothing: a "
        "failed import is not repaired by `insecure: true`. There is one warning for "
        "all the tags of an image stream that have such a setting, and it is told once in a "
        "run.",
        "Silence it with `--ignore W013`. To have the tag imported, say `generation: "
        "0` for it once, or send an `ImageStreamImport`.",
    ),
    "W014": Explanation(
        "An alias to another stream is a snapshot",
        "A tag that points at an `ImageStreamTag` of another image stream gets the "
        "image which that has now, and keeps it: it does not follow. Only an alias "
        "within the same stream does.",
        "Silence it with `--ignore W014`. To follow the image, point at its pull spec "
        "with `importPolicy.scheduled: true`, or remove the tag and add it again.",
    ),
    "W015": Explanation(
        "An alias of an alias",
        "The tag that an alias points at is an alias itself. The server moves both "
        "when the image moves, but not in that order always: most of the time the "
        "second one stays behind.",
        "Silence it by pointing at what the first alias points at.",
    ),
    "W016": Explanation(
        "An image of another stream",
        "The tag points at an `ImageStreamImage`. The other stream has to have that "
        "image, or to have had it, when this one is made: otherwise the server "
        "refuses the whole manifest, with an internal error that names no field. The "
        "image is copied once.",
        "Silence it with `--ignore W016`, or point at the pull spec of the image, digest and all.",
    ),
    "W017": Explanation(
        "An annotation that does nothing for tags",
        '`openshift.io/image.insecureRepository: "true"` is used when '
        "`spec.dockerImageRepository` is imported. The tags in `spec.tags` are "
        "imported securely unless they say so themselves.",
        "Silence it with `importPolicy.insecure: true` for these tags, or by removing "
        "the annotation.",
    ),
    "W018": Explanation(
        "A tag without a source",
        "There is no `from`, so nothing is imported: the tag is empty until somebody "
        "pushes an image.",
        "Silence it with `--ignore W018` for streams that are pushed to, or by "
        "leaving the tag out: a push makes it.",
    ),
    "W019": Explanation(
        "A schedule with nothing to check",
        "With `importPolicy.scheduled: true` the source of a tag is looked at from "
        "time to time. This tag has no source, only refers to one (`reference: "
        "true`), or has the digest of an image, which never changes. (For an alias "
        "the server refuses the setting.) All it does for a digest is that an import "
        "that failed is tried again.",
        "Silence it by removing `scheduled`, or with `--ignore W019` where an image is "
        "yet to be pushed.",
    ),
    "W020": Explanation(
        "Tags that are taken away stay",
        "The list of tags is empty. If the stream is there, its tags are taken out of "
        "the spec, but they keep their images and can still be pulled. This is so for "
        "every tag that is removed from the list; `pyimagestream diff` tells which "
        "these are.",
        "Silence it by removing the empty list. To be rid of a tag, delete its `ImageStreamTag`.",
    ),
    "W021": Explanation(
        "Annotations that are lost",
        "Of an `ImageStreamTag` the server keeps `tag.annotations`, and not those in "
        "`metadata.annotations`.",
        "Silence it by writing the same annotations to `tag.annotations`.",
    ),
    "W022": Explanation(
        "Nothing is written",
        "`spec.import` is left out. The server then looks the images up, tells what "
        "it has found, and writes nothing: neither the stream nor a tag, though the "
        "answer is a success. Mostly it was forgotten, or lost where `spec:` was "
        "written for `spec+:` in Jsonnet, which replaces all that was set before.",
        "Silence it with `import: true`, or with `import: false` where the point is to look only.",
    ),
    "W023": Explanation(
        "Labels and annotations that are lost",
        "The server copies neither labels nor annotations of an import to the image "
        "stream: a display name, for example, never shows. What has a prefix other "
        "than `openshift.io/` and `image.openshift.io/` "
        "(`argocd.argoproj.io/sync-wave`) is for a tool that reads the manifest, and "
        "is not meant, nor is what tools and the server write themselves "
        "(`openshift.io/generated-by`). It is told once in a run.",
        "Silence it by giving them to an `ImageStream` of that name, or with "
        "`--ignore W023` where the imports are exported with `--as imagestream`, "
        "which keeps them.",
    ),
    "W024": Explanation(
        "An annotation that makes nothing insecure",
        "`openshift.io/image.insecureRepository` is an annotation of image streams. "
        "On an import it does nothing, and the registry is asked securely.",
        "Silence it with `importPolicy.insecure: true` for the images that need it, "
        "and without the annotation.",
    ),
    "W025": Explanation(
        "A tag that cannot be pulled",
        "The server writes the tag whatever its name. In a pull spec a tag has letters, "
        "digits, `_`, `.` and `-`, begins with none of the last two, and has at most 128 "
        "of them: so no container can name this one.",
        "Silence it with a name that a pull spec can have.",
    ),
    "W101": Explanation(
        "A key that is read as other text",
        "Keys of YAML that are no strings are made strings: `on:`, `yes:` and `y:` "
        'are read as `true:`, and `010:` as `"8":`. The warning is about manifests of '
        "every kind, as `kubectl` reads all of them so.",
        "Silence it by quoting the key as it is meant.",
    ),
    "W102": Explanation(
        "A key that is there more than once",
        "The last of equal keys counts, and the others are lost without a word from "
        "the server. In YAML a key that overrides one of a merge (`<<`) is no such "
        "key.",
        "Silence it by removing all but one.",
    ),
    "W103": Explanation(
        "YAML in a JSON file",
        "The file ends in `.json` and is YAML. `kubectl` reads it, while readers of "
        "JSON refuse it.",
        "Silence it by giving the file another name.",
    ),
    "W201": Explanation(
        "A field that the document calls required is missing",
        "The documents of OpenShift's own types call required whatever their Go code "
        "does not leave out of an answer, and their server does without many of these "
        "fields. Texts, numbers and objects that have a default are not missed. Where "
        "the document is the law, as of custom resources, a missing field is a "
        "problem instead.",
        "Silence it by writing the field, if only as `null`, or with `--ignore W201`.",
    ),
    "W202": Explanation(
        "Two entries of a list are one",
        "They have the same keys, or are equal, in a list whose entries a server "
        "tells apart by them when it applies changes. Kubernetes' own types take the "
        "object, and apply refuses it later. In a custom resource this is a problem.",
        "Silence it by removing one of them, or giving it a key of its own.",
    ),
}
"""By the codes of `warnings.CODES`."""

_FIRST = "### W001\n"
_WIDTH = 100
_CODE = re.compile("`[^`]+`")


def explained(code: str) -> str:
    """The explanation of one of `warnings.CODES`, as text for people."""
    title, why, remedy = EXPLANATIONS[code]
    return f"{code}: {title}\n\n{_wrapped(why, 80)}\n\n{_wrapped(remedy, 80)}\n"


def with_sections(page: str) -> str:
    """The page docs/checks.md, its last part made of the table."""
    sections = (
        f"### {code}\n\n{_wrapped(f'**{title}.** {why}', _WIDTH)}\n\n{_wrapped(remedy, _WIDTH)}\n"
        for code, (title, why, remedy) in EXPLANATIONS.items()
    )
    return page.partition(_FIRST)[0] + "\n".join(sections)


def _wrapped(text: str, width: int) -> str:
    """The text in lines; what is code stays in one."""
    whole = _CODE.sub(lambda code: code[0].replace(" ", "\xa0"), text)
    lines = textwrap.fill(whole, width, break_long_words=False, break_on_hyphens=False)
    return lines.replace("\xa0", " ")
