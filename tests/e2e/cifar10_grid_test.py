"""scripts/cifar10_grid: reduced trainings are recipes of their own, rows come from `dsqbench run`, and the table holds them
beside the papers' numbers."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import unittest

from command import PROGRAM, SOURCE, CommandTest, stored_line
from small_images import write_images

# Of a recipe that is the paper's but for these.
REDUCED = {"training.epochs", "training.milestones", "data.train_images"}
STUDY = {"description", "contenders", "seeds", "expect"}


class Cifar10Grid(CommandTest):
    def setUp(self):
        super().setUp()
        # A checkout of its own, as the script writes recipes into its own.
        for part in ("recipes", "scripts"):
            shutil.copytree(SOURCE / part, self.folder / part)
        shutil.copytree(SOURCE / "results/published", self.folder / "results/published")

    def grid(self, *arguments, expect=0):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DSQBENCH_")}
        done = subprocess.run([sys.executable, self.folder / "scripts/cifar10_grid", "--program", PROGRAM, *arguments],
                              cwd=self.folder, capture_output=True, text=True, env=environment, timeout=600)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def values(self, recipe):
        shown = self.json_of("show", "recipe", recipe, DSQBENCH_RECIPES_DIR=str(self.folder / "recipes"))
        return {key: setting["value"] for key, setting in shown["values"].items()}, shown["protocol_id"]

    def test_everything_is_three_seeds_of_ten_contenders_at_four_widths_in_the_papers_recipes(self):
        commands = self.grid("--list", "--data-root", "d", "--device", "cuda").stdout.splitlines()
        self.assertEqual(len(commands), 3 * 4)
        self.assertTrue(all("--device cuda" in command and "--data-root d" in command for command in commands))
        recipes = {word for command in commands for word in command.split() if word.startswith("cifar10_r20_w")}
        self.assertEqual(recipes, {f"cifar10_r20_w{bits}a{bits}" for bits in (1, 2, 3, 4)})
        contenders = commands[0].split("--quantizer ")[1].split()[0].split(",")
        for recipe in recipes:
            values, _ = self.values(recipe)
            self.assertEqual(values["contenders"], contenders)
            self.assertEqual(values["training.epochs"], 200)

    def test_reduced_trainings_are_recipes_that_differ_in_what_was_reduced_and_in_name_and_protocol(self):
        write_images(self.folder / "data")
        self.grid("--data-root", str(self.folder / "data"), "--epochs", "2", "--train-images", "128", "--bits", "2", "--seeds", "0",
                  "--quantizers", "fp32,dsq/pact")
        full, full_protocol = self.values("cifar10_r20_w2a2")
        less, protocol = self.values("cifar10_r20_w2a2_e2_n128")
        differing = {key for key in full | less if key.split(".")[0] not in STUDY and full.get(key) != less.get(key)}
        self.assertEqual(differing, REDUCED)
        self.assertNotEqual(protocol, full_protocol)
        self.assertFalse([key for key in less if key.startswith("expect.")])
        self.assertEqual(less["description"], "cifar10_r20_w2a2, shortened: 2 epochs instead of 200, 128 training images")
        rows = self.rows()
        self.assertEqual({row["label"] for row in rows}, {"fp32", "dsq/pact"})
        for row in rows:
            self.assertEqual((row["recipe"], row["epochs"], row["train_images"], row["protocol_id"]),
                             ("cifar10_r20_w2a2_e2_n128", 2, 128, protocol))
        again = self.grid("--data-root", str(self.folder / "data"), "--epochs", "2", "--train-images", "128", "--bits", "2",
                          "--seeds", "0", "--quantizers", "fp32,dsq/pact")
        self.assertEqual(again.returncode, 0)
        self.assertEqual(self.rows(), rows)

    def test_one_bit_keeps_its_shortcuts_when_it_is_reduced(self):
        self.grid("--epochs", "20", "--bits", "1", "--seeds", "0", "--quantizers", "fp32", expect=1)  # there is no data
        text = (self.folder / "recipes/cifar10/cifar10_r20_w1a1_e20.toml").read_text()
        made = tomllib.loads(text)
        self.assertEqual(made["quantization"], {"weight_bits": 1, "activation_bits": 1, "shortcuts": "fp32"})
        self.assertEqual(made["training"], {"epochs": 20, "milestones": [6, 12]})

    def test_larger_batches_have_a_learning_rate_larger_by_their_square_root(self):
        self.grid("--epochs", "20", "--batch-size", "512", "--bits", "2", "--seeds", "0", "--quantizers", "fp32", expect=1)
        values, _ = self.values("cifar10_r20_w2a2_e20_b512")
        self.assertEqual((values["training.batch_size"], values["training.learning_rate"]), (512, 0.2))
        self.assertIn("batches of 512 images instead of 128", values["description"])

    def test_documentation_has_the_tables_of_the_stored_rows(self):
        shutil.copytree(SOURCE / "results", self.folder / "results", dirs_exist_ok=True)
        for name in ["h200", "h100"]:
            document = (SOURCE / f"docs/cifar10_{name}.md").read_text()
            arguments = re.search(r"`scripts/cifar10_grid (.*)`", document).group(1).split()
            self.assertTrue(document.endswith("\n\n" + self.grid(*arguments).stdout.rstrip() + "\n"), name)

    def test_table_has_rows_of_the_recipe_as_it_is_beside_published_numbers(self):
        _, protocol = self.values("cifar10_r20_w2a2")
        row = {"kind": "training", "recipe": "cifar10_r20_w2a2", "protocol_id": protocol, "publishable": True, "outcome": "finished",
               "train_images": 50000, "top5": 99.0, "label": "dsq"}
        (self.folder / "results/m").mkdir()
        rows = [{**row, "seed": 0, "top1": 88.0}, {**row, "seed": 1, "top1": 89.0}, {**row, "seed": 2, "outcome": "not converged",
                "top1": 10.0}, {**row, "protocol_id": "0" * 64, "top1": 1.0}, {**row, "publishable": False, "top1": 2.0},
                {**row, "label": "ste", "top1": 87.0}]
        (self.folder / "results/m/1.jsonl").write_text("".join(map(stored_line, rows)))
        table = self.grid("--table", "--bits", "2").stdout
        self.assertIn("200 epochs of 50000 images", table)
        self.assertIn("| dsq | 88.50 ± 0.71 (2) | 99.00 ± 0.00 (2) | 1 | 88.44 (DSQ, table 4) |", table)
        self.assertIn("| ste | 87.00 (1) | 99.00 (1) | 0 | 86.63 (DSQ, table 4) |", table)
        self.assertIn("| dsq/pact | — | — | — | 90.11 (DSQ, table 5) |", table)

    def test_what_cannot_be_is_refused(self):
        self.assertIn("none of", self.grid("--bits", "5", expect=2).stderr)
        self.assertIn("none of", self.grid("--quantizers", "dsqq", expect=2).stderr)
        self.assertIn("no list of seeds", self.grid("--seeds", "a..b", expect=2).stderr)
        self.assertIn("train first", self.grid("--table", "--epochs", "7", expect=1).stderr)
        self.assertIn("there is no program", self.grid("--program", "nowhere", expect=1).stderr)


if __name__ == "__main__":
    unittest.main()
