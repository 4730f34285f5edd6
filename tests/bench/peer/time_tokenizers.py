#!/usr/bin/env python3
"""Times byte-level BPE beside Hugging Face's `tokenizers`, on one core, with the vocabulary of the same GGUF.

    python3 -m venv V && V/bin/pip install gguf tokenizers
    V/bin/python tests/bench/peer/time_tokenizers.py --bin build/release/bin --model SmolLM2-135M-Instruct.Q4_1.gguf

The text is the plain cases of tests/fixtures/text/bpe_smollm2.jsonl or --text FILE, repeated to 5 MB. The package is
given it whole and line by line (it caches words, and is made for many short texts); the faster way counts."""

import argparse
import json
import os
import re
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from gguf import GGUFReader  # noqa: E402: after the switch above
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402

BYTES = 5_000_000
PASSES = 3
FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/text/bpe_smollm2.jsonl")


def natural_text(path):
    if path:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    else:
        with open(FIXTURE, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        text = "".join(row["text"] + "\n" for row in rows if row["kind"].startswith("plain"))
    return text * -(-BYTES // len(text.encode()))


def peer_tokenizer(model):
    """The pre-tokeniser "smollm": each digit alone, then GPT-2's pattern."""
    reader = GGUFReader(model)
    field = {key: reader.fields["tokenizer.ggml." + key].contents() for key in ("tokens", "merges", "pre")}
    if field["pre"] != "smollm":
        raise SystemExit(f"time_tokenizers.py: {model}: expected the pre-tokeniser smollm, found {field['pre']}")
    merges = [tuple(merge.split(" ")) for merge in field["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={text: id for id, text in enumerate(field["tokens"])}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    return tokenizer


def best_seconds(work):
    times = []
    for _ in range(PASSES):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def own_speed(program, model, text):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write(text)
        file.flush()
        table = subprocess.run([program, model, file.name], check=True, capture_output=True, text=True).stdout
    row = re.search(r"^natural +\d+ +(\d+) +([\d.]+)", table, re.MULTILINE)
    return int(row.group(1)), float(row.group(2))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder with bench_tokenizer")
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", help="UTF-8 text instead of the fixtures'")
    arguments = parser.parse_args()

    text = natural_text(arguments.text)
    megabytes = len(text.encode()) / 1e6
    tokenizer = peer_tokenizer(arguments.model)
    lines = text.splitlines(keepends=True)
    whole = megabytes / best_seconds(lambda: tokenizer.encode(text, add_special_tokens=False))
    by_line = megabytes / best_seconds(lambda: [tokenizer.encode(line, add_special_tokens=False) for line in lines])
    tokens, own = own_speed(os.path.join(arguments.bin, "bench_tokenizer"), arguments.model, text)
    expected = len(tokenizer.encode(text, add_special_tokens=False).ids)
    same = "the same number of tokens" if tokens == expected else f"{tokens} tokens against {expected}: NOT the same"
    print(f"tokenizers: {whole:.2f} MB/s whole, {by_line:.2f} by line; InferLab: {own:.2f} MB/s; "
          f"{own / max(whole, by_line):.2f} times; {same}")


if __name__ == "__main__":
    main()
