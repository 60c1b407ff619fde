"""Signals are handled for a time, and only where they are heeded at all."""

import os
import signal

from pyimagestream.cli.signals import handled


def test_a_signal_that_is_ignored_stays_so_as_after_nohup():
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    seen = []
    try:
        with handled((signal.SIGHUP, signal.SIGTERM), lambda number, _: seen.append(number)):
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, usual)
    assert seen == [signal.SIGTERM]
