"""A headless Chromium, driven by what tests do in it."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

WAIT = 20.0
"""Seconds after which a test has failed anyway."""


def has_browser() -> bool:
    return bool(
        importlib.util.find_spec("selenium")
        and shutil.which("chromium")
        and shutil.which("chromedriver")
    )


class Browser:
    """A window of a width and a height, as a context manager."""

    def __init__(self, width: int, height: int, *, dark: bool = False) -> None:
        from selenium import webdriver
        from selenium.webdriver.support.ui import WebDriverWait

        options = webdriver.ChromeOptions()
        options.binary_location = str(shutil.which("chromium"))
        for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
            options.add_argument(flag)
        options.page_load_strategy = "eager"  # nothing here waits for pictures
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(str(shutil.which("chromedriver")))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._say("Emulation.setEmulatedMedia", features=[scheme])
        self._wait = WebDriverWait(self.driver, WAIT, poll_frequency=0.05)

    def resize(self, width: int, height: int) -> None:
        # A window cannot be narrower than 500 pixels; what it shows can.
        self._say(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )

    def _say(self, command: str, **arguments: Any) -> None:
        self.driver.execute_cdp_cmd(command, arguments)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        self.driver.quit()

    def open(self, address: str) -> None:
        self.driver.get(address)

    def script(self, code: str, *arguments: Any) -> Any:
        return self.driver.execute_script(code, *arguments)

    def text(self, selector: str) -> str:
        return str(self.script("return document.querySelector(arguments[0]).innerText", selector))

    def search(self, words: str) -> list[str]:
        """Types into the search of the site; returns the titles of what is found."""
        buttons = ".md-search__button, .md-header [for=__search]"
        for element in self.driver.find_elements("css selector", buttons):
            if element.is_displayed():
                element.click()
                break
        self._wait.until(lambda driver: self._found("input"))
        self.driver.switch_to.active_element.send_keys(words)
        self._wait.until(lambda driver: self._found("mark"))
        return [element.text for element in self._found("[role=option] h2")]

    def follow(self, title: str) -> None:
        """Clicks the first result with a title."""
        left = self.driver.current_url
        for element in self._found("[role=option]"):
            if element.find_element("css selector", "h2").text == title:
                element.click()
                break
        self._wait.until(lambda driver: driver.current_url != left)

    def _found(self, selector: str) -> list[Any]:
        """Elements of the search, which lives in a shadow root."""
        code = (
            "return [...document.querySelectorAll('body > *')].flatMap(each => each.shadowRoot ?"
            " [...each.shadowRoot.querySelectorAll(arguments[0])] : [])"
        )
        found: list[Any] = self.script(code, selector)
        return found

    def scrolls_sideways(self) -> bool:
        return bool(
            self.script("const e = document.documentElement; return e.scrollWidth > e.clientWidth")
        )

    def loaded(self) -> list[str]:
        """The addresses of everything that the page has asked for."""
        code = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        found: list[str] = self.script(code)
        return found

    def errors(self) -> list[str]:
        """What the page has complained about."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def picture(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))
