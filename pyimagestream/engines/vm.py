"""Two Jsonnet VMs behind one function.

=========== ============ ======================================================
engine      package      the VM
=========== ============ ======================================================
gojsonnet   gojsonnet    go-jsonnet, the engine of Tanka; the default
jsonnet     jsonnet      C++, the reference; the default without gojsonnet
=========== ============ ======================================================
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from ..errors import EvaluationError, PyimagestreamError
from ..workers.signals import join
from ._guards import refuse_endless
from .importer import TEXT, Importer

ENGINES = {
    "gojsonnet": ("_gojsonnet", "pip install gojsonnet"),
    "jsonnet": ("_jsonnet", "pip install jsonnet"),
}
"""The module of each engine, and how to get it."""

STACK_SIZES = (512 << 20, 64 << 20, 0)
"""Of the thread a VM runs in, in bytes: a chain of 100,000 `+` overflows the usual 8 MB. It is
virtual memory only; where that is limited, less has to do (0 is the system's own size)."""

T = TypeVar("T")

Native = tuple[tuple[str, ...], Callable[..., Any]]
"""A native as the VMs take it: the names of its parameters, and the function."""

Strings = Mapping[str, str]

EMPTY: Mapping[str, Any] = {}


class Variables(NamedTuple):
    """Ext vars and top-level arguments, as text or as Jsonnet code."""

    ext_vars: Strings = EMPTY
    ext_codes: Strings = EMPTY
    tla_vars: Strings = EMPTY
    tla_codes: Strings = EMPTY


class Program(NamedTuple):
    """What a VM is to evaluate."""

    filename: str
    source: str
    variables: Variables = Variables()
    max_stack: int = 500

    @property
    def codes(self) -> list[tuple[str, str]]:
        """All code that there is before anything is imported, each with its name."""
        given = self.variables
        named = (*given.ext_codes.items(), *given.tla_codes.items())
        return [*named, (self.filename, self.source)]


def default_engine() -> str:
    """The engine of those who choose none: Tanka's own engine where it is installed."""
    return "gojsonnet" if importlib.util.find_spec("_gojsonnet") else "jsonnet"


TAIL_CALL = "tailstrict"
"""Code that says this must not run in this process. The Go VM counts no frames for such a call, but
puts each on its stack: where they never end, Go ends the process. Hardly any code says it."""


def needs_a_process(engine: str) -> bool:
    """Whether an engine must not run in this process, whatever the code.

    The C++ VM may be ended by what a template does: ``std.parseJson('1e999')``, a lone surrogate
    handed to a native. The Go VM waits for ever in a child of a fork, which lacks its threads.
    """
    return engine == "jsonnet" or _forked


def parses_std_for_each_file(engine: str) -> bool:
    """Whether an import costs as much as a template that is empty: 20 ms."""
    return engine == "jsonnet"


def evaluate(
    engine: str, program: Program, importer: Importer, natives: Mapping[str, Native]
) -> str:
    """The JSON text a VM makes of a program.

    Raises `EvaluationError`, or what the importer or a native raised. KeyboardInterrupt is
    raised at once; the VM is then left to itself, and stops at its next call.
    """
    vm = load(engine)
    callbacks = _Callbacks()
    variables = program.variables
    for name, code in program.codes:
        refuse_endless(name, code)

    def importing(base: str, name: str) -> tuple[str, bytes]:
        path, content = importer(base, name)
        if not path.startswith(TEXT):
            refuse_endless(path, content.decode("utf-8", "surrogateescape"))
        return path, content

    def run() -> str:
        return str(
            vm.evaluate_snippet(
                program.filename,
                program.source,
                ext_vars=dict(variables.ext_vars),
                ext_codes=dict(variables.ext_codes),
                tla_vars=dict(variables.tla_vars),
                tla_codes=dict(variables.tla_codes),
                max_stack=program.max_stack,
                import_callback=callbacks.kept(importing),
                native_callbacks={
                    name: (parameters, callbacks.kept(function))
                    for name, (parameters, function) in natives.items()
                },
            )
        )

    try:
        return _on_a_deep_stack(run, callbacks.cancel)
    except (RuntimeError, UnicodeError) as error:
        from .messages import explained  # slow to import, and most templates are well

        raise callbacks.reason(explained(error, importer.found)) from None


def load(engine: str) -> ModuleType:
    """The module of an engine. Raises `PyimagestreamError` when it is unknown or not installed."""
    if engine not in ENGINES:
        raise PyimagestreamError(f"there is no engine {engine!r}: choose of {', '.join(ENGINES)}")
    module, install = ENGINES[engine]
    try:
        return importlib.import_module(module)
    except ImportError:
        message = f"the engine {engine!r} is not installed: {install}"
        raise PyimagestreamError(message) from None


class _Callbacks:
    """What a VM may call. Exceptions are kept, as the VMs hand on a part of their text at best."""

    def __init__(self) -> None:
        self.raised: BaseException | None = None

    def kept(self, function: Callable[..., T]) -> Callable[..., T]:
        def call(*arguments: Any) -> T:
            try:
                if self.raised:
                    raise self.raised
                return function(*arguments)
            except BaseException as error:
                self.raised = self.raised or error
                # Without a text: gojsonnet reads beyond the end of one.
                raise RuntimeError from None

        return call

    def cancel(self) -> None:
        self.raised = KeyboardInterrupt()

    def reason(self, error: EvaluationError) -> BaseException:
        """Why the VM failed: what was kept, with the places the VM tells."""
        if isinstance(self.raised, EvaluationError):
            return EvaluationError(self.raised.message, (*self.raised.frames, *error.frames))
        if isinstance(self.raised, PyimagestreamError):
            return EvaluationError(str(self.raised), error.frames)
        return self.raised or error


def _on_a_deep_stack(run: Callable[[], T], cancel: Callable[[], None]) -> T:
    results: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(run())
        except BaseException as error:
            errors.append(error)

    thread = _started(target)
    try:
        join(thread)
    except BaseException:
        cancel()
        raise
    if errors:
        raise errors[0]
    return results[0]


def _started(target: Callable[[], None]) -> threading.Thread:
    with _STACK_SIZE_LOCK:  # the size is a setting of the process
        for size in STACK_SIZES:
            usual = threading.stack_size(size)
            thread = threading.Thread(target=target, name="jsonnet", daemon=True)
            try:
                thread.start()
                return thread
            except RuntimeError:
                continue
            finally:
                threading.stack_size(usual)
    raise PyimagestreamError("the system lets no thread start")


_STACK_SIZE_LOCK = threading.Lock()
_forked = False


def _after_fork() -> None:
    global _STACK_SIZE_LOCK, _forked
    _STACK_SIZE_LOCK = threading.Lock()  # a thread that held it is not there any more
    _forked = _forked or "_gojsonnet" in sys.modules


os.register_at_fork(after_in_child=_after_fork)
