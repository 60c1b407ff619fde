"""The settings of an evaluation: variables, jpath, engine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..engines.vm import EMPTY, ENGINES, Variables, default_engine
from ..errors import EvaluationError, PyimagestreamError
from ..generator.path import library_directory
from ..model.naming import API_FILE
from .libraries import Libraries, is_library, libraries_in, refuse_no_library

ENGINE_VARIABLE = "PYIMAGESTREAM_ENGINE"

FAST_FORMATS_VARIABLE = "PYIMAGESTREAM_FAST_FORMATS"

DEFAULT_MAX_STACK = 500

StrPath = str | os.PathLike[str]


def _fast_formats() -> bool:
    choice = os.environ.get(FAST_FORMATS_VARIABLE) or "1"
    if choice not in ("0", "1"):
        raise PyimagestreamError(f"{FAST_FORMATS_VARIABLE} must be 0 or 1, not {choice!r}")
    return choice == "1"


class Settings(NamedTuple):
    """How templates are evaluated.

    Of ``jpath`` later entries win, and all of them over ``libraries``, which are directories of
    generated libraries of other APIs: their checks are there too. ``check`` false leaves every
    value unchecked. ``virtual`` adds imports that no file holds.
    ``isolate`` runs an engine that a template can crash in a process of its own. With ``hashed``
    an outcome has the hashes of files, as a cache needs them.
    ``fast_formats`` rewrites code before a VM sees it: formats are spelled out, and the C++ VM
    gets imports as one text. That changes nothing but the time; `of` turns it off where the
    environment variable ``PYIMAGESTREAM_FAST_FORMATS`` is 0.
    """

    engine: str
    variables: Variables = Variables()
    jpath: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    check: bool = True
    max_stack: int = DEFAULT_MAX_STACK
    virtual: Mapping[str, str] = EMPTY
    isolate: bool = True
    hashed: bool = False
    fast_formats: bool = True

    @classmethod
    def of(
        cls,
        *,
        ext_vars: Mapping[str, Any] | None = None,
        ext_codes: Mapping[str, str] | None = None,
        tla_vars: Mapping[str, Any] | None = None,
        tla_codes: Mapping[str, str] | None = None,
        jpath: Sequence[StrPath] = (),
        libraries: Sequence[StrPath] = (),
        engine: str | None = None,
        check: bool = True,
        max_stack: int = DEFAULT_MAX_STACK,
    ) -> Settings:
        """Settings from what a Python caller passes.

        Raises `EvaluationError` for a variable no VM can take, `PyimagestreamError`
        for an unknown engine, a `max_stack` that is no positive 32 bit integer, or a directory
        in `libraries` that was not generated.
        """
        if not 0 < max_stack < 1 << 31:  # more is cut off by some engines
            raise PyimagestreamError(f"max_stack must be from 1 to 2147483647, not {max_stack}")
        ext_text, ext_code = _variables("ext var", ext_vars, ext_codes)
        tla_text, tla_code = _variables("tla", tla_vars, tla_codes)
        named = directories(libraries)
        for directory in named:
            refuse_no_library(directory)
        return cls(
            engine=chosen_engine(engine),
            variables=Variables(ext_text, ext_code, tla_text, tla_code),
            jpath=directories(jpath),
            libraries=named,
            check=check,
            max_stack=max_stack,
            fast_formats=_fast_formats(),
        )

    def absent_libraries(self) -> frozenset[str]:
        """The files that would make directories of the jpath known libraries."""
        missing = (each for each in self.jpath if not is_library(each))
        return frozenset(os.path.join(each, API_FILE) for each in missing)

    def search_path(self) -> tuple[str, ...]:
        """The jpath, behind the bundled libraries: a project's own copy of them wins."""
        return (library_directory(), *self.libraries, *self.jpath)

    def known_libraries(self) -> Libraries:
        """The generated libraries that are named, or on the jpath.

        Raises `PyimagestreamError` when one that is named is none, or one cannot be read.
        """
        return libraries_in([*self.libraries, *filter(is_library, self.jpath)])


def directories(given: StrPath | Iterable[StrPath]) -> tuple[str, ...]:
    """The directories that a caller passes, as text; a single one needs no list."""
    several = (given,) if isinstance(given, (str, os.PathLike)) else given
    return tuple(os.fspath(directory) for directory in several)


def chosen_engine(choice: str | None = None) -> str:
    """The engine of a choice: for None that of the environment variable, else the default one."""
    engine = choice or os.environ.get(ENGINE_VARIABLE) or default_engine()
    if not isinstance(engine, str) or engine not in ENGINES:
        source = "" if choice else f"{ENGINE_VARIABLE}: "
        known = ", ".join(ENGINES)
        raise PyimagestreamError(f"{source}there is no engine {engine!r}: choose of {known}")
    return engine


def is_fallback() -> bool:
    """Whether the default engine is not that of Tanka, for lack of it."""
    return default_engine() != "gojsonnet"


def _variables(
    kind: str, values: Mapping[str, Any] | None, codes: Mapping[str, str] | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Text and code. Values that are no strings, and strings with NUL, are passed as JSON."""
    for given in (values, codes):
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f"{kind}s must be a mapping by name, not a {type(given).__name__}")
    texts: dict[str, str] = {}
    coded = {_name(kind, name): _code(kind, name, code) for name, code in (codes or {}).items()}
    for name, value in (values or {}).items():
        _name(kind, name)
        if isinstance(value, str):
            _refuse_surrogates(f"{kind} {name!r}", value)
        if isinstance(value, str) and "\0" not in value:
            texts[name] = value
        else:
            coded[name] = _json(kind, name, value)
    return texts, coded


def _name(kind: str, name: object) -> str:
    if not isinstance(name, str) or not name or "\0" in name:
        raise EvaluationError(
            f"{kind} {name!r}: the name must be a string, not empty and without NUL"
        )
    _refuse_surrogates(f"{kind} {name!r}", name)
    return name


def _code(kind: str, name: str, code: object) -> str:
    if not isinstance(code, str):
        raise EvaluationError(f"{kind} {name!r}: code must be a string, not {code!r:.80}")
    if "\0" in code:
        raise EvaluationError(f"{kind} {name!r}: code cannot hold a NUL")
    _refuse_surrogates(f"{kind} {name!r}", code)
    return code


def _json(kind: str, name: str, value: object) -> str:
    try:
        # ASCII only, so that a NUL arrives; surrogates are found by going through UTF-8.
        json.dumps(value, ensure_ascii=False).encode()
        return json.dumps(value, allow_nan=False)
    except UnicodeEncodeError:
        raise EvaluationError(f"{kind} {name!r}: has a lone surrogate") from None
    except RecursionError:
        raise EvaluationError(f"{kind} {name!r}: is nested too deep") from None
    except (TypeError, ValueError) as error:
        raise EvaluationError(f"{kind} {name!r}: no JSON value: {error}") from None


def _refuse_surrogates(what: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        raise EvaluationError(f"{what}: has a lone surrogate (U+{code:04X})") from None
