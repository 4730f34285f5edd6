#!/usr/bin/env python3
"""packaging/download_wheel.py against a package index of its own on 127.0.0.1, which answers as badly as real ones do.

Usage: test_download_wheel.py PACKAGING-FOLDER
"""
import hashlib
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import unittest

PACKAGING = sys.argv.pop(1)
NAME = "some_model-1.0-py3-none-any.whl"
CONTENT = bytes(range(256)) * 4096  # 1 MiB


class Index(http.server.BaseHTTPRequestHandler):
    cuts = 0  # so many answers end in their middle
    status = None  # instead of the wheel
    ranges = []

    def do_GET(self):
        if not self.path.endswith(".whl"):
            digest = hashlib.sha256(CONTENT).hexdigest()
            self.answer(200, f'<a href="/files/{NAME}#sha256={digest}">{NAME}</a>'.encode())
        elif Index.status:
            self.answer(Index.status, b"")
        else:
            asked = self.headers.get("Range")
            Index.ranges.append(asked)
            begin = int(asked[len("bytes="):-1]) if asked else 0
            if begin >= len(CONTENT):
                self.answer(416, b"")
            else:
                self.answer(206 if begin else 200, CONTENT[begin:])

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path.endswith(".whl") and status < 300 and Index.cuts > 0:
            Index.cuts -= 1
            body = body[:len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class DownloadWheel(unittest.TestCase):
    def setUp(self):
        Index.cuts, Index.status, Index.ranges = 0, None, []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.folder = tempfile.TemporaryDirectory()
        self.wheel = os.path.join(self.folder.name, NAME)

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def fetch(self):
        env = dict(os.environ, PIP_INDEX_URL=f"http://127.0.0.1:{self.server.server_port}/simple", no_proxy="127.0.0.1")
        return subprocess.run([sys.executable, os.path.join(PACKAGING, "download_wheel.py"), "some-model", "1.0",
                               self.folder.name], capture_output=True, text=True, env=env, check=False)

    def check_whole(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.strip(), self.wheel)
        with open(self.wheel, "rb") as file:
            self.assertEqual(file.read(), CONTENT)
        self.assertEqual(os.listdir(self.folder.name), [NAME])

    def check_line(self, done, part):
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("inferlab: "), done.stderr)
        self.assertIn(part, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_whole(self):
        self.check_whole(self.fetch())

    def test_goes_on_where_the_connection_ended(self):
        Index.cuts = 2
        self.check_whole(self.fetch())
        self.assertEqual(Index.ranges, [None, f"bytes={len(CONTENT) // 2}-", f"bytes={len(CONTENT) * 3 // 4}-"])

    def test_keeps_what_came_when_it_gives_up(self):
        Index.cuts = 100
        self.check_line(self.fetch(), "")
        Index.cuts = 0
        self.check_whole(self.fetch())
        self.assertTrue(Index.ranges[-1].startswith("bytes="))

    def test_a_part_that_is_whole_already(self):
        with open(self.wheel + ".part", "wb") as file:
            file.write(CONTENT)
        self.check_whole(self.fetch())

    def test_a_damaged_part_is_thrown_away(self):
        with open(self.wheel + ".part", "wb") as file:
            file.write(b"x" * len(CONTENT))
        self.check_line(self.fetch(), "another SHA-256")
        self.check_whole(self.fetch())

    def test_nothing_in_range_where_nothing_was_asked(self):
        Index.status = 416
        self.check_line(self.fetch(), "416")

    def test_no_index(self):
        self.server.shutdown()
        self.server.server_close()
        self.check_line(self.fetch(), "refused")


class FetchModel(unittest.TestCase):
    def test_no_home(self):
        env = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
        done = subprocess.run([os.path.join(PACKAGING, "fetch_model.sh")], capture_output=True, text=True, env=env,
                              check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("neither HOME nor XDG_CACHE_HOME", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
