"""ResNet-18, 34, 50 and MobileNetV2 against torchvision's: names, shapes, values, gradients, from the same weights."""

import json
import os
import subprocess
import sys
import unittest

from command import CommandTest

# Debian's Python has Debian's torch, whatever python3 comes first in PATH.
PYTHON = "/usr/bin/python3"
MISSING = 77

COMPARE = """
import json, struct, sys
import torch, torchvision

TYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.numpy().tobytes()
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    raw = open(path, "rb").read()
    (length,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(bytearray(data[slice(*entry["data_offsets"])]), dtype=TYPES[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items()}


def distance(found, expected):
    return float((found - expected).abs().max() / expected.abs().max().clamp(min=1e-12))


if sys.argv[1] == "write":
    torch.manual_seed(0)
    write(sys.argv[2], {"x": torch.randn(2, 3, 64, 64, dtype=torch.float64), "g": torch.randn(2, 10, dtype=torch.float64)})
else:
    _, _, model, mode, source, target = sys.argv
    given, ours = read(source), read(target)
    arguments = {"dropout": 0.0} if model == "mobilenet_v2" else {}
    network = getattr(torchvision.models, model)(num_classes=10, **arguments).double()
    state = {name[len("state."):]: value for name, value in ours.items() if name.startswith("state.")}
    network.load_state_dict(state, strict=True)  # the same names and shapes, or this raises
    network.train(mode == "training")
    x = given["x"].clone().requires_grad_()
    y = network(x)
    y.backward(given["g"])
    distances = {"y": distance(ours["y"], y.detach()), "dx": distance(ours["dx"], x.grad)}
    for name, parameter in network.named_parameters():
        distances[name] = distance(ours["grad." + name], parameter.grad)
    print(json.dumps(distances))
"""


def has_torchvision():
    try:
        return subprocess.run([PYTHON, "-c", "import torchvision"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class Torchvision(CommandTest):
    def torch(self, *arguments):
        done = subprocess.run([PYTHON, "-c", COMPARE, *map(str, arguments)], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def check(self, model, width):
        source, target = self.folder / "x.safetensors", self.folder / "y.safetensors"
        self.torch("write", source)
        for mode in ["evaluation", "training"]:
            options = ["--training"] if mode == "training" else []
            self.dsqbench("inspect", "--model", model, "--width", width, "--classes", 10, *options,
                          "--input", source, "--output", target)
            distances = json.loads(self.torch("compare", model, mode, source, target))
            self.assertGreater(len(distances), 60)
            for name, value in distances.items():
                self.assertLess(value, 1e-5, f"{model} {mode} {name}")

    def test_resnet18(self):
        self.check("resnet18", 64)

    def test_resnet34(self):
        self.check("resnet34", 64)

    def test_resnet50(self):
        self.check("resnet50", 64)

    def test_mobilenet_v2(self):
        self.check("mobilenet_v2", 32)


if __name__ == "__main__":
    if not has_torchvision():
        print(f"skipped: {PYTHON} has no torchvision; scripts/install test", file=sys.stderr)
        sys.exit(1 if os.environ.get("DSQBENCH_REQUIRE_ALL") else MISSING)
    unittest.main()
