#!/usr/bin/env python3
"""Draws whole networks: accuracy against latency where they are trained, latency alone where they are not.

    dsqbench deploy RUN... --plot OUTPUT.png
    scripts/plot_networks.py OUTPUT.png --results FOLDER      stored rows, joined to accuracy by the weights' hash

Without --results, JSON with "rows" of kind "network" is read from standard input. One panel for each setting: what
differs in it is drawn apart. The rivals are bars, or lines across where there is accuracy.
"""

import argparse
import json
import sys
from pathlib import Path

from pictures import plt

MARKERS = "osD^vP*X<>hp"
SETTING = ("processor", "network", "instruction_set", "batch", "threads")
RIVAL = (*SETTING, "machine", "variant")
OURS = (*RIVAL, "label", "weight_bits", "activation_bits", "grids", "kernel_choice", "weights_sha256")


def stored_rows(folder):
    """The newest network row of each measurement, with the top-1 of the training row of the same weights."""
    accuracy, newest = {}, {}
    for path in sorted(folder.glob("*/*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row["kind"] == "training" and row.get("weights_sha256") and "top1" in row:
                accuracy[row["weights_sha256"]] = row["top1"]
            if row["kind"] == "network" and row["publishable"]:
                newest[tuple(row.get(name) for name in (OURS if is_ours(row) else RIVAL))] = row
    for row in newest.values():
        if row.get("weights_sha256") in accuracy:
            row["top1"] = accuracy[row["weights_sha256"]]
    return list(newest.values())


def is_ours(row):
    return row["variant"] == "dsqbench"


def bits(row):
    return "f32" if row["weight_bits"] == 32 else f"W{row['weight_bits']}A{row['activation_bits']}"


def chosen(row):
    return "" if row["kernel_choice"] == "modelled" else f", kernels: {row['kernel_choice']}"


def accuracy_of(row):
    return row.get("top1", row.get("integer_top1"))


def draw_accuracy(axes, rows):
    ours = [row for row in rows if is_ours(row)]
    widths = sorted({bits(row) for row in ours})
    for i, label in enumerate(sorted({row["label"] for row in ours})):
        for row in (row for row in ours if row["label"] == label):
            axes.plot(row["median_ns"] / 1e6, accuracy_of(row), MARKERS[i % len(MARKERS)],
                      color=f"C{widths.index(bits(row)) % 10}", markersize=7, alpha=0.8,
                      label=f"{label} {bits(row)}")
    for row, style in zip((row for row in rows if not is_ours(row)), ("--", ":", "-.")):
        axes.axvline(row["median_ns"] / 1e6, linestyle=style, color="#606060", linewidth=1,
                     label=f"{row['label']} (latency)")
    unique = dict(zip(*reversed(axes.get_legend_handles_labels())))
    axes.legend(unique.values(), unique.keys(), fontsize=7)
    axes.set_ylabel("top-1, %")
    axes.set_xlabel("latency, ms (median)")
    axes.set_xlim(left=0)
    axes.grid(alpha=0.3)


def draw_latency(axes, rows):
    rows = sorted(rows, key=lambda row: -row["median_ns"])
    names = [f"dsqbench {bits(row)}, {row['weights']} weights{chosen(row)}" if is_ours(row) else row["label"]
             for row in rows]
    bars = axes.barh(range(len(rows)), [row["median_ns"] / 1e6 for row in rows],
                     color=["#306090" if is_ours(row) else "#808080" for row in rows])
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlabel("latency, ms (median)")
    axes.margins(x=0.12)
    axes.grid(axis="x", alpha=0.3)


def panels_of(rows):
    """Rows by setting; where some of a setting are trained, its random ones are left out."""
    panels = {}
    for row in rows:
        if row.get("median_ns"):
            panels.setdefault(tuple(row.get(name, "") for name in SETTING), []).append(row)
    for setting, of_panel in list(panels.items()):
        if not any(is_ours(row) for row in of_panel):
            del panels[setting]
        elif any(is_ours(row) and accuracy_of(row) is not None for row in of_panel):
            panels[setting] = [row for row in of_panel if not is_ours(row) or accuracy_of(row) is not None]
    return panels


def draw(rows, output):
    panels = panels_of(rows)
    if not panels:
        raise SystemExit("no row with a latency to draw")
    figure, all_axes = plt.subplots(len(panels), 1, figsize=(8, 4.2 * len(panels)), layout="constrained",
                                    squeeze=False)
    for axes, (setting, of_panel) in zip(all_axes[:, 0], sorted(panels.items())):
        trained = any(is_ours(row) and accuracy_of(row) is not None for row in of_panel)
        (draw_accuracy if trained else draw_latency)(axes, of_panel)
        processor, network, instruction_set, batch, threads = setting
        axes.set_title(f"{network}, batch {batch}, {threads} thread{'s' * (threads > 1)}, {processor}\n"
                       f"{instruction_set}", fontsize=9)
    figure.savefig(output, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--results", type=Path, help="folder of result rows, instead of standard input")
    parser.add_argument("--network", help="only this network")
    arguments = parser.parse_args()
    rows = stored_rows(arguments.results) if arguments.results else json.load(sys.stdin)["rows"]
    draw([row for row in rows if arguments.network in (None, row["network"])], arguments.output)


main()
