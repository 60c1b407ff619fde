"""The engines: three Jsonnet VMs behind one function.

=========== ============ ==================================================
engine      package      the VM
=========== ============ ==================================================
jsonnet     jsonnet      C++, the reference (the default)
gojsonnet   gojsonnet    Go, the evaluator of Tanka
rjsonnet    rjsonnet     Rust (jrsonnet), about ten times as fast
=========== ============ ==================================================
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeVar

from ..errors import EvaluationError, Frame, PyimagestreamError
from ._guards import refuse_endless
from ._messages import explained
from .importer import Importer

ENGINES = {
    "jsonnet": ("_jsonnet", "pip install jsonnet"),
    "gojsonnet": ("_gojsonnet", "pip install 'pyimagestream[go]'"),
    "rjsonnet": ("rjsonnet", "pip install 'pyimagestream[rust]'"),
}
"""The module of each engine, and how to get it."""

ISOLATED = {"rjsonnet"}
"""Engines that run in a process of their own, whatever the template."""

CRASHES = {
    "jsonnet": "a text that std.parseJson or std.parseYaml was to read",
    "rjsonnet": "endless recursion or deep nesting",
}
"""What may end the process of an engine."""


def _after_fork() -> None:
    if "_gojsonnet" in sys.modules:  # its threads are not there any more: it would wait for them
        ISOLATED.add("gojsonnet")


os.register_at_fork(after_in_child=_after_fork)

STACK_SIZES = (512 << 20, 64 << 20, 0)
"""Of the thread a VM runs in, in bytes: a chain of 100,000 `+` overflows the usual 8 MB. It is
virtual memory only; where that is limited, less has to do (0 is the system's own size)."""

SIGNAL_INTERVAL = 0.1
"""Seconds after which a signal is noticed at the latest."""

T = TypeVar("T")

Native = tuple[tuple[str, ...], Callable[..., Any]]
"""A native as the VMs take it: the names of its parameters, and the function."""

Importing = Callable[[str, str], tuple[str, bytes]]


@dataclass(frozen=True)
class Job:
    """What a VM is to evaluate. All variables are strings: text, or Jsonnet code."""

    filename: str
    source: str
    ext_vars: Mapping[str, str] = field(default_factory=dict)
    ext_codes: Mapping[str, str] = field(default_factory=dict)
    tla_vars: Mapping[str, str] = field(default_factory=dict)
    tla_codes: Mapping[str, str] = field(default_factory=dict)
    max_stack: int = 500
    careful: bool = False  # do not run what may end the process
    unguarded: bool = False  # do not run what may make a lone surrogate: a native may be handed it


class CrashError(Exception):
    """The template may end the process of the VM, and the job is to be careful."""


class SurrogateError(Exception):
    """The template may make a lone surrogate, and the job is unguarded: no native survives that."""


def evaluate(engine: str, job: Job, importer: Importer, natives: Mapping[str, Native]) -> str:
    """The JSON text a VM makes of a job.

    Raises `EvaluationError`, or what the importer raised, or `CrashError` if the job
    is careful, or `SurrogateError` if it is unguarded. KeyboardInterrupt is raised at once;
    the VM is then left to itself, and stops at its next call.
    """
    vm = load(engine)
    callbacks = _Callbacks()
    options: dict[str, Any] = {
        "ext_vars": dict(job.ext_vars),
        "ext_codes": dict(job.ext_codes),
        "tla_vars": dict(job.tla_vars),
        "tla_codes": dict(job.tla_codes),
        "max_stack": job.max_stack,
        "native_callbacks": {
            name: (parameters, callbacks.kept(function))
            for name, (parameters, function) in natives.items()
        },
    }
    risks = _risks(job) if engine == "jsonnet" else ()
    for name, code in {**job.ext_codes, **job.tla_codes, job.filename: job.source}.items():
        _refuse(name, code, risks)
    importing = _limited(importer, risks)

    def run() -> str:
        if engine == "rjsonnet":
            options["import_callback"] = callbacks.kept(_as_text(importing, job))
            return str(vm.evaluate_file(job.filename, **options))
        options["import_callback"] = callbacks.kept(importing)
        return str(vm.evaluate_snippet(job.filename, job.source, **options))

    try:
        return _on_a_deep_stack(run, callbacks.cancel)
    except (RuntimeError, UnicodeError) as error:
        raise callbacks.reason(explained(error, importer.found)) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of rjsonnet
            raise
        raise EvaluationError(f"{engine} gave up: {error}", [Frame(job.filename)]) from None


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
                raise RuntimeError("stopped") from None

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


def _limited(importer: Importing, risks: Collection[Risk]) -> Importing:
    """The importer, but for code that a VM must not see."""

    def importing(base: str, name: str) -> tuple[str, bytes]:
        path, content = importer(base, name)
        _refuse(path, content.decode("utf-8", "surrogateescape"), risks)
        return path, content

    return importing


def _as_text(importer: Importing, job: Job) -> Callable[[str, str], tuple[str, str]]:
    """The importer as rjsonnet wants it: text, and the template itself is the first import.

    (As a snippet the template would be given the wrong directory.)
    """
    first = True

    def importing(base: str, name: str) -> tuple[str, str]:
        nonlocal first
        if first:
            first = False
            return job.filename, job.source
        path, content = importer(base, name)
        try:
            return path, content.decode()
        except UnicodeDecodeError:
            raise EvaluationError("rjsonnet can only import UTF-8", [Frame(path)]) from None

    return importing


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
        while thread.is_alive():
            # The system may hand Ctrl-C to a thread of the Go VM, which does not wake this one.
            thread.join(SIGNAL_INTERVAL)
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

Risk = type[CrashError] | type[SurrogateError]


def _risks(job: Job) -> tuple[Risk, ...]:
    """What a job is not to run on the C++ VM."""
    return (CrashError,) * job.careful + (SurrogateError,) * job.unguarded


def _refuse(path: str, code: str, risks: Collection[Risk]) -> None:
    """Raises `EvaluationError` for code that would overflow the stack of a VM.

    Raises those of the ``risks`` that the code may be.
    """
    for risk in risks:
        if _RISKS[risk](code):
            raise risk(path)
    refuse_endless(path, code)


# The C++ VM aborts when it meets a number beyond all doubles there, a NUL or a lone surrogate. What
# our own library parses has none of these.
_PARSING = re.compile(r"\.parse(?:Json|Yaml)\b(?!\('' \+ \[value\]\))")


def _parses(code: str) -> bool:
    return ".parse" in code and bool(_PARSING.search(code))


# std.char, std.decodeUTF8, the conversion %c (of %5c and %(key)c as well) and what is no UTF-8.
_MAKING = re.compile("\\b(?:char|decodeUTF8)\\b|[\ud800-\udfff]")
_CHARACTER = re.compile("[%)][-+ #0-9.*hlL]*c")


@lru_cache(maxsize=32)
def _makes_surrogates(code: str) -> bool:
    """Whether there is anything in the code that a lone surrogate may come of."""
    return bool(_MAKING.search(code) or ("%" in code and _CHARACTER.search(code)))


_RISKS: dict[Risk, Callable[[str], bool]] = {
    CrashError: _parses,
    SurrogateError: _makes_surrogates,
}
