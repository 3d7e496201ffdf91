"""A headless Chromium over its debugging pipe: what a page asks for, says, and how wide it is."""

from __future__ import annotations

import base64
import json
import os
import select
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """Return the program, None where it is not installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@dataclass
class Visit:
    """What happened while a page was open.

    Attributes:
        requests: every address the page asked for, itself included.
        complaints: errors and warnings of the console, exceptions, blocked content.
    """

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """Addresses that are neither files nor written inside the page."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


class Chromium:
    """One browser with one page."""

    def __init__(self, program: str, profile: Path) -> None:
        read_end, self._to_browser = os.pipe()
        self._from_browser, write_end = os.pipe()
        command = shlex.join([program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"])
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {command} 3<&{read_end} 4>&{write_end}"],
            pass_fds=(read_end, write_end),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_end)
        os.close(write_end)
        self._buffer = b""
        self._count = 0
        self._visit = Visit()
        self._loaded = False
        self._session: str | None = None
        page = self._page()
        self._session = self._send("Target.attachToTarget", targetId=page, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def close(self) -> None:
        """End this browser, and only this one."""
        os.close(self._to_browser)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from_browser)

    def open(self, path: Path, width: int, *, fragment: str = "") -> Visit:
        """Open a file in a window of `width` points and return what happened until it was there."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        self._visit, self._loaded = Visit(), False
        self._send("Page.navigate", url="about:blank")
        self._until(lambda: self._loaded)
        self._visit, self._loaded = Visit(), False
        self._send("Page.navigate", url=path.as_uri() + fragment)
        self._until(lambda: self._loaded)
        # what a script starts late belongs to the visit too
        self._read(0.3)
        return self._visit

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self._send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true in the page.

        Raises:
            TimeoutError: it is not true within twenty seconds.
        """
        end = time.monotonic() + 20
        while not self.evaluate(expression):
            if time.monotonic() > end:
                raise TimeoutError(expression)
            self._read(0.2)

    def press(self, key: str, text: str = "") -> None:
        """Press one key, such as Tab or Enter, or type one character."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27}
        code = codes.get(key, ord(text.upper()) if text else 0)
        self._send(
            "Input.dispatchKeyEvent",
            type="keyDown", key=key, text=text, windowsVirtualKeyCode=code,
        )  # fmt: skip
        self._send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def print_pdf(self) -> bytes:
        """Return the page as it is printed on A4."""
        answer = self._send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def screenshot(self) -> bytes:
        """Return the whole page as PNG."""
        answer = self._send("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(answer["data"])

    def _page(self) -> str:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for target in self._send("Target.getTargets")["targetInfos"]:
                if target["type"] == "page":
                    return str(target["targetId"])
        raise TimeoutError("Chromium opened no page")

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to_browser, json.dumps(message).encode() + b"\0")
        answers: list[dict[str, Any]] = []
        wanted = self._count
        self._until(
            lambda: bool(answers), lambda m: answers.append(m) if m["id"] == wanted else None
        )
        assert "error" not in answers[0], answers[0]
        result: dict[str, Any] = answers[0]["result"]
        return result

    def _until(
        self, done: Callable[[], bool], answer: Callable[[dict[str, Any]], None] = lambda _: None
    ) -> None:
        end = time.monotonic() + 60
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("Chromium does not answer")
            self._read(1.0, answer)

    def _read(
        self, seconds: float, answer: Callable[[dict[str, Any]], None] = lambda _: None
    ) -> None:
        ready, _, _ = select.select([self._from_browser], [], [], seconds)
        if not ready:
            return
        self._buffer += os.read(self._from_browser, 1 << 20)
        *messages, self._buffer = self._buffer.split(b"\0")
        for raw in messages:
            message = json.loads(raw)
            if "id" in message:
                answer(message)
            else:
                self._note(message["method"], message["params"])

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self._visit.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self._visit.complaints.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
            self._visit.complaints.append(str(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self._visit.complaints.append(params["entry"]["text"])
