"""The engines, for tests that take long on one of them."""

import pytest

SLOW_ON_CPP = ["gojsonnet", pytest.param("jsonnet", marks=pytest.mark.slow)]
"""Each of the engines, the second one in `make test-all` only."""
