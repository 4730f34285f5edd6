"""What is compared with llama.cpp, and how many times its speed is the goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One figure in tok/s over all sequences."""

    name: str
    phase: str  # "prefill" or "decode"
    batch: int = 1
    depth: int = 0  # tokens in each sequence's cache before the timing begins
    prompt_tokens: int = 0
    new_tokens: int = 0


PREFILL = Case("prefill 512", "prefill", prompt_tokens=512)
DECODE = Case("decode", "decode", new_tokens=128)
# llama-batched-bench decodes after a prompt; sixteen tokens keep attention out of it.
BATCH_8 = Case("decode, batch 8", "decode", batch=8, depth=16, new_tokens=64)
BATCH_32 = Case("decode, batch 32", "decode", batch=32, depth=16, new_tokens=64)
LONG_PREFILL = Case("prefill 4096", "prefill", prompt_tokens=4096)
LONG_DECODE = Case("decode at depth 4096", "decode", depth=4096, new_tokens=32)

# By type of file: (case, goal as a multiple of llama.cpp's figure; None: no goal).
COMPARISONS = {
    "Q4_1": [(PREFILL, 8), (DECODE, 2), (BATCH_8, 4), (BATCH_32, 6), (LONG_PREFILL, 4), (LONG_DECODE, 2.2)],
    "Q4_0": [(PREFILL, 2.2), (DECODE, 1.5), (BATCH_8, 2), (BATCH_32, 2.5)],
    "Q8_0": [(PREFILL, 4), (DECODE, 1.3), (BATCH_8, 3), (BATCH_32, 4)],
    "Q4_K_M": [(PREFILL, 3), (DECODE, 1.5), (BATCH_8, None), (BATCH_32, 2.5)],
    "F16": [(PREFILL, 1.5), (DECODE, 1.1)],
    "BF16": [(PREFILL, 1.5), (DECODE, 1.1)],
}
