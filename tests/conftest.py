"""What all tests share: the engines, and the fixtures of `support`."""

from __future__ import annotations

import pytest
from hypothesis import settings

from pyimagestream.engines.vm import ENGINES

pytest_plugins = ["support.projects", "support.clusters"]

settings.register_profile("default", deadline=None, derandomize=True)
settings.load_profile("default")


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """Each of the engines."""
    name: str = request.param
    return name
