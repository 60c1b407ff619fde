"""Signals are handled for a time, and only where they are heeded at all."""

import os
import signal

import pytest

from pyimagestream.cli.signals import handled


@pytest.mark.parametrize("before", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_signal_that_is_ignored_stays_so(before):
    """As after ``nohup``."""
    usual = signal.signal(signal.SIGHUP, before)
    seen = []
    try:
        with handled((signal.SIGHUP, signal.SIGTERM), lambda number, _: seen.append(number)):
            os.kill(os.getpid(), signal.SIGTERM)
            if before == signal.SIG_IGN:
                os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) == before or before == signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) == before
    finally:
        signal.signal(signal.SIGHUP, usual)
    assert seen == [signal.SIGTERM]
