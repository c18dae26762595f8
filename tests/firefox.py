"""A small driver of Firefox: its own protocol, length and JSON over a socket."""

import contextlib
import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SETTINGS = {
    "marionette.port": 0,  # filled in
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.proxy.type": 0,
    "browser.shell.checkDefaultBrowser": False,
}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Firefox:
    """One window of Firefox that can open pages and run scripts in them."""

    def __init__(self, program):
        self.program, self.asked = program, 0

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        port = free_port()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in {**SETTINGS, "marionette.port": port}.items()
        ]
        Path(self.folder.name, "user.js").write_text("\n".join(lines))
        command = [self.program, "--headless", "--no-remote", "--marionette"]
        self.process = subprocess.Popen(
            [*command, "--profile", self.folder.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.socket = self.connected(port)
            self.answer()
            self.ask("WebDriver:NewSession", {})
            hour = 3_600_000
            self.ask("WebDriver:SetTimeouts", {"script": hour, "pageLoad": hour})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    @staticmethod
    def connected(port):
        """Wait for Firefox to listen."""
        for _ in range(120):
            with contextlib.suppress(OSError):
                found = socket.create_connection(("127.0.0.1", port))
                found.settimeout(1800)
                return found
            time.sleep(0.5)
        raise TimeoutError("Firefox does not answer.")

    def answer(self):
        """Read one message: its length, a colon, and JSON."""
        head = b""
        while not head.endswith(b":"):
            if not (byte := self.socket.recv(1)):
                raise ConnectionError("Firefox has ended.")
            head += byte
        text = b""
        while len(text) < int(head[:-1]):
            text += self.socket.recv(int(head[:-1]) - len(text))
        return json.loads(text)

    def ask(self, command, values):
        """Send a command; return what it gives."""
        self.asked += 1
        text = json.dumps([0, self.asked, command, values]).encode()
        self.socket.sendall(str(len(text)).encode() + b":" + text)
        *_, error, result = self.answer()
        if error:
            raise RuntimeError(error["message"])
        return result

    def goto(self, address):
        """Open a page."""
        self.ask("WebDriver:Navigate", {"url": address})

    def run(self, script, *given):
        """Return what an asynchronous function, given as text, returns in the page."""
        text = f"const [done] = [...arguments].slice(-1);({script})"
        text += "(...[...arguments].slice(0, -1)).then(done);"
        values = {"script": text, "args": list(given)}
        return self.ask("WebDriver:ExecuteAsyncScript", values)["value"]
