"""The part of an API that somebody wants libraries of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from ..errors import PyimagestreamError
from .api import Api, Guess
from .definition import Definition

SHOWN = 40


def chosen(api: Api, groups: Collection[str] = (), kinds: Collection[str] = ()) -> Api:
    """The API with libraries of some groups and kinds only, and what these consist of.

    A group is told by the name that its libraries have (``apps``) or its own
    (``apps.openshift.io``), and by a version behind it (``apps/v1``); none means all, and so
    it does for kinds. Where two groups would have one name for the same version, their
    libraries have the names of the groups themselves, and a warning says so. Raises
    `PyimagestreamError` for a group or a kind that is not there.
    """
    of_groups = [each for each in api.exported if not groups or _is_of(each, groups)]
    for group in groups:
        if not any(_is_of(each, [group]) for each in of_groups):
            raise PyimagestreamError(f"there is no group {group!r}: there is {_names(api)}")
    wanted = [each for each in of_groups if not kinds or each.kind in kinds]
    for kind in kinds:
        if not any(each.kind == kind for each in wanted):
            raise PyimagestreamError(f"there is no kind {kind!r} in the groups that are wanted")
    if not wanted:
        raise PyimagestreamError("there is no definition of an object to make a library of")
    names = {each.reference for each in wanted}
    needed = sorted(api.needed(names))
    labels = _Labels([api.definitions[name] for name in needed])
    found = {
        name: api.definitions[name]._replace(
            home=labels.home(api.definitions[name]),
            exported=name in names,
            alias=labels.alias(api.definitions[name]),
        )
        for name in needed
    }
    guesses = (each for each in api.guesses if not each.of or each.of in found)
    return Api(found, (*guesses, *map(Guess, labels.warnings())))


def _is_of(definition: Definition, groups: Collection[str]) -> bool:
    label, version = definition.home
    spelled = (label, f"{label}/{version}", definition.group, f"{definition.group}/{version}")
    return any(group in spelled for group in groups if group)


def _names(api: Api) -> str:
    labels = sorted({each.home[0] for each in api.exported})
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return f"{', '.join(labels[:SHOWN])}{more}"


class _Labels:
    """The names of groups and of kinds where those of several would be one."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._doubtful = dict(_doubtful(definitions))
        self._aliases: dict[str, str] = {}
        taken: set[tuple[tuple[str, str], str]] = set()
        for each in sorted(definitions, key=lambda each: (each.name != each.kind, each.reference)):
            name, home = each.name, self.home(each)
            while (home, name) in taken:
                name = each.kind if name == each.name != each.kind else f"{name}_"
                self._aliases[each.reference] = name
            taken.add((home, name))

    def home(self, definition: Definition) -> tuple[str, str]:
        label, version = definition.home
        return self._doubtful.get(_domain(definition), label), version

    def alias(self, definition: Definition) -> str:
        return self._aliases.get(definition.reference, "")

    def warnings(self) -> Iterator[str]:
        named: dict[str, list[str]] = defaultdict(list)
        for domain, label in sorted(self._doubtful.items()):
            named[domain.rpartition(".")[2]].append(label)
        for label, names in sorted(named.items()):
            yield (
                f"several groups are called {label!r}: their libraries are"
                f" {' and '.join(dict.fromkeys(names))}"
            )


def _doubtful(definitions: Sequence[Definition]) -> Iterator[tuple[str, str]]:
    """What to call the groups whose libraries would be in one place, by their domains."""
    domains: dict[tuple[str, str], set[str]] = defaultdict(set)
    groups: dict[str, str] = {}
    for each in definitions:
        domains[each.home].add(_domain(each))
        groups.setdefault(_domain(each), each.group)
    for (label, _), found in domains.items():
        if len(found) > 1:
            names = [groups[domain] or label for domain in found]
            distinct = len(set(names)) == len(names)
            for domain in found:
                yield domain, (groups[domain] or label) if distinct else domain


def _domain(definition: Definition) -> str:
    """What the full names of all definitions of a group begin with."""
    return ".".join(definition.reference.split(".")[:-2])
