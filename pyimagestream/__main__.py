"""The command: ``pyimagestream``, and ``python -m pyimagestream``.

All else is imported later, so that Ctrl-C ends it in silence from the first moments on.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # that of `typing` takes long
if TYPE_CHECKING:
    from types import FrameType

GARBAGE = 50_000
"""New objects between two looks for garbage, where Python has 700: a command makes little, and
looking for it took a tenth of the time of a small one."""


def command() -> int:
    """Runs the command line of the process, which begins anew if Go's collector is to be told.

    Returns its exit code.
    """
    from .workers import command as process
    from .workers.collector import environment, is_told

    given = sys.argv[1:]
    evaluates = bool(given) and not given[0].startswith("-")  # unlike --version and --help
    # A program that runs the command in its own process would begin anew itself.
    process.is_alone = sys.orig_argv[-len(given) :] == given
    if evaluates and process.is_alone and sys.executable and not is_told():
        try:
            os.execve(sys.executable, sys.orig_argv, environment())
        except OSError:  # all is the same without, but slower
            return main()
    return main()


def main() -> int:
    """Runs the command line of the process as it is. Returns its exit code."""
    import signal  # slow to import, and done twice where the process begins anew

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
    sys.exit(command())
