"""docs/published.md is what scripts/published_table makes of the numbers, recipes and rows that there are."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SCRIPT = SOURCE / "scripts/published_table"


def load(path):
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("published_table", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("published_table", loader))
    loader.exec_module(module)
    return module


NUMBER = {"paper": "P: somebody", "source": "table 1", "dataset": "cifar10", "model": "resnet20", "layer": "", "method": "DSQ",
          "contender": "dsq", "weight_bits": 2, "activation_bits": 2, "metric": "top1", "value": 88.4}
RECIPE = {"name": "r20", "protocol_id": "abc", "dataset": "cifar10", "model": "resnet20", "bits": (2, 2),
          "contenders": ["fp32", "dsq"]}
ROW = {"label": "dsq", "protocol_id": "abc", "machine": "board"}


class PublishedTable(unittest.TestCase):
    def status(self, number={}, recipe={}, rows=()):
        return load(SCRIPT).status({**NUMBER, **number}, [{**RECIPE, **recipe}], rows)

    def test_documentation_is_up_to_date(self):
        made = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, timeout=240,
                              env={**os.environ, "DSQBENCH_PROGRAM": str(Path(os.environ["DSQBENCH_PROGRAM"]).resolve())})
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(made.stdout, (SOURCE / "docs/published.md").read_text(),
                         "run: scripts/published_table > docs/published.md")

    def test_a_number_is_run_where_rows_of_its_recipe_are_stored(self):
        self.assertEqual(self.status(), ("r20", "not run"))
        self.assertEqual(self.status(rows=[ROW, ROW, {**ROW, "machine": "a"}]), ("r20", "run: a (1), board (2)"))
        self.assertEqual(self.status(rows=[{**ROW, "label": "ste"}]), ("r20", "not run"))
        self.assertEqual(self.status(rows=[{**ROW, "protocol_id": "of the recipe as it was"}]), ("r20", "not run"))

    def test_rows_of_a_shortened_recipe_are_said_to_be_that(self):
        recipes = [{**RECIPE, "name": "r20_e4", "protocol_id": "short"}, RECIPE]
        status = load(SCRIPT).status
        short = {**ROW, "protocol_id": "short"}
        self.assertEqual(status(NUMBER, recipes, []), ("r20", "not run"))
        self.assertEqual(status(NUMBER, recipes, [short]), ("r20_e4", "shortened: board (1)"))
        self.assertEqual(status(NUMBER, recipes, [short, ROW]), ("r20", "run: board (1)"))

    def test_only_the_same_network_data_bits_and_method_count(self):
        self.assertEqual(self.status({"weight_bits": 4}), ("", "no recipe"))
        self.assertEqual(self.status(recipe={"model": "resnet8"}), ("", "no recipe"))
        self.assertEqual(self.status(recipe={"dataset": "mnist"}), ("", "no recipe"))
        self.assertEqual(self.status(recipe={"contenders": ["ste"]}), ("", "no recipe"))
        self.assertEqual(self.status({"contender": ""}), ("", "no contender"))
        self.assertEqual(self.status({"metric": "latency_ms"}), ("", "nothing to train"))

    def test_full_precision_fits_a_recipe_of_any_bits(self):
        number = {"contender": "fp32", "weight_bits": 32, "activation_bits": 32}
        self.assertEqual(self.status(number), ("r20", "not run"))
        self.assertEqual(self.status({**number, "contender": "dsq"}), ("", "no recipe"))


if __name__ == "__main__":
    unittest.main()
