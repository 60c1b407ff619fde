"""A diff as a page, for people who look rather than read."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support.browser import Browser, has_browser
from support.making import digest

from pyimagestream.cluster.page import diff_page, write_page
from pyimagestream.errors import PyimagestreamError

HOSTILE = (
    "<script>document.title='taken'</script>",
    '"><img src=http://127.0.0.1:9/x onerror="document.title=1">',
    "'-->]]></style></title><svg onload=alert(1)>",
    "&lt;b&gt; \x1b[31m\u202e\x00",
    "long" * 500,
)


def tag(name: str | None = "2.7", change: str = "moved", **rest: Any) -> dict[str, Any]:
    return {
        "namespace": "images",
        "imageStream": "ruby",
        "tag": name,
        "from": "quay.io/org/ruby:2.7",
        "change": change,
        "oldDigest": digest(1),
        "newDigest": digest(2),
        "details": [],
        "notes": [],
        **rest,
    }


def page(*tags: dict[str, Any], heading: str = "environments/dev", **rest: Any) -> str:
    data = {"tags": tags, "streams": [], "warnings": [], "leftAlone": [], **rest}
    return diff_page(heading, data)


def everything(text: str) -> str:
    """A page that has a text wherever one can be."""
    entry = tag(text, details=[text], notes=[text], reason=text, message=text, advice=text)
    entry |= dict.fromkeys(("namespace", "imageStream", "from", "oldDigest", "newDigest"), text)
    stream = {
        "namespace": text,
        "imageStream": text,
        "details": [text],
        "reason": text,
        "message": text,
        "tags": [{**entry, "change": "import"}],
    }
    return page(entry, heading=text, streams=[stream], warnings=[text], leftAlone=[text])


class Reader(HTMLParser):
    """The elements of a page, and the text in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "html"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_move_shows_both_digests_and_has_them_in_full() -> None:
    text = page(tag())
    assert digest(1) in text
    assert digest(2) in text
    read = re.sub(r"\s+", " ", Reader(text).text)
    assert "images/ruby 2.7 moved 000000010000 → 000000020000 quay.io/org/ruby:2.7" in read


def test_what_stays_as_it_is_is_folded_and_counted() -> None:
    text = page(tag(), tag("3.0", "unchanged"), tag("3.1", "unchanged"))
    assert "1 moved, 2 unchanged" in text
    folded = text[text.index("<details>") :]
    assert "<summary" in folded
    assert "3.0" in folded
    assert ">2.7</code>" not in folded


def test_a_failure_has_its_message_and_what_helps() -> None:
    text = page(tag(change="failed", reason="NotFound", message="no image", advice="Look."))
    assert "NotFound: no image" in text
    assert "Look." in text


def test_image_streams_have_the_words_of_the_table() -> None:
    stream = {"namespace": "images", "imageStream": "go", "details": [], "reason": None}
    tags = [{**tag("1.0"), "change": "import"}, {**tag("0.9"), "change": "kept"}]
    text = page(streams=[{**stream, "message": None, "tags": tags}])
    assert "images/go, when applied" in text
    assert "1 imported, 1 kept" in text


def test_a_page_without_tags_says_so() -> None:
    assert "no tags" in page()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_elsewhere_becomes_markup(text: str) -> None:
    mine, theirs = Reader(everything("harmless")), Reader(everything(text))
    assert theirs.elements == mine.elements
    assert theirs.attributes == mine.attributes
    assert theirs.open == mine.open == []
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", everything(text))


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(str(path), "old")
    path.chmod(0o640)
    with pytest.raises(UnicodeEncodeError):
        write_page(str(path), "x" * 100_000 + "\ud800")
    assert path.read_text() == "old"
    write_page(str(path), "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "page.html", tmp_path / "link.html"
    link.symlink_to(path)
    write_page(str(link), "text")
    assert link.is_symlink()
    assert path.read_text() == "text"


@pytest.mark.parametrize(
    ("name", "why"),
    [("none/page.html", "there is no such directory"), ("", "not a regular file")],
    ids=["no directory", "a directory"],
)
def test_a_place_that_takes_no_page_is_named(tmp_path: Path, name: str, why: str) -> None:
    path = str(tmp_path / name)
    with pytest.raises(PyimagestreamError, match=f"{re.escape(path)}: {why}"):
        write_page(path, "text")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if not has_browser():
        pytest.skip("needs chromium and chromedriver")
    with Browser(1280, 900, dark=request.param) as opened:
        yield opened


CONTRASTS = """
const shade = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(part => {
  const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b };
const back = shade(getComputedStyle(document.body).backgroundColor);
return [...document.querySelectorAll('body, .word, .soft, .red')].map(each => {
  const [low, high] = [back, shade(getComputedStyle(each).color)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05) });
"""


@pytest.mark.slow
def test_a_browser_shows_it_in_light_and_dark_at_any_width_and_runs_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    words = ("new", "moved", "updated", "source", "failed", "overridden", "untagged", "unchanged")
    path.write_text(page(*(tag(word, word, reason="Why", message="?") for word in words)))
    browser.open(path.as_uri())
    assert min(browser.script(CONTRASTS)) >= 4.5, "what WCAG asks for"
    for text in HOSTILE:
        path.write_text(everything(text))
        browser.open(path.as_uri())
        for width in (1280, 360):
            browser.resize(width, 800)
            assert not browser.scrolls_sideways()
        assert browser.text("h1").strip()[:4] == text.strip()[:4]
        assert browser.loaded() == []
        assert browser.errors() == []
