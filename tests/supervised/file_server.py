"""A server of files on loopback that breaks off, ignores Range, lies about lengths or falls silent, as a test asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FileServer:
    """What it serves, how, and what was asked of it.

    Args:
        files: content by name.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.ranges = True  # whether Range is obeyed
        self.shifted = 0  # by how many bytes an answer to Range begins too late
        self.cuts: list[int] = []  # after how many bytes of a body the next answers break off
        self.lengths = True  # whether Content-Length is told
        self.claimed: int | None = None  # a Content-Length that is not true
        self.wait: threading.Event | None = None  # what an answer waits for
        self.asked: list[tuple[str, str | None]] = []  # (name, Range)
        self.agents: set[str] = set()
        self.url = ""


def _handler(server: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            name, wanted = self.path.lstrip("/"), self.headers.get("Range")
            server.asked.append((name, wanted))
            server.agents.add(self.headers.get("User-Agent", ""))
            if server.wait is not None:
                server.wait.wait(5)
            if name not in server.files:
                self.send_error(404)
                return
            body, start = server.files[name], 0
            if wanted and server.ranges:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                if start >= len(body):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(body)}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                start += server.shifted
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            rest = body[start:]
            if server.lengths:
                self.send_header("Content-Length", str(len(rest) if server.claimed is None else server.claimed))
            self.end_headers()
            self.wfile.write(rest[: server.cuts.pop(0)] if server.cuts else rest)

    return Handler


@contextmanager
def serve(files: dict[str, bytes]) -> Iterator[FileServer]:
    """Serve files on a free port of loopback until the end of the block."""
    server = FileServer(files)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as http:
        http.daemon_threads = True
        server.url = f"http://127.0.0.1:{http.server_address[1]}/"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            if server.wait is not None:
                server.wait.set()
            http.shutdown()
            thread.join()
