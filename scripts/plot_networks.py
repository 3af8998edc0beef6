#!/usr/bin/env python3
"""Draws whole networks: accuracy against latency where they are trained, latency alone where they are not.

    dsqbench deploy RUN... --plot OUTPUT.png
    scripts/plot_networks.py OUTPUT.png --results FOLDER      trained rows, joined to accuracy by the weights' hash

Without --results, JSON with "rows" of kind "network" is read from standard input. One panel an instruction set.
"""

import argparse
import json
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError:
    sys.exit(69)

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

MARKERS = "osD^vP*X<>hp"


def stored_rows(folder):
    """The newest network row of each measurement, with the top-1 of the training row of the same weights."""
    accuracy, newest = {}, {}
    for path in sorted(folder.glob("*/*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row["kind"] == "training" and row.get("weights_sha256") and "top1" in row:
                accuracy[row["weights_sha256"]] = row["top1"]
            if row["kind"] == "network" and row["publishable"] and row.get("median_ns"):
                key = tuple(row.get(name) for name in ("network", "label", "weight_bits", "activation_bits", "batch",
                                                       "threads", "instruction_set", "weights_sha256", "machine"))
                newest[key] = row
    for row in newest.values():
        if row.get("weights_sha256") in accuracy:
            row["top1"] = accuracy[row["weights_sha256"]]
    return list(newest.values())


def bits(row):
    return "f32" if row["weight_bits"] == 32 else f"W{row['weight_bits']}A{row['activation_bits']}"


def accuracy_of(row):
    return row.get("top1", row.get("integer_top1"))


def draw_accuracy(axes, rows):
    widths = sorted({bits(row) for row in rows})
    for i, label in enumerate(sorted({row["label"] for row in rows})):
        for row in (row for row in rows if row["label"] == label):
            axes.plot(row["median_ns"] / 1e6, accuracy_of(row), MARKERS[i % len(MARKERS)],
                      color=f"C{widths.index(bits(row)) % 10}", markersize=7, alpha=0.8,
                      label=f"{label} {bits(row)}")
    handles, labels = axes.get_legend_handles_labels()
    unique = dict(zip(labels, handles))
    axes.legend(unique.values(), unique.keys(), fontsize=7)
    axes.set_ylabel("top-1 on the test set, %")
    axes.set_xlabel("latency, ms")
    axes.set_xlim(left=0)


def draw_latency(axes, rows):
    rows = sorted(rows, key=lambda row: -row["median_ns"])
    names = [row["label"] if row["variant"] != "dsqbench" else f"dsqbench {bits(row)} ({row['weights']} weights)"
             for row in rows]
    bars = axes.barh(range(len(rows)), [row["median_ns"] / 1e6 for row in rows],
                     color=["#808080" if row["variant"] != "dsqbench" else "#306090" for row in rows])
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlabel("latency, ms (median)")
    axes.margins(x=0.12)


def draw(rows, output):
    rows = [row for row in rows if row.get("median_ns")]
    if not rows:
        raise SystemExit("no row with a latency to draw")
    trained = [row for row in rows if row["variant"] == "dsqbench" and accuracy_of(row) is not None]
    kept = trained or rows
    ours = [row for row in kept if row["variant"] == "dsqbench"]
    panels = sorted({(row["network"], row.get("instruction_set", "")) for row in ours})
    figure, all_axes = plt.subplots(1, len(panels), figsize=(7 * len(panels), 4.2), layout="constrained", squeeze=False)
    for axes, (network, instruction_set) in zip(all_axes[0], panels):
        of_panel = [row for row in kept if row["network"] == network
                    and row.get("instruction_set", instruction_set) == instruction_set]
        (draw_accuracy if trained else draw_latency)(axes, of_panel)
        first = of_panel[0]
        axes.set_title(f"{network}, batch {first['batch']}, {first['threads']} thread(s), {instruction_set}, "
                       f"{first.get('processor', '')}", fontsize=9)
        axes.grid(axis="x" if not trained else "both", alpha=0.3)
    figure.savefig(output, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--results", type=Path, help="folder of result rows, instead of standard input")
    arguments = parser.parse_args()
    rows = stored_rows(arguments.results) if arguments.results else json.load(sys.stdin)["rows"]
    draw(rows, arguments.output)


main()
