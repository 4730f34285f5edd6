"""Figures of the CUDA benchmark, from what its programs measured: shares of the card's own limits, beside the goals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelSpec:
    layers: int
    embedding: int
    feed_forward: int
    heads: int
    kv_heads: int
    vocabulary: int
    context: int
    tied: bool = False

    def options(self):
        """Of make_random_gguf."""
        values = {"--layers": self.layers, "--embedding": self.embedding, "--feed-forward": self.feed_forward,
                  "--heads": self.heads, "--kv-heads": self.kv_heads, "--vocabulary": self.vocabulary,
                  "--context": self.context}
        return {**values, "--tied": True} if self.tied else values

    def shapes(self):
        """(rows, columns, times in a step) of the layers' products; the output's are one row of a prompt."""
        width = self.embedding
        keys = width // self.heads * self.kv_heads
        return [(width, width, 2 * self.layers), (keys, width, 2 * self.layers),
                (self.feed_forward, width, 2 * self.layers), (width, self.feed_forward, self.layers)]

    def products(self, tokens):
        """For card_limits: rows,cols,tokens,times."""
        return [f"{rows},{cols},{tokens},1" for rows, cols, _ in self.shapes()]


# Like SmolLM2-135M, Llama-3.2-1B and Llama-2-7B.
MODELS = {
    "small": ModelSpec(30, 576, 1536, 9, 3, 49152, 8192, tied=True),
    "1b": ModelSpec(16, 2048, 8192, 32, 8, 49152, 8192),
    "7b": ModelSpec(32, 4096, 11008, 32, 32, 32000, 4096),
}

# Shares at least: decode of the card's copies, prefill of cuBLAS, batch 64 of batch 1.
DECODE_GOALS = {"7b Q8_0": 0.70, "7b F16": 0.70, "7b Q4_0": 0.60}
PREFILL_GOAL = 0.60
BATCH_GOALS = {"7b F16": 25.0}
# At most: what launching takes of a small model's step.
LAUNCH_GOAL = 0.15


def median(spread):
    return spread["median"] if spread else None


def first_difference(found, expected):
    """Where two answers part, or None; one that ends early parts there."""
    for place, (a, b) in enumerate(zip(found, expected)):
        if a != b:
            return place
    return None if len(found) == len(expected) else min(len(found), len(expected))


def gap_of_best(logits):
    """Between the likeliest token and the next."""
    best = sorted((value for value in logits if value is not None), reverse=True)[:2]
    return best[0] - best[1]


def agreement(found, expected, tolerance):
    """Two vectors of logits: the largest difference as a share of the largest logit, and the likeliest token."""
    if len(found) != len(expected) or any(value is None for value in found + expected):
        return {"relative_difference": float("inf"), "passed": False}
    largest = max(abs(value) for value in expected)
    difference = max(abs(a - b) for a, b in zip(found, expected)) / largest
    best = sorted(range(len(expected)), key=expected.__getitem__, reverse=True)[:2]
    same = max(range(len(found)), key=found.__getitem__) == best[0]
    gap = expected[best[0]] - expected[best[1]]
    return {"relative_difference": difference, "tolerance": tolerance, "same_token": same, "gap": gap,
            "passed": difference < tolerance and (same or gap < 0.1)}


NEVER = 1000000000


def crossover(tiles, library):
    """From how many tokens on the library's product is the faster one, for each type; None: never. `setting` is what
    INFERLAB_CUDA_LIBRARY_TOKENS takes: F16, and the largest of the others, which share a number."""
    found = {}
    for dtype in dict.fromkeys(entry["type"] for entry in tiles):
        of_type = [{e["tokens"]: e["seconds"] for e in entries if e["type"] == dtype} for entries in (tiles, library)]
        start = None
        for tokens in sorted(of_type[0], reverse=True):
            if of_type[1].get(tokens, float("inf")) >= of_type[0][tokens]:
                break
            start = tokens
        found[dtype] = start
    others = [tokens or NEVER for dtype, tokens in found.items() if dtype != "F16"]
    return {"from_tokens": found, "setting": f"{found.get('F16') or NEVER},{max(others, default=NEVER)}"}


def gemm_seconds(card, spec, tokens):
    """What cuBLAS needs for the products of all layers, or None."""
    measured = {(s["rows"], s["cols"], s["tokens"]): s["seconds"] for s in card["gemm"].get("shapes", [])}
    total = 0.0
    for rows, cols, times in spec.shapes():
        seconds = measured.get((rows, cols, tokens))
        if seconds is None:
            return None
        total += times * seconds
    return total


def row(what, value, goal=None, unit="", at_most=False):
    met = None
    if goal is not None and value is not None:
        met = value <= goal if at_most else value >= goal
    return {"what": what, "value": value, "unit": unit, "goal": goal, "at_most": at_most, "met": met}


def launch_rows(card, run):
    """What a step of decoding costs beside its kernels' work, at batch 1."""
    name, alone = run["model"], run["alone"]
    step_ms = alone["decode_step_ms"]
    launches = card["launches"]
    if alone.get("decode_launches"):
        # As the backend launches them, where the device lets kernels overlap.
        all_ms = launches.get("overlapping_ms", launches["graph_ms"])
        empty_ms = all_ms / launches["count"] * alone["decode_launches"]
        kernels = "empty kernels that overlap" if "overlapping_ms" in launches else "empty kernels"
        yield row(f"{name}: as many {kernels}, share of a step", empty_ms / step_ms,
                  LAUNCH_GOAL if name.startswith("small") else None, at_most=True)
    if alone.get("decode_device_ms"):
        yield row(f"{name}: step without the device at work, share",
                  max(0.0, 1.0 - median(alone["decode_device_ms"]) / step_ms))
    short_ms = run["short"]["decode_step_ms"]
    yield row(f"{name}: step with graphs off over on", run["graphs_off"]["decode_step_ms"] / short_ms, unit="x")
    yield row(f"{name}: step without overlapping kernels over with", run["overlap_off"]["decode_step_ms"] / short_ms,
              unit="x")
    yield row(f"{name}: step with batch-invariant kernels over without",
              run["batch_invariant"]["decode_step_ms"] / short_ms, unit="x")


