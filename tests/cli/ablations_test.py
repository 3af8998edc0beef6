"""What the shipped eras and ablations say without LibTorch: ls, validate, show, --plan, and the drawing script."""

import hashlib
import json
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import RECIPES, SOURCE, CommandTest


def python_with_matplotlib():
    """This Python, or the system's, as the program itself looks for one; None when neither has it."""
    for python in [sys.executable, "/usr/bin/python3"]:
        if shutil.which(python) and subprocess.run([python, "-c", "import matplotlib"], capture_output=True).returncode == 0:
            return python
    return None


def a_row(cell, seed, top1):
    """A row as a run would have stored it."""
    row = {"schema_version": 1, "kind": "training", "time": "2026-11-23T09:41:07Z", "machine": "test-board",
           "commit": "0" * 40, "version": "0.1.0", "recipe": "x", "dataset": "fashion-mnist",
           "dataset_fingerprint": "data", "model": "resnet8", "model_width": 8, "seed": seed, "epochs": 2,
           "train_images": 16000, "evaluated_on": "test", "test_images": 10000, "weight_bits": 2, "activation_bits": 2,
           "outcome": "finished", "top1": round(top1, 2), "publishable": True, **cell}
    text = json.dumps(row, sort_keys=True, separators=(",", ":"))
    return {**row, "row_id": hashlib.sha256(text.encode()).hexdigest()}


def a_card():
    """The keys that the script reads."""
    estimate = {"value": 1.0, "confidence": {"low": 0.5, "high": 1.5}}
    factor = {"value": estimate, "over_orders": {"low": -0.5, "high": 2.0}}
    return {"recipe": "x", "bits": "W2A2", "model": "resnet8", "seeds": [0, 1], "all_old": 80.0, "all_new": 82.0,
            "verdict": {"headline": "algorithm helps"}, "algorithm": factor, "recipe_group": factor,
            "factors": [{**factor, "name": "a", "group": "algorithm"}, {**factor, "name": "r", "group": "recipe"}],
            "pairs": [{"algorithm_factor": "a", "recipe_factor": "r", "gain": estimate, "holm_p_value": 0.01}],
            "cells": [{"top1_mean": 80.0}, {"top1_mean": 82.0}, {"top1_mean": None}]}


class Ablations(CommandTest):
    def test_ls_says_what_eras_do_not_know(self):
        eras = {entry["name"]: entry["summary"] for entry in self.json_of("ls", "eras")}
        self.assertIn("unknown: training.learning_rate", eras["pact-2018"])
        self.assertTrue(eras["dsq-2019-guess"].startswith("a guess: "))
        names = [entry["name"] for entry in self.json_of("ls", "ablations")]
        self.assertIn("ablations/fmnist_r8_w2a2", names)
        self.assertNotIn("ablations/fmnist_r8_w2a2", [entry["name"] for entry in self.json_of("ls", "recipes")])

    def test_validate_checks_eras_and_ablations(self):
        paths = {verdict["path"].rsplit("recipes/", 1)[1]: verdict["ok"] for verdict in self.json_of("validate", RECIPES)}
        self.assertTrue(paths["eras/mqbench-2021.toml"])
        self.assertTrue(paths["ablations/fmnist_r8_w2a2.toml"])
        bad = self.folder / "eras" / "bad.toml"
        bad.parent.mkdir()
        bad.write_text('description = "x"\n')
        done = self.dsqbench("validate", bad, expect=3)
        self.assertIn("neither set nor unknown", done.stdout)

    def test_show_lays_an_era_over_a_recipe(self):
        shown = self.dsqbench("show", "recipe", "cifar10_r20_w2a2", "--era", "lsq-2020").stdout
        self.assertIn("lsq-2020.toml", shown)
        self.assertIn("did you mean 'lsq-2020'",
                      self.dsqbench("show", "recipe", "cifar10_r20_w2a2", "--era", "lsq-2021", expect=3).stderr)

    def test_plan_needs_no_rows(self):
        plan = self.json_of("ablate", "--recipe", "ablations/fmnist_r8_w2a2", "--plan")
        self.assertEqual((plan["cells"], plan["runs"], plan["pretrainings"]), (32, 192, 6))
        self.assertIsNone(plan["spread"])
        cells = {cell["label"]: cell["weight_quantizer"] for cell in plan["cell_recipes"]}
        self.assertEqual((cells["none"], cells["learned_clipping"]), ("ste", "ste-lu"))
        self.assertEqual((cells["soft_gradient"], cells["learned_clipping+soft_gradient"]), ("dsq-alpha", "dsq"))
        self.assertEqual(len({cell["recipe_id"] for cell in plan["cell_recipes"]}), 32)

    def test_card_is_made_from_stored_rows_alone(self):
        plan = self.json_of("ablate", "--recipe", "ablations/fmnist_r8_w2a2_era", "--plan", "--seeds", "0..5")
        top1 = {"none": 80.0, "dsq": 84.0, "era": 82.0, "dsq+era": 86.0}
        rows = [a_row(cell, seed, top1[cell["label"]] + seed % 3 / 10 + len(cell["label"]) * seed % 5 / 10)
                for cell in plan["cell_recipes"] for seed in range(6)]
        store = self.folder / "results" / "test-board" / "2026-11.jsonl"
        store.parent.mkdir(parents=True)
        store.write_text("".join(json.dumps(row) + "\n" for row in rows))
        options = ["ablate", "--recipe", "ablations/fmnist_r8_w2a2_era", "--seeds", "0..5"]
        text = self.dsqbench(*options, "--html", "card.html").stdout
        self.assertIn("verdict: algorithm helps", text)
        self.assertIn("4 cells x 6 seeds", text)
        self.assertIn("| algorithm | +4", self.dsqbench(*options, "--markdown").stdout)
        self.assertIn("algorithm helps", (self.folder / "card.html").read_text())
        if python_with_matplotlib():
            self.dsqbench(*options, "--plot", "card.png")
            self.assertEqual((self.folder / "card.png").read_bytes()[:4], b"\x89PNG")
        # One row less, and the cell would have to be trained.
        store.write_text("".join(json.dumps(row) + "\n" for row in rows[1:]))
        self.assertEqual(self.json_of(*options, "--plan")["stored"], 23)

    @unittest.skipUnless(python_with_matplotlib(), "no Python here has matplotlib")
    def test_script_draws_one_card_and_several(self):
        script = SOURCE / "scripts" / "plot_attribution.py"
        for number, cards in enumerate([[], [a_card(), a_card()]]):
            files = []
            for i, card in enumerate(cards):
                files.append(self.folder / f"{i}.json")
                files[-1].write_text(json.dumps(card))
            picture = self.folder / f"{number}.png"
            done = subprocess.run([python_with_matplotlib(), script, picture, *files], input=json.dumps(a_card()), text=True,
                                  capture_output=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(picture.read_bytes()[:4], b"\x89PNG")


if __name__ == "__main__":
    unittest.main()
