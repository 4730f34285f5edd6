"""The default model in other types, made once by llama-quantize and kept in the user's cache folder.

The default model has 4 bits a weight, so the other files hold the same numbers rounded again: good for timing,
not for judging answers."""

import os
import subprocess

# The type that a file is made from. Q4_K_M keeps K blocks where rows are multiples of 256 and takes Q5_0, Q5_1
# and Q8_0 elsewhere, as llama-quantize does for every model of such a shape.
SOURCES = {"F16": "Q4_1", "BF16": "F16", "Q4_0": "F16", "Q8_0": "F16", "Q4_K_M": "F16"}


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "inferlab", "peer", "models")


def file_of(kind, default_model, peer_folder):
    """The path of the default model in `kind`; made where it is missing."""
    if kind == "Q4_1":
        return default_model
    folder = cache_folder()
    os.makedirs(folder, exist_ok=True)
    name = os.path.basename(default_model).replace(".Q4_1.gguf", "")
    path = os.path.join(folder, f"{name}.{kind}.gguf")
    if os.path.exists(path):
        return path
    source = file_of(SOURCES[kind], default_model, peer_folder)
    part = path + ".part"
    done = subprocess.run(
        [os.path.join(peer_folder, "llama-quantize"), "--allow-requantize", source, part, kind],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stderr + done.stdout).strip().splitlines() if line]
        raise RuntimeError(f"llama-quantize to {kind} ended with {done.returncode}: {lines[-1] if lines else ''}")
    os.replace(part, path)
    return path