def figures(card, runs):
    rows = [row("copies of the card's memory", card["copy_gb_s"], unit="GB/s")]
    launches = card["launches"]
    for key, words in (("launched_ms", "launch of an empty kernel"), ("graph_ms", "the same in a graph"),
                       ("overlapping_ms", "the same, begun while the one before ends")):
        if key in launches:
            rows.append(row(words, 1e3 * launches[key] / launches["count"], unit="us"))
    for run in runs:
        name = run["model"]
        spec = MODELS[name.split()[0]]
        alone = run["alone"]
        rows.append(row(f"{name}: decode, batch 1", median(alone["decode_tok_s"]), unit="tok/s"))
        rows += launch_rows(card, run)
        rows.append(row(f"{name}: decode, share of the copies", alone["achieved_gb_s"] / card["copy_gb_s"],
                        DECODE_GOALS.get(name)))
        prefill = median(alone["prefill_tok_s"])
        tokens = alone["prompt_tokens"]
        rows.append(row(f"{name}: prefill of {tokens}", prefill, unit="tok/s"))
        seconds = gemm_seconds(card, spec, tokens)
        if seconds is not None and prefill:
            rows.append(row(f"{name}: prefill, share of cuBLAS in F16", seconds / (tokens / prefill),
                            PREFILL_GOAL if name.startswith("7b") else None))
        one = median(run["batch_1"]["decode_tok_s"])
        many = median(run["batch_64"]["decode_tok_s"])
        if one and many:
            rows.append(row(f"{name}: batch 64 over batch 1, at 512", many / one, BATCH_GOALS.get(name), unit="x"))
    return rows


def lines(rows):
    for entry in rows:
        value = "-" if entry["value"] is None else f"{entry['value']:,.3g} {entry['unit']}".strip()
        sign = "<=" if entry["at_most"] else ">="
        goal = "" if entry["goal"] is None else f"{sign} {entry['goal']:g} {entry['unit']}".strip()
        verdict = {None: "", True: "met", False: "MISSED"}[entry["met"]]
        yield f"{entry['what']:<62} {value:>16}  {goal:<10} {verdict}".rstrip()
