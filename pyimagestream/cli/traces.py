"""What a VM itself writes to standard error while it is evaluating: the lines of `std.trace`."""

from __future__ import annotations

import codecs
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..errors import printable


@contextmanager
def made_printable() -> Iterator[None]:
    """Whatever is written to descriptor 2 meanwhile arrives at once, but plays no tricks.

    A VM knows nothing of ``sys.stderr``. In a worker process there is no need for this.
    """
    sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    source, sink = os.pipe()
    os.dup2(sink, 2)
    os.close(sink)
    thread = threading.Thread(target=_pass_on, args=(source, saved), name="traces", daemon=True)
    thread.start()
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        thread.join()
        os.close(saved)


def _pass_on(source: int, sink: int) -> None:
    """Copies until the last writer is gone, also where nobody takes it: none is to be blocked."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    with open(source, "rb", buffering=0) as file, suppress(OSError):
        while part := file.read(1 << 16):
            with suppress(OSError), open(sink, "wb", closefd=False) as output:
                output.write(printable(decode(part)).encode("utf-8", "backslashreplace"))
