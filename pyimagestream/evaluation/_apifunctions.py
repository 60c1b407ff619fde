"""The functions of the generated libraries of an API, by the names of their natives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from ..model.api import Api
from ..model.definition import Definition, Function, functions, within_others
from ..model.expand import expanded


class ApiFunction(NamedTuple):
    """A function, and the definition whose library has it."""

    definition: Definition
    function: Function

    @property
    def is_of_part(self) -> bool:
        """Whether its field is the end of one in a manifest."""
        return self.definition.part


class ApiFunctions(Mapping[str, ApiFunction]):
    """Those of the libraries in one layout, each library made when it is asked for.

    In the compact layout each definition has its functions once, wherever it is used.
    """

    def __init__(self, api: Api, layout: str) -> None:
        self._api = api
        self._layout = layout
        self._of = cache(self._functions)

    def __getitem__(self, native: str) -> ApiFunction:
        library = native
        while library:
            library = library.rpartition(".")[0]
            if reference := self._api.libraries.get(library):
                return self._of(reference)[native]
        raise KeyError(native)

    def __iter__(self) -> Iterator[str]:
        return (name for reference in self._api.definitions for name in self._of(reference))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _functions(self, reference: str) -> Mapping[str, ApiFunction]:
        definition = self._api.definitions[reference]
        if self._layout == "reference":
            whole = expanded(definition, self._api)
        else:
            whole = within_others(definition)
        return {each.native: ApiFunction(definition, each) for each in functions(whole)}
