#!/usr/bin/env python3
"""Draws the leaderboard's pictures as PNG: what `dsqbench leaderboard --png` calls.

    scripts/plot_leaderboard.py FOLDER < plots.json

Reads {name: plot} from stdin, as leaderboard.json holds it under "plots", and writes FOLDER/name.png.
"""

import json
import sys
from pathlib import Path

from pictures import plt

# As the SVG: Okabe and Ito's colours, told apart with every kind of colour vision.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#888888"]


def rows_of_labels(axes, labels):
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)


def draw_interval(axes, plot):
    for y, point in enumerate(plot["points"]):
        if point["interval"]:
            axes.plot(point["interval"], [y, y], color=COLOURS[1], linewidth=2)
        axes.plot(point["dots"], [y] * len(point["dots"]), "o", color=COLOURS[0], alpha=0.55, markersize=5)
        axes.plot([point["value"]], [y], "|", color=COLOURS[1], markersize=14, markeredgewidth=3)
    rows_of_labels(axes, [point["label"] for point in plot["points"]])
    axes.set_xlabel(plot["axis"])


def draw_bar(axes, plot):
    bars = axes.barh(range(len(plot["bars"])), [bar["value"] for bar in plot["bars"]], height=0.6, color=COLOURS[0])
    axes.bar_label(bars, fmt="%.4g", padding=3)
    axes.margins(x=0.12)
    rows_of_labels(axes, [bar["label"] for bar in plot["bars"]])
    axes.set_xlabel(plot["axis"])


def draw_xy(axes, plot):
    for i, series in enumerate(plot["series"]):
        axes.plot([x for x, _ in series["points"]], [y for _, y in series["points"]], "o-" if plot["joined"] else "o",
                  color=COLOURS[i % len(COLOURS)], label=series["label"])
    if plot["ticks"]:
        every = len(plot["ticks"]) // 6 + 1
        axes.set_xticks(range(0, len(plot["ticks"]), every), plot["ticks"][::every])
    axes.set_xlabel(plot["x_axis"])
    axes.set_ylabel(plot["y_axis"])
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)


DRAW = {"interval": draw_interval, "bar": draw_bar, "xy": draw_xy}


def draw(plot, output):
    lines = len(plot.get("points") or plot.get("bars") or [])
    figure, axes = plt.subplots(figsize=(7.2, 0.3 * lines + 1.2 if lines else 3.4), layout="constrained")
    DRAW[plot["kind"]](axes, plot)
    axes.set_title(plot["title"], fontsize=10)
    draft = output.with_suffix(".tmp")
    figure.savefig(draft, dpi=120, format="png")
    draft.replace(output)
    plt.close(figure)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    # A "$" in a name is no formula.
    plt.rcParams["text.parse_math"] = False
    for name, plot in json.load(sys.stdin).items():
        draw(plot, Path(sys.argv[1]) / f"{name}.png")


if __name__ == "__main__":
    main()
