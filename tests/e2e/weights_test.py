"""`dsqbench run --weights`: a run starts from the tensors of a file, whatever kind of file it is, or not at all."""

import json
import os
import struct
import subprocess
import sys
import unittest

from command import SOURCE, CommandTest

# Debian's Python has Debian's torch, whatever python3 comes first in PATH.
PYTHON = "/usr/bin/python3"
MISSING = 77

# The same weights in four kinds of file, and a pickle that would run a command.
WRITE = """
import os, sys, torch, torchvision
folder = sys.argv[1] + "/"
torch.manual_seed(0)
network = torchvision.models.resnet18(num_classes=10)
state = network.state_dict()
torch.save(state, folder + "state.pt")
torch.save({"epoch": 3, "model": {"module." + name: tensor for name, tensor in state.items()}}, folder + "checkpoint.pt")
torch.save(state, folder + "old.pth", _use_new_zipfile_serialization=False)
torch.jit.script(network).save(folder + "script.pt")
torch.save({name: tensor for name, tensor in state.items() if name != "fc.bias"}, folder + "partial.pt")
class Hostile:
    def __reduce__(self):
        return os.system, ("touch " + folder + "executed",)
torch.save({"conv1.weight": Hostile()}, folder + "hostile.pt")
"""
# Steps that are zero in 32 bits: what comes out is what went in.
RUN = ["run", "--recipe", "synthetic_r8_w2a2", "--quantizer", "ste", "--set", "model.name=resnet18", "--set", "model.width=64",
       "--set", "training.learning_rate=1e-300", "--set", "training.batch_size=8", "--limit-batches", "1", "--jobs", "1"]


def has_torchvision():
    try:
        return subprocess.run([PYTHON, "-c", "import torchvision"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def read(path):
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    header.pop("__metadata__", None)
    return {name: data[slice(*entry["data_offsets"])] for name, entry in header.items()}


class Weights(CommandTest):
    def setUp(self):
        super().setUp()
        subprocess.run([PYTHON, "-c", WRITE, str(self.folder)], check=True, timeout=300)

    def convert(self, source, *options):
        target = self.folder / (source + ".safetensors")
        subprocess.run([PYTHON, SOURCE / "scripts/convert_weights.py", self.folder / source, target, *options], check=True,
                       capture_output=True, timeout=300)
        return target

    def test_the_same_weights_are_one_run_whatever_file_holds_them(self):
        converted = self.convert("old.pth")
        self.assertEqual(converted.read_bytes(),
                         self.convert("checkpoint.pt", "--key", "model", "--strip-prefix", "module.").read_bytes())
        protocols = set()
        for source in ["state.pt", "script.pt", converted]:
            self.dsqbench(*RUN, "--weights", source)
            protocols |= {row["protocol_id"] for row in self.rows()}
        self.assertEqual(len(protocols), 1)
        self.assertEqual(len(self.rows()), 1, "taken up, not trained again")
        (trained,) = self.folder.glob("runs/synthetic_r8_w2a2/**/weights.safetensors")
        given, after = read(converted), read(trained)
        for name, data in given.items():
            if "running_" not in name and "num_batches" not in name:
                self.assertEqual(after[name], data, name)
        self.dsqbench(*RUN)
        self.assertEqual(len({row["protocol_id"] for row in self.rows()}), 2, "weights are part of the protocol")

    def test_weights_that_do_not_fit_are_listed_and_nothing_is_trained(self):
        done = self.dsqbench(*RUN, "--weights", "partial.pt", "--set", "data.synthetic_classes=7", expect=4)
        self.assertIn("missing fc.bias, mismatched fc.weight: Float [10, 512], not Float [7, 512]", done.stderr)
        self.assertEqual(self.rows(), [])

    def test_a_file_that_would_run_something_runs_nothing(self):
        done = self.dsqbench(*RUN, "--weights", "hostile.pt", expect=4)
        self.assertIn("asks for 'posix.system'", done.stderr)
        self.assertFalse((self.folder / "executed").exists())
        failed = subprocess.run([PYTHON, SOURCE / "scripts/convert_weights.py", self.folder / "hostile.pt", self.folder / "x"],
                                capture_output=True, text=True, timeout=300)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("posix.system", failed.stderr)
        self.assertFalse((self.folder / "executed").exists() or (self.folder / "x").exists())

    def test_other_files_and_absent_ones_are_errors_with_what_to_do(self):
        self.assertIn("scripts/convert_weights.py", self.dsqbench(*RUN, "--weights", "old.pth", expect=4).stderr)
        self.assertIn("'epoch' is no tensor", self.dsqbench(*RUN, "--weights", "checkpoint.pt", expect=4).stderr)
        self.dsqbench(*RUN, "--weights", "absent.pt", expect=4)
        named = ["--set", "tricks.weights.sha256=" + "0" * 63 + "a"]
        self.assertIn("not from both", self.dsqbench(*RUN, *named, expect=3).stderr)
        named += ["--set", "tricks.pretrain=false"]
        self.assertIn("--weights FILE", self.dsqbench(*RUN, *named, expect=4).stderr)
        self.assertIn("the recipe starts from 0", self.dsqbench(*RUN, *named, "--weights", "state.pt", expect=4).stderr)
        self.dsqbench(*RUN, "--set", "tricks.weights.sha256=../../x", "--set", "tricks.pretrain=false", expect=3)


if __name__ == "__main__":
    if not has_torchvision():
        print(f"skipped: {PYTHON} has no torchvision; scripts/install test", file=sys.stderr)
        sys.exit(1 if os.environ.get("DSQBENCH_REQUIRE_ALL") else MISSING)
    unittest.main()
