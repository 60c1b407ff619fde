"""The documentation as a site, looked at in a browser at the widths of a desk and of a phone."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.browser import Browser, has_browser

ROOT = Path(__file__).parent.parent

DESK, PHONE = (1280, 900), (390, 844)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not importlib.util.find_spec("zensical"), reason="needs `make docs`"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy, with links that lead somewhere only."""
    copy = tmp_path_factory.mktemp("site")
    for name in ("docs", "pyimagestream"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return copy / "site"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser() -> Iterator[Browser]:
    if not has_browser():
        pytest.skip("needs chromium and chromedriver")
    with Browser(*DESK) as opened:
        yield opened


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_search_for_a_function_leads_to_its_page(
    size: tuple[int, int], browser: Browser, address: str
) -> None:
    browser.resize(*size)
    browser.open(address)
    assert browser.text("h1").startswith("OpenShift images as code")
    assert "fn withImages" in browser.search("withImages")
    browser.follow("fn withImages")
    assert "fn withImages" in browser.text(":target")


def test_no_page_scrolls_sideways_or_asks_anything_of_others(
    browser: Browser, address: str, site: Path
) -> None:
    found = ["", *(f"{path.parent.relative_to(site)}/" for path in site.rglob("*/index.html"))]
    assert len(found) > 50
    wide, foreign = [], set()
    for page in found:
        browser.open(address + page)
        for size in (DESK, PHONE):
            browser.resize(*size)
            if browser.scrolls_sideways():
                wide.append((page, size))
        foreign |= {url for url in browser.loaded() if not url.startswith(address)}
    assert wide == []
    assert foreign == set()
    browser.script("document.querySelector('article').style.width = '3000px'")
    assert browser.scrolls_sideways(), "the test would see it"
