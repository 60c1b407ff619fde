"""What all tests share: the engines, and the fixtures of `support`."""

from __future__ import annotations

import gc
import signal
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from pyimagestream.engines.vm import ENGINES

pytest_plugins = ["support.projects", "support.clusters"]

# In the background of a shell Ctrl-C is ignored, by every process that is started there.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("default", deadline=None, derandomize=True)
settings.load_profile("default")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests, which stay to the end: the garbage collector need not look at them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def everywhere_alike() -> Iterator[None]:
    """What depends on the machine, and costs time or gives commands other defaults."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        # One worker process is enough where a test does not ask for more: each takes long to start.
        patch.setattr("pyimagestream.workers.machine.processors", lambda: 1)
        # Loopback is reached directly, whatever the machine's proxy is.
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """Each of the engines."""
    name: str = request.param
    return name
