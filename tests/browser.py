"""Debian's Chromium, driven through its DevTools protocol over a pipe: no driver, no port, no dependency."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
INSTALL_SECONDS = 240


def find() -> str | None:
    """The browser's path; where there is none and this is a Debian on which we may, it is installed first."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    may_install = os.getuid() == 0 and shutil.which("apt-get") and not os.environ.get("NO_BROWSER_INSTALL")
    if found or not may_install:
        return found
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", *command], check=False, timeout=INSTALL_SECONDS, env=environment, **quiet)
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab: what it is told to do, and what it said and asked for meanwhile.

    Attributes:
        said: console messages, errors and violations of the page's policy.
        asked: addresses it requested.
    """

    def __init__(self, commands: BinaryIO, answers: BufferedReader) -> None:
        self._commands, self._answers = commands, answers
        self._buffer, self._number = b"", 0
        self._session: str | None = None
        self.said: list[str] = []
        self.asked: list[str] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def close(self) -> None:
        """Ends the browser."""
        self._session = None
        self.do("Browser.close")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        return self._until(lambda answer: answer.get("id") == self._number)["result"]

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            while b"\0" not in self._buffer:
                read = self._answers.read1(1 << 16)
                assert read, "the browser is gone"
                self._buffer += read
            text, _, self._buffer = self._buffer.partition(b"\0")
            message = json.loads(text)
            self._note(message.get("method"), message.get("params", {}))
            assert "error" not in message, message
            if wanted(message):
                return message

    def _note(self, event: str | None, what: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.asked.append(what["request"]["url"])
        elif event == "Runtime.consoleAPICalled":
            self.said.append(str(what["args"]))
        elif event == "Runtime.exceptionThrown":
            self.said.append(str(what["exceptionDetails"]))
        elif event == "Log.entryAdded":
            self.said.append(what["entry"]["text"])

    def open(self, path: Path) -> None:
        """Opens a file and waits until it is loaded; what was said and asked before is forgotten."""
        self.said, self.asked = [], []
        self.do("Page.navigate", url=path.resolve().as_uri())
        self._until(lambda message: message.get("method") == "Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Makes the window as large as a device's."""
        self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def look(self, scheme: str = "light", media: str = "", scripts: bool = True) -> None:
        """Sets light or dark, screen or print, and whether scripts run."""
        self.do("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.do("Emulation.setScriptExecutionDisabled", value=not scripts)

    def screenshot(self, path: Path) -> None:
        """What is to be seen, as PNG."""
        path.write_bytes(base64.b64decode(self.do("Page.captureScreenshot")["data"]))

    def print(self, path: Path) -> None:
        """The page as it would be printed, as PDF."""
        path.write_bytes(base64.b64decode(self.do("Page.printToPDF", printBackground=False)["data"]))


@contextlib.contextmanager
def opened(browser: str) -> Iterator[Page]:
    """A browser with one tab, gone afterwards with everything it wrote."""
    commands, answers = os.pipe(), os.pipe()
    # The protocol's pipes are descriptors 3 and 4 of the browser.
    code = f'exec {browser} {" ".join(FLAGS)} --user-data-dir="$0" about:blank 3<&{commands[0]} 4>&{answers[1]}'
    with tempfile.TemporaryDirectory(prefix="theory-claims-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["bash", "-c", code, profile],
            pass_fds=(commands[0], answers[1]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands[0])
        os.close(answers[1])
        try:
            with os.fdopen(commands[1], "wb") as to_browser, os.fdopen(answers[0], "rb") as from_browser:
                page = Page(to_browser, from_browser)
                yield page
                page.close()
        finally:
            process.kill()
            process.wait()
