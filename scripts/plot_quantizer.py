#!/usr/bin/env python3
"""Draws a quantizer's transfer and gradient curves (in the style of figure 2 of Gong et al. 2019).

Reads the JSON of `dsqbench inspect --json` on stdin; usage: plot_quantizer.py PICTURE
"""
import json
import sys

from pictures import plt


def title(curve):
    quantizer = curve["quantizer"]
    state = ", ".join(f"{name} = {value:.4g}" for name, value in sorted(curve["state"].items()))
    return f"{quantizer['quantizer']}, {quantizer['role']}, {quantizer['bits']} bits" + (f"\n{state}" if state else "")


def draw(curve, picture):
    figure, (transfer, gradient) = plt.subplots(2, 1, sharex=True, figsize=(6, 6.5), height_ratios=(2, 1))
    transfer.plot(curve["x"], curve["surrogate"], color="tab:blue", label="surrogate")
    transfer.step(curve["x"], curve["y"], where="mid", color="tab:red", label="forward")
    transfer.set_ylabel("quantized value")
    transfer.set_title(title(curve))
    transfer.legend(frameon=False)
    gradient.plot(curve["x"], curve["slope"], color="tab:blue")
    gradient.axhline(1, color="0.6", linewidth=0.8, linestyle="--")
    gradient.set_ylabel("dy/dx in the backward pass")
    gradient.set_xlabel("x")
    for axes in (transfer, gradient):
        axes.grid(True, color="0.9")
    figure.tight_layout()
    figure.savefig(picture, dpi=150)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    curve = json.load(sys.stdin)
    try:
        draw(curve, sys.argv[1])
    except (OSError, ValueError) as error:
        print(f"plot_quantizer.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
