"""Runs one case once with either program and returns its tok/s."""

import json
import os
import shlex
import subprocess


def text_of(command):
    return " ".join(shlex.quote(str(part)) for part in command)


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.strip().splitlines() if line]
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {lines[-1] if lines else 'no message'}")
    return done.stdout


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


class Peer:
    """llama.cpp's own benchmarks, with its defaults but for the threads."""

    def __init__(self, folder, threads):
        self.folder = folder
        self.threads = str(threads)

    def command(self, case, model):
        if case.batch == 1:
            return [os.path.join(self.folder, "llama-bench"), "-m", model, "-t", self.threads, "-r", "1", "-o", "jsonl",
                    "-p", str(case.prompt_tokens), "-n", str(case.new_tokens), "-d", str(case.depth)]
        context = case.batch * (case.depth + case.new_tokens)
        return [os.path.join(self.folder, "llama-batched-bench"), "-m", model, "-t", self.threads,
                "-c", str(context), "-npp", str(case.depth), "-ntg", str(case.new_tokens), "-npl", str(case.batch),
                "--output-format", "jsonl"]

    def tok_s(self, case, model):
        command = self.command(case, model)
        lines = json_lines(output_of(command))
        if not lines:
            raise RuntimeError(f"{text_of(command)} printed no figures")
        return lines[-1]["avg_ts"] if case.batch == 1 else lines[-1]["speed_tg"]


class Own:
    """inferlab-cli bench."""

    def __init__(self, folder, threads):
        self.program = os.path.join(folder, "inferlab-cli")
        self.threads = str(threads)

    def command(self, case, model):
        # The phase that is not asked for is kept as short as it can be.
        return [self.program, "bench", "--model", model, "--threads", self.threads, "--batch", str(case.batch),
                "--depth", str(case.depth), "--prompt-tokens", str(max(case.prompt_tokens, 1)),
                "--new-tokens", str(max(case.new_tokens, 1)), "--repeat", "1", "--json"]

    def tok_s(self, case, model):
        result = json.loads(output_of(self.command(case, model)))["results"][0]
        return result[f"{case.phase}_tok_s"]["median"]
