#!/usr/bin/env python3
"""Draws attribution cards: what `dsqbench ablate --json` prints.

    dsqbench ablate --recipe ablations/fmnist_r8_w2a2 --json | scripts/plot_attribution.py OUTPUT.png
    scripts/plot_attribution.py OUTPUT.png CARD.json CARD.json ...

One card: a waterfall of the factors with the range of their effects over all orders, and a heat map of what each
algorithm factor gains together with each recipe factor. Several cards: a forest plot of algorithm and recipe.
"""

import json
import sys
from pathlib import Path

from pictures import plt

COLOURS = {"algorithm": "#b03060", "recipe": "#306090"}
TOTAL = "#888888"


def label(name):
    return name.replace("_", " ")


def waterfall(axes, card):
    """Each factor's effect on top of those before it; the whiskers are the smallest and largest effect of any order."""
    height = card["all_old"]
    axes.bar(0, height, color=TOTAL)
    names = ["all old"]
    for x, factor in enumerate(card["factors"], start=1):
        effect, orders = factor["value"]["value"], factor["over_orders"]
        axes.bar(x, effect, bottom=height, color=COLOURS[factor["group"]])
        axes.plot([x, x], [height + orders["low"], height + orders["high"]], color="black", linewidth=1)
        for end in orders.values():
            axes.plot([x - 0.12, x + 0.12], [height + end] * 2, color="black", linewidth=1)
        axes.annotate(f"{effect:+.2f}", (x, height + max(effect, 0, orders["high"])), ha="center", va="bottom", fontsize=8)
        height += effect
        names.append(label(factor["name"]))
    axes.bar(len(names), card["all_new"], color=TOTAL)
    names.append("all new")
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right", fontsize=8)
    means = [cell["top1_mean"] for cell in card["cells"] if cell["top1_mean"] is not None]
    lowest, highest = min(means), max(means)
    margin = 0.15 * (highest - lowest) + 0.1
    ends = [card["all_old"], card["all_new"], lowest - margin, highest + margin]
    axes.set_ylim(min(ends), max(ends) + margin)
    axes.set_ylabel("top-1, %")
    axes.set_title("effects, and their range over all orders", fontsize=10)


def heat_map(figure, axes, card):
    rows = [factor["name"] for factor in card["factors"] if factor["group"] == "algorithm"]
    columns = [factor["name"] for factor in card["factors"] if factor["group"] == "recipe"]
    gains = {(pair["algorithm_factor"], pair["recipe_factor"]): pair for pair in card["pairs"]}
    values = [[gains[row, column]["gain"]["value"] for column in columns] for row in rows]
    reach = max(0.01, max(abs(value) for line in values for value in line))
    image = axes.imshow(values, cmap="RdBu", vmin=-reach, vmax=reach, aspect="auto")
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            p_value = gains[row, column]["holm_p_value"]
            star = "*" if p_value is not None and p_value < 0.05 else ""
            axes.annotate(f"{values[y][x]:+.2f}{star}", (x, y), ha="center", va="center", fontsize=9)
    axes.set_xticks(range(len(columns)), [label(name) for name in columns], rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(len(rows)), [label(name) for name in rows], fontsize=8)
    axes.set_title("gained only together, points (* p < 0.05 after Holm)", fontsize=10)
    figure.colorbar(image, ax=axes, shrink=0.8)


def draw_card(card, output):
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    waterfall(left, card)
    heat_map(figure, right, card)
    figure.suptitle(f"{card['recipe']}, {card['bits']}, {len(card['seeds'])} seeds: {card['verdict']['headline']}",
                    fontsize=11)
    figure.savefig(output, dpi=120)


def forest(cards, output):
    figure, axes = plt.subplots(figsize=(8, 0.7 * len(cards) + 1.5), layout="constrained")
    for y, card in enumerate(cards):
        for group, key, shift in [("algorithm", "algorithm", 0.12), ("recipe", "recipe_group", -0.12)]:
            estimate = card[key]["value"]
            interval = estimate["confidence"]
            if interval is not None:
                axes.plot([interval["low"], interval["high"]], [y + shift] * 2, color=COLOURS[group])
            axes.plot(estimate["value"], y + shift, "s", color=COLOURS[group], label=group if y == 0 else None)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(cards)), [f"{card['recipe']}\n{card['model']}, {card['bits']}" for card in cards], fontsize=8)
    axes.set_xlabel("effect on top-1, points, with its 95 % interval")
    axes.legend(fontsize=8)
    figure.savefig(output, dpi=120)


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    output, files = sys.argv[1], sys.argv[2:]
    cards = [json.loads(Path(file).read_text()) for file in files] or [json.load(sys.stdin)]
    for card in cards:
        if not card["seeds"]:
            sys.exit(f"{card['recipe']}: no seed is complete, there is nothing to draw")
    draw_card(cards[0], output) if len(cards) == 1 else forest(cards, output)


if __name__ == "__main__":
    main()
