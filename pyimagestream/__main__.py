"""The command: ``pyimagestream``, and ``python -m pyimagestream``.

All else is imported later, so that Ctrl-C ends it in silence from the first moments on.
"""

import gc
import os
import signal
import sys
from types import FrameType

GARBAGE = 50_000
"""New objects between two looks for garbage, where Python has 700: a command makes little, and
looking for it took a tenth of the time of a small one."""


def main() -> int:
    """Runs the command line of the process. Returns its exit code."""
    gc.set_threshold(GARBAGE)
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:  # else it is ignored, as in the background
        signal.signal(signal.SIGINT, _end)
    from .cli.main import main as run  # slow to import

    try:
        return run(begin=lambda: signal.signal(signal.SIGINT, usual))
    finally:
        # Python looks through all objects when it ends, several times: a tenth of a small command.
        gc.freeze()


def _end(number: int, frame: FrameType | None) -> None:
    """Nothing has begun that would have to be cleaned up."""
    os._exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
