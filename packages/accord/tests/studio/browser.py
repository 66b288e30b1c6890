"""A real browser for tests: headless Chromium, spoken to over a pipe, so that nothing has to be installed beside it."""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed():
    """Path of a browser, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One tab: `run` evaluates JavaScript, `complaints` holds whatever went wrong, `requests` what it asked for."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        self.complaints, self.requests = [], []

    def call(self, method, **params):
        return self.browser.call(method, params, self)

    def open(self, path, *, width=1280, height=900, scheme="light", still=False):
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        motion = {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}, motion])
        self.call("Page.navigate", url=Path(path).resolve().as_uri())
        self.wait("document.documentElement?.dataset.ready === 'yes'")

    def run(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def wait(self, condition, seconds=20.0):
        """Until a condition holds; fails otherwise."""
        until = time.monotonic() + seconds
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < until, f"did not come true within {seconds} s: {condition}; {self.complaints}"
            time.sleep(0.05)

    def key(self, key, code=0):
        text = {"text": key} if len(key) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text)

    def point(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def picture(self):
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def heard(self, message):
        method, params = message["method"], message["params"]
        if method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"]["exception"].get("description", "exception"))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


class Browser:
    """A browser process; use as a context manager."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="accord-browser-")
        to_it, self.out = os.pipe()
        self.inn, from_it = os.pipe()
        # The protocol's pipes are file descriptors 3 and 4; a shell puts them there whatever numbers they have here.
        flags = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
        flags += " --remote-debugging-pipe"
        command = f'exec "$0" {flags} "--user-data-dir=$1" about:blank 3<&{to_it} 4>&{from_it}'
        self.process = subprocess.Popen(
            ["bash", "-c", command, installed(), self.folder],
            pass_fds=(to_it, from_it),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_it)
        os.close(from_it)
        self.number, self.buffer, self.pages = 0, b"", {}
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self.call("Browser.close", {})
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.out)
        os.close(self.inn)
        shutil.rmtree(self.folder, ignore_errors=True)

    def page(self):
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.pages[session] = Page(self, session)
        return self.pages[session]

    def call(self, method, params, page=None, seconds=30.0):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params} | (
            {"sessionId": page.session} if page else {}
        )
        os.write(self.out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + seconds
        while True:
            answer = self._next(until)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            if (there := self.pages.get(answer.get("sessionId"))) and "method" in answer:
                there.heard(answer)

    def _next(self, until):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.inn], [], [], max(0.0, until - time.monotonic()))
            part = os.read(self.inn, 1 << 16) if ready else b""
            assert part, "the browser does not answer"
            self.buffer += part
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)
