"""`dsqbench ablate` on the synthetic set: cells, reuse, resumption, and the card in all its forms."""

import json
import unittest

from command import CommandTest

DESIGN = """
extends = "synthetic_r8_w2a2"
description = "2 x 2 for a test"
seeds = "0,1"

[data]
train_images = 512  # --tune holds out a tenth more

[training]
epochs = 1

[tricks.pretrain]
epochs = 1
schedule = "cosine"
weight_decay = 1e-4

[design.quantizers]
none = "ste"
dsq = "dsq"

[design.factors.dsq]
group = "algorithm"

[design.factors.decay]
group = "recipe"
old = ["training.weight_decay=5e-4"]
new = ["training.weight_decay=0.0"]
"""

RATES = ("--tune", "training.learning_rate=0.01,0.1")
DIVERGES = ("--set", "training.warmup_epochs=0", "--set", "training.learning_rate=1000")


class Ablate(CommandTest):
    def setUp(self):
        super().setUp()
        self.recipe = self.folder / "tiny.toml"
        self.recipe.write_text(DESIGN)

    def ablate(self, *options):
        return ["ablate", "--recipe", "tiny.toml", *options]

    def weights(self):
        return {path: path.stat().st_mtime_ns for path in self.folder.glob("runs/*/*/weights.safetensors")}

    def test_trains_the_cells_once_and_reprints_the_card(self):
        plan = self.json_of(*self.ablate("--plan"))
        self.assertEqual((plan["cells"], plan["runs"], plan["stored"], plan["pretrainings"]), (4, 8, 0, 2))
        card = self.json_of(*self.ablate("--html", "card.html"))
        self.assertEqual(card["seeds"], [0, 1])
        self.assertEqual({cell["label"] for cell in card["cells"]}, {"none", "dsq", "decay", "dsq+decay"})
        parts = card["algorithm"]["value"]["value"] + card["recipe_group"]["value"]["value"]
        self.assertAlmostEqual(parts, card["gain"]["value"], places=9)
        self.assertIn(card["verdict"]["headline"], (self.folder / "card.html").read_text())
        rows, weights = self.rows(), self.weights()
        self.assertEqual(len(rows), 8)
        self.assertEqual(len({row["recipe_id"] for row in rows}), 4)
        self.assertEqual(len({row["protocol_id"] for row in rows}), 2)
        self.assertEqual(self.json_of(*self.ablate()), card)
        self.assertEqual(self.weights(), weights, "a second call trains nothing")
        self.assertEqual(self.json_of(*self.ablate("--plan"))["stored"], 8)

    def test_a_deleted_row_runs_that_cell_alone(self):
        self.dsqbench(*self.ablate("--seeds", "0"))
        (store,) = self.folder.glob("results/*/*.jsonl")
        lines = store.read_text().splitlines()
        victim = json.loads(lines[0])
        store.write_text("\n".join(lines[1:]) + "\n")
        (self.folder / victim["run_directory"]).rename(self.folder / "elsewhere")
        before = self.weights()
        self.dsqbench(*self.ablate("--seeds", "0"))
        self.assertEqual(set(self.weights()) - set(before), {self.folder / victim["run_directory"] / "weights.safetensors"})
        self.assertEqual({path: time for path, time in self.weights().items() if path in before}, before)
        again = [row for row in self.rows() if row["recipe_id"] == victim["recipe_id"]]
        self.assertEqual([row["top1"] for row in again], [victim["top1"]])

    def test_takes_up_finished_runs_whose_rows_were_lost(self):
        self.dsqbench(*self.ablate("--seeds", "0"))
        (store,) = self.folder.glob("results/*/*.jsonl")
        store.unlink()
        before = self.weights()
        self.dsqbench(*self.ablate("--seeds", "0"))
        self.assertEqual(len(self.rows()), 4)
        self.assertEqual(self.weights(), before)

    def test_pilot_measures_the_spread_and_its_runs_count(self):
        plan = self.json_of(*self.ablate("--pilot"))
        self.assertGreater(plan["spread"], 0)
        self.assertGreater(plan["images_per_second"], 0)
        self.assertEqual(plan["stored"], 8, "two seeds is all there are")

    def test_tune_prints_both_cards_and_writes_the_tuned_one(self):
        both = self.json_of(*self.ablate("--seeds", "0", *RATES, "--html", "card.html"))
        self.assertEqual(len(both["trials"]), 8)
        self.assertNotEqual(both["tuned"]["all_new"], both["identical"]["all_new"])
        self.assertIn(f"to {both['tuned']['all_new']:.2f} %", (self.folder / "card.html").read_text())
        self.assertEqual(self.json_of(*self.ablate("--plan", *RATES))["search"]["stored"], 8)

    def test_plan_counts_the_trials_of_tune_and_trains_nothing(self):
        without, plan = self.json_of(*self.ablate("--plan")), self.json_of(*self.ablate("--plan", *RATES))
        self.assertEqual(plan["search"], {"trials": 8, "stored": 0, "pretrainings": 1})
        self.assertEqual((plan["runs"], plan["pretrainings"]), (without["runs"], without["pretrainings"]))
        self.assertIn("8 trials", self.dsqbench(*self.ablate("--plan", *RATES)).stdout)
        self.assertFalse((self.folder / "runs").exists())

    def test_what_would_go_unheeded_is_refused(self):
        for options, words in [(("--pilot", *RATES), ("--pilot", "--tune")), (("--plan", "--html", "x"), ("--html", "--plan")),
                               (("--pilot", "--plot", "x.svg"), ("--plot", "--pilot")), (("--plot", "x"), ("--plot", ".svg"))]:
            done = self.dsqbench(*self.ablate(*options), expect=2)
            self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1), done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)

    def test_tune_of_a_factors_key_is_refused_before_anything_is_trained(self):
        done = self.dsqbench(*self.ablate("--tune", "training.weight_decay=0.0,1e-4"), expect=3)
        self.assertIn("--tune training.weight_decay overrides the factor 'decay'", done.stderr)
        self.assertFalse((self.folder / "runs").exists())

    def test_a_cell_none_of_whose_trials_converged_is_exit_code_5_before_the_design_is_trained(self):
        done = self.dsqbench(*self.ablate(*DIVERGES[:2], "--tune", DIVERGES[-1]), expect=5)
        self.assertIn("none of the trials of the cell 'none' converged", done.stderr)
        self.assertEqual({row["seed"] for row in self.rows()}, {1000})

    def test_a_design_that_did_not_converge_is_exit_code_5_after_its_card(self):
        for _ in ("trained", "stored"):
            card = self.json_of(*self.ablate("--seeds", "0", *DIVERGES), expect=5)
            self.assertEqual((card["seeds"], card["not_converged_runs"]), ([], 4))

    def test_a_recipe_without_a_design_is_refused(self):
        done = self.dsqbench("ablate", "--recipe", "synthetic_r8_w2a2", expect=3)
        self.assertIn("declares no design", done.stderr)


if __name__ == "__main__":
    unittest.main()
