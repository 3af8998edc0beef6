#!/usr/bin/env python3
"""Draws stored results: one panel of top-1 by contender, every seed a dot, the mean and its 95 % interval a bar.

    scripts/plot_contenders.py RECIPE OUTPUT.png [--results FOLDER]

Reads the publishable rows of RECIPE from the results folder; rows of more than one protocol are refused, because they do
not compare.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

from pictures import plt

# Two-sided 95 % quantiles of Student's t for 1 to 9 degrees of freedom.
STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]


def stored_rows(results, recipe):
    """The newest row of each contender and seed."""
    newest = {}
    for path in sorted(results.glob("*/*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row.get("recipe") == recipe and row["publishable"] and row["outcome"] == "finished":
                newest[row["label"], row["seed"]] = row
    return list(newest.values())


def half_interval(values):
    if len(values) < 2:
        return 0.0
    quantile = STUDENT[min(len(values) - 1, len(STUDENT)) - 1]
    return quantile * statistics.stdev(values) / len(values) ** 0.5


def draw(rows, output):
    by_label = {}
    for row in rows:
        by_label.setdefault(row["label"], []).append(row["top1"])
    labels = sorted(by_label, key=lambda label: statistics.mean(by_label[label]))
    figure, axes = plt.subplots(figsize=(7, 0.42 * len(labels) + 1.3), layout="constrained")
    for y, label in enumerate(labels):
        values = by_label[label]
        axes.errorbar(statistics.mean(values), y, xerr=half_interval(values), fmt="|", color="#b03060", capsize=4,
                      markersize=14, zorder=3)
        axes.plot(values, [y] * len(values), "o", color="#30609080", markersize=5)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("top-1 on the test set, %   (dots: seeds; bar: mean and its 95 % interval)")
    first = rows[0]
    seeds = len({row["seed"] for row in rows})
    axes.set_title(f"{first['recipe']}: {first['dataset']}, {first['model']}, up to {seeds} seeds, one protocol", fontsize=10)
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(output, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe")
    parser.add_argument("output", type=Path)
    parser.add_argument("--results", type=Path, default=Path("results"))
    arguments = parser.parse_args()
    rows = stored_rows(arguments.results, arguments.recipe)
    if not rows:
        sys.exit(f"no publishable row of recipe '{arguments.recipe}' in {arguments.results}")
    if len({row["protocol_id"] for row in rows}) > 1:
        sys.exit("the rows are of several protocols, which do not compare")
    draw(rows, arguments.output)


if __name__ == "__main__":
    main()
