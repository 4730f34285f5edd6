"""Figures of statistics and knees by numpy, scipy and kneed, for the tests of engine/measure.

python make_measure_figures.py measure_figures.json   (pip install numpy==2.4.6 scipy==1.17.1 kneed==0.8.6)
"""
import json
import sys
import warnings

import numpy as np
from kneed import KneeLocator
from scipy import optimize, stats

CONFIDENCE = 0.95


def percentiles(random):
    ps = [0, 1, 12.5, 25, 50, 75, 90, 95, 99, 99.9, 100]
    rows = []
    for n in [1, 2, 3, 5, 10, 37, 200]:
        sample = np.round(random.lognormal(2, 1, n), 3)
        rows.append({"sample": sample.tolist(), "p": ps, "values": np.percentile(sample, ps).tolist(),
                     "std": float(np.std(sample, ddof=1)) if n > 1 else 0.0, "mean": float(np.mean(sample))})
    return rows


def best_ranks(n, p):
    """All pairs of ranks (1-based) with the fewest ranks between them that cover the percentile; among
    those, the ones that cover it most often. Empty where no pair does."""
    below = stats.binom(n, p / 100)
    for width in range(1, n):
        low = np.arange(1, n - width + 1)
        covered = below.cdf(low + width - 1) - below.cdf(low - 1)
        if covered.max() >= CONFIDENCE:
            return [[int(a), int(a + width)] for a in low[covered > covered.max() - 1e-12]]
    return []


def rank_intervals():
    return [{"n": n, "p": p, "ranks": best_ranks(n, p)}
            for n in [2, 5, 6, 9, 10, 28, 29, 30, 59, 64, 100, 299, 662, 5000] for p in [1, 10, 50, 90, 95, 99]]


def shares():
    rows = []
    for k, n in [(0, 1), (0, 10), (1, 10), (5, 10), (10, 10), (63, 64), (99, 100), (970, 1000)]:
        interval = stats.binomtest(k, n).proportion_ci(CONFIDENCE, method="exact")
        rows.append({"k": k, "n": n, "low": float(interval.low), "high": float(interval.high)})
    return rows


def mann_whitney_counts(n, m):
    """By the textbook's recursion over which sample holds the largest value."""
    if n == 0 or m == 0:
        return [1]
    counts = [0] * (n * m + 1)
    for u, count in enumerate(mann_whitney_counts(n - 1, m)):
        counts[u + m] += count
    for u, count in enumerate(mann_whitney_counts(n, m - 1)):
        counts[u] += count
    return counts


def rank_distances():
    rows = []
    for n, m in [(1, 5), (2, 7), (2, 8), (3, 3), (3, 4), (3, 5), (4, 4), (5, 5), (5, 8)]:
        counts = mann_whitney_counts(n, m)
        total = sum(counts)
        outside = None
        for u in range(len(counts)):
            if sum(counts[: u + 1]) / total > (1 - CONFIDENCE) / 2:
                break
            outside = u
        if outside is not None:  # scipy's own exact test rejects there and not one further
            def p_value(u):
                a = list(range(n))
                # n values of which the pairs with a smaller one of the others number u
                steps = [min(max(u - i * m, 0), m) for i in range(n)][::-1]
                a = [step + i * 1e-6 + 0.5 for i, step in enumerate(steps)]
                b = list(range(1, m + 1))
                return stats.mannwhitneyu(a, b, alternative="two-sided", method="exact").pvalue
            assert p_value(outside) <= 1 - CONFIDENCE < p_value(outside + 1), (n, m, outside)
        rows.append({"n": n, "m": m, "outside": outside})
    return rows


