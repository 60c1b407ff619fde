"""The natives Tanka registers, by the same names.

The Python bindings of the Jsonnet VMs set limits:

- Natives with several parameters have to be called by position: the names of
  their parameters are single letters here, because the C++ VM (0.22.0) mixes up
  longer ones.
- gojsonnet drops the text of an exception; only Python gets to see it.
- jsonnet and gojsonnet cut strings at a NUL character on their way in, which
  nobody can see. A NUL on its way out is an error on every engine.
- `helmTemplate` and `kustomizeBuild` always fail: no Helm and no Kustomize is run
  here, and the bindings could not hand them the object they take.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..errors import NativeError, PyimagestreamError

Native = tuple[tuple[str, ...], Callable[..., Any]]

NOT_RUN = (
    "pyimagestream runs no Helm and no Kustomize: render the chart beforehand, and import what"
    " comes out"
)


_PARAMETERS: dict[str, dict[str, type]] = {
    "escapeStringRegex": {"str": str},
    "helmTemplate": {"n": str, "c": str, "o": dict},
    "kustomizeBuild": {"p": str, "o": dict},
    "manifestJsonFromJson": {"j": str, "i": float},
    "manifestYamlFromJson": {"json": str},
    "parseJson": {"json": str},
    "parseYaml": {"yaml": str},
    "regexMatch": {"r": str, "s": str},
    "regexSubst": {"r": str, "s": str, "p": str},
    "sha256": {"str": str},
}


def _call(name: str, *arguments: Any) -> Any:
    # Slow to import, while every evaluation has the natives and few call one.
    from ._nativefunctions import FUNCTIONS, returnable
    from .json import dumps

    kinds = _PARAMETERS[name].values()
    try:
        for argument, kind in zip(arguments, kinds, strict=True):
            if kind is not dict and type(argument) is not kind:
                wanted = "string" if kind is str else "number"
                raise PyimagestreamError(f"expected a {wanted}, found {dumps(argument)}")
        if name not in FUNCTIONS:
            raise PyimagestreamError(NOT_RUN)
        return returnable(FUNCTIONS[name](*arguments))
    except RecursionError:
        raise NativeError(name, "the value is nested too deeply") from None
    except PyimagestreamError as error:
        raise NativeError(name, str(error)) from None


# Partial calls rather than closures: natives travel to worker processes.
TANKA_NATIVES: dict[str, Native] = {
    name: (tuple(kinds), partial(_call, name)) for name, kinds in _PARAMETERS.items()
}
"""By name: the names of the parameters, and the function, as `native_callbacks=` takes them."""
