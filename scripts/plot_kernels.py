#!/usr/bin/env python3
"""Draws measured latencies of kernels: one group of bars a layer, our kernels by bits beside the rivals.

    scripts/plot_kernels.py NETWORK OUTPUT.png [--results FOLDER] [--layers NAME,NAME] [--isa SETS]
                            [--rivals NAME,NAME]

Reads publishable measured rows of NETWORK: of the newest commit, and of one processor, as others do not compare; with
--isa of the runs that were held to those instruction sets, else of those that were held to none.
"""

import argparse
import json
import sys
from pathlib import Path

from pictures import plt


def stored_rows(results, network, isa):
    rows = []
    for path in sorted(results.glob("*/*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row.get("kind") == "kernel" and row["network"] == network and row["method"] == "measured" \
                    and row["publishable"] and row["threads"] == 1 and row["cache"] == "warm" \
                    and row.get("held_to", "") == isa:
                rows.append(row)
    if not rows:
        sys.exit(f"no publishable measured row of '{network}' in {results}" + (f" held to {isa}" if isa else ""))
    newest = max(rows, key=lambda row: row["time"])
    return [row for row in rows if (row["commit"], row["processor"]) == (newest["commit"], newest["processor"])]


def series_of(row):
    if row.get("instruction_set"):
        return f"W{row['weight_bits']}A{row['activation_bits']}"
    return row["variant"]


def draw(rows, layers, output):
    """The fastest row of each series and layer; a whisker is the first decile."""
    best = {}
    for row in rows:
        key = series_of(row), row["layer"]
        if key not in best or row["median_ns"] < best[key]["median_ns"]:
            best[key] = row
    ours = sorted({series for series, _ in best if series.startswith("W")})
    rivals = sorted({series for series, _ in best if not series.startswith("W")})
    names = ours + rivals
    colours = [plt.cm.viridis(i / max(1, len(ours))) for i in range(len(ours))]
    colours += [str(0.35 + 0.45 * i / max(1, len(rivals))) for i in range(len(rivals))]
    width = 0.84 / len(names)
    figure, axes = plt.subplots(figsize=(9, 3.8), layout="constrained")
    for i, (name, colour) in enumerate(zip(names, colours)):
        found = [(x, best[name, layer]) for x, layer in enumerate(layers) if (name, layer) in best]
        axes.bar([x + (i + 0.5) * width - 0.42 for x, _ in found], [row["median_ns"] / 1000 for _, row in found], width,
                 yerr=[[(row["median_ns"] - row["p10_ns"]) / 1000 for _, row in found], [0] * len(found)],
                 label=name, color=colour, error_kw={"linewidth": 0.7})
    axes.set_xticks(range(len(layers)), layers)
    axes.set_ylabel("µs, median; whisker: first decile")
    held = f", all held to {rows[0]['held_to']}" if "held_to" in rows[0] else ""
    axes.set_title(f"{rows[0]['network']}, one thread{held}, {rows[0]['processor']}, commit {rows[0]['commit'][:10]}",
                   fontsize=10)
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.005, 1))
    axes.grid(axis="y", alpha=0.3)
    figure.savefig(output, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("output", type=Path)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--rivals", default="", help="operators of libraries, with commas; all that have rows where absent")
    parser.add_argument("--isa", default="", help="as in dsqbench bench --isa")
    parser.add_argument("--layers", default="", help="names with commas; all that have rows where absent")
    arguments = parser.parse_args()
    rows = stored_rows(arguments.results, arguments.network, arguments.isa)
    layers = list(dict.fromkeys(row["layer"] for row in rows))
    if arguments.layers:
        layers = arguments.layers.split(",")
    if arguments.rivals:
        rows = [row for row in rows if row.get("instruction_set") or row["variant"] in arguments.rivals.split(",")]
    draw(rows, layers, arguments.output)


if __name__ == "__main__":
    main()
