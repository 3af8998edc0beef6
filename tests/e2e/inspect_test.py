"""`dsqbench inspect` against the formulas of the papers, computed here in plain Python."""

import json
import math
import struct
import subprocess
import unittest

from command import CommandTest

SIZES = {"F32": "f", "F64": "d", "I32": "i"}


def write_safetensors(path, tensors, dtype="F64"):
    header, data = {}, b""
    for name, (shape, values) in tensors.items():
        packed = struct.pack(f"<{len(values)}{SIZES[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    header.pop("__metadata__", None)
    return {name: list(value[0] for value in struct.iter_unpack("<" + SIZES[entry["dtype"]],
                                                               data[slice(*entry["data_offsets"])]))
            for name, entry in header.items()}


def dsq(x, alpha, l, u, bits):
    """Value, code and gradients of x, l, u, alpha: eq. 5 and 10 to 13 of Gong et al. 2019, q as in Algorithm 1."""
    n = 2**bits - 1
    if x < l:
        return l, 0, 0, 1, 0, 0
    if x > u:
        return u, n, 0, 0, 1, 0
    width, kappa, s = (u - l) / n, math.log(2 / alpha - 1), 1 / (1 - alpha)
    v = (x - l) / width
    t = v - min(math.floor(v), n - 1)
    tanh = math.tanh(kappa * (t - 0.5))
    slope = kappa * s / 2 * (1 - tanh**2)
    by_u = (round(v) - v * slope) / n
    by_kappa = -2 / (alpha * (2 - alpha))
    by_alpha = width / 2 * (s**2 * tanh + s * (1 - tanh**2) * (t - 0.5) * by_kappa)
    return l + width * round(v), round(v), slope, 1 - slope - by_u, by_u, by_alpha


def has_matplotlib(python):
    try:
        return subprocess.run([python, "-c", "import matplotlib"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class Inspect(CommandTest):
    X = [-2.0, -0.95, -0.4, -0.1, 0.05, 0.3, 0.7, 1.1, 1.4, 3.0]
    G = [0.5, -1.0, 2.0, 0.25, 1.5, -0.5, 1.0, -2.0, 0.75, 1.25]

    def apply(self, tensors, *arguments, expect=0, dtype="F64"):
        source, target = self.folder / "x.safetensors", self.folder / "y.safetensors"
        write_safetensors(source, tensors, dtype)
        done = self.dsqbench("inspect", *arguments, "--input", source, "--output", target, expect=expect)
        return read_safetensors(target) if expect == 0 else done.stderr

    def test_dsq_on_a_file_obeys_the_paper(self):
        for dtype, digits in (("F64", 9), ("F32", 4)):
            for bits in (1, 2, 4):
                tensors = {"x": ([10], self.X), "g": ([10], self.G), "alpha": ([], [0.3]), "l": ([], [-1.0]),
                           "u": ([], [1.45])}
                found = self.apply(tensors, "dsq", "--bits", bits, dtype=dtype)
                rows = [dsq(x, 0.3, -1.0, 1.45, bits) for x in self.X]
                self.assertEqual(found["codes"], [row[1] for row in rows])
                for i, row in enumerate(rows):
                    self.assertAlmostEqual(found["y"][i], row[0], digits)
                    self.assertAlmostEqual(found["dx"][i], self.G[i] * row[2], digits)
                for name, column in (("l", 3), ("u", 4), ("alpha", 5)):
                    expected = sum(g * row[column] for g, row in zip(self.G, rows))
                    self.assertAlmostEqual(found["grad." + name][0], expected, digits, f"{name}, {bits} bits")

    def test_pact_on_a_file_obeys_the_paper(self):
        found = self.apply({"x": ([10], self.X), "g": ([10], self.G), "clip": ([], [1.2])}, "pact", "--role",
                           "activation")
        for x, g, y, dx in zip(self.X, self.G, found["y"], found["dx"]):
            self.assertAlmostEqual(y, round(min(max(x, 0), 1.2) * 3 / 1.2) * 1.2 / 3, 12)
            self.assertAlmostEqual(dx, g if 0 <= x < 1.2 else 0, 12)
        self.assertAlmostEqual(found["grad.clip"][0], self.G[8] + self.G[9], 12)

    def test_curve_is_a_table_or_json(self):
        arguments = ("inspect", "dsq-fixed", "--bits", 2, "--low", -1, "--high", 2, "--points", 141)
        curve = self.json_of(*arguments)
        self.assertEqual(curve["code"][0], 0)
        self.assertEqual(curve["code"][-1], 3)
        self.assertAlmostEqual(max(curve["slope"]), math.log(9) / 1.6, 6)
        lines = self.dsqbench(*arguments).stdout.splitlines()
        self.assertEqual(len(lines), 141 + 4)
        self.assertIn("dy/dx", lines[3])

    def test_options_are_set_by_name(self):
        arguments = ("inspect", "dsq-fixed", "--low", 0, "--high", 3, "--points", 141, "--set")
        self.assertAlmostEqual(max(self.json_of(*arguments, "alpha=0.4")["slope"]), math.log(4) / 1.2, 6)
        self.assertIn("did you mean 'alpha'?", self.dsqbench(*arguments, "alph=0.4", expect=3).stderr)
        self.assertIn("write option=value", self.dsqbench(*arguments, "alpha", expect=2).stderr)

    def test_draws_a_picture(self):
        if not any(has_matplotlib(python) for python in ("python3", "/usr/bin/python3")):
            self.skipTest("matplotlib is not installed")
        picture = self.folder / "it's a curve.png"
        self.dsqbench("inspect", "dsq", "--plot", picture)
        self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")

    def test_refuses_what_it_cannot_use(self):
        x = ([2], [1.0, 2.0])
        self.assertIn("there is no tensor 'x'", self.apply({"g": x}, "dsq", expect=4))
        self.assertIn("tensor 'g' has the shape [1], not [2]", self.apply({"x": x, "g": ([1], [1.0])}, "dsq", expect=4))
        self.assertIn("not finite", self.apply({"x": ([1], [math.nan])}, "dsq", expect=4))
        self.assertIn("store it as F32 or F64", self.apply({"x": ([1], [1])}, "dsq", expect=4, dtype="I32"))
        self.assertIn("unknown quantizer", self.dsqbench("inspect", "dsqq", expect=2).stderr)
        self.assertIn("choose 1 to 8", self.dsqbench("inspect", "dsq", "--bits", 9, expect=3).stderr)
        self.assertIn("go together", self.dsqbench("inspect", "dsq", "--input", "x", expect=2).stderr)

    def test_has_a_range_a_channel(self):
        found = self.apply({"x": ([2, 2], [-1.0, 1.0, 5.0, 8.0])}, "ste", "--ranges", "channel")
        self.assertEqual(found["offset"], [-1.0, 5.0])
        self.assertEqual(found["y"], [-1.0, 1.0, 5.0, 8.0])


if __name__ == "__main__":
    unittest.main()
