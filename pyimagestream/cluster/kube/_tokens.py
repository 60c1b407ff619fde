"""Tokens that change: each is kept until the server refuses it, and then fetched anew."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path

from ...errors import ClusterError
from ._files import read_small


class Tokens(ABC):
    """Where bearer tokens come from; shared by all threads that send requests."""

    def __init__(self) -> None:
        self.current = ""
        self._lock = threading.Lock()

    def another(self, refused: str, seconds: float) -> str:
        """A token other than this one; of several threads that want one, one fetches it.

        Raises ClusterError when it cannot be had, or not within so many seconds.
        """
        if not self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX)):
            raise ClusterError("the credentials could not be had in time")
        try:
            if self.current == refused:
                self.current = self._fetch(seconds)
            return self.current
        finally:
            self._lock.release()

    @abstractmethod
    def _fetch(self, seconds: float) -> str:
        """A token, never empty. No error quotes it."""


class TokenFile(Tokens):
    """The token in a file, which is written anew from time to time, as a kubelet does."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = Path(path)

    def _fetch(self, seconds: float) -> str:
        try:
            token = read_small(self._path).decode().strip()
        except FileNotFoundError:
            raise ClusterError(f"token file {self._path} not found") from None
        except OSError as error:
            raise ClusterError(f"token file: {error.strerror}") from None
        except ValueError:
            raise ClusterError("token file: it holds no text") from None
        if not token:
            raise ClusterError("token file: it is empty")
        return token