def comparisons(random):
    rows = []
    # Sizes for which there is one best pair of ranks.
    sizes = [n for n in range(6, 120) if len(best_ranks(n, 50)) == 1]
    for n, m, p, factor in [(sizes[0], sizes[2], 50, 1.3), (sizes[1], sizes[3], 50, 1.02),
                            (sizes[9], sizes[-1], 50, 1.5), (100, 200, 90, 0.8)]:
        a = np.round(random.lognormal(3, 0.2, n), 3)
        b = np.round(factor * random.lognormal(3, 0.2, m), 3)
        ends = []
        for sample in (np.sort(a), np.sort(b)):
            ranks = best_ranks(len(sample), p)
            ends.append((np.percentile(sample, p), sample[ranks[0][0] - 1], sample[ranks[0][1] - 1]))
        row = {"a": a.tolist(), "b": b.tolist(), "p": p}
        for name, f in (("difference", lambda v: v), ("ratio", np.log)):
            (va, la, ua), (vb, lb, ub) = [[f(v) for v in end] for end in ends]
            low = vb - va - np.sqrt((vb - lb) ** 2 + (ua - va) ** 2)
            high = vb - va + np.sqrt((ub - vb) ** 2 + (va - la) ** 2)
            row[name] = [float(low), float(high)] if name == "difference" else np.exp([low, high]).tolist()
        rows.append(row)
    return rows


def knees(random):
    rows = []
    warnings.simplefilter("ignore")
    for i in range(120):
        curve, direction = [("concave", "increasing"), ("convex", "decreasing"), ("convex", "increasing"),
                            ("concave", "decreasing")][i % 4]
        n = int(random.integers(5, 24))
        # kneed turns y from left to right without x, so such curves are compared at even steps alone.
        even = (curve == "concave") != (direction == "increasing")
        x = np.arange(n) + 1.0 if even else np.cumsum(random.uniform(0.5, 3, n))
        scale = random.uniform(0.05, 0.6) * (x[-1] - x[0])
        y = (x, 1 - np.exp(-(x - x[0]) / scale), (x - x[0]) / ((x - x[0]) + scale))[i % 3]
        y = y + random.normal(0, random.choice([0, 0.01, 0.03]), n)
        x, y = np.round(x, 4), np.round(y, 6)
        if curve == "convex":
            y = -y
        if even:
            y = y[::-1]
        found = KneeLocator(x, y, S=1.0, curve=curve, direction=direction)
        index = None if found.knee is None else int(np.argmin(np.abs(x - found.knee)))
        if index in (0, n - 1):
            continue  # kneed takes the ends of a curve for maxima as well
        rows.append({"x": x.tolist(), "y": y.tolist(), "curve": curve, "direction": direction, "knee": index})
    return rows


def usl_fits(random):
    def law(n, rate, sigma, kappa):
        return rate * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))

    rows = []
    load = 2.0 ** np.arange(9)
    for rate, sigma, kappa, noise in [(50, 0.02, 0.0005, 0.01), (900, 0.1, 0.001, 0.03), (7, 0.3, 0, 0.02),
                                      (120, 0, 0.0002, 0.02)]:
        x = law(load, rate, sigma, kappa) * (1 + random.normal(0, noise, len(load)))
        best = None
        for start in [(x[0], 0.01, 1e-4), (x[0], 0.3, 0), (x[0], 0, 1e-3)]:
            fit = optimize.least_squares(lambda q: law(load, *q) - x, start, bounds=([0, 0, 0], np.inf),
                                         x_scale=[rate, 0.1, 1e-3], xtol=1e-15, ftol=1e-15, gtol=1e-15)
            if best is None or fit.cost < best.cost:
                best = fit
        rows.append({"load": load.tolist(), "throughput": x.tolist(), "fit": best.x.tolist(),
                     "squares": float(2 * best.cost)})
    return rows


def main():
    random = np.random.default_rng(20261128)
    figures = {"percentiles": percentiles(random), "rank_intervals": rank_intervals(), "shares": shares(),
               "rank_distances": rank_distances(), "comparisons": comparisons(random), "knees": knees(random),
               "usl_fits": usl_fits(random)}
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]"
                                      for name, rows in figures.items()) + "\n}\n")


main()
