"""What is made of stored rows: published numbers, claims, pages, exports, the nightly script. Reads the checkout's
results/, writes nowhere but into the test's folder."""

import csv
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import KERNEL_ROW, PROGRAM, RECIPES, SOURCE, CommandTest, stored_line, without_matplotlib, write_claim

RESULTS = SOURCE / "results"
STORE = ("--results", RESULTS)
NIGHTLY = SOURCE / "scripts/nightly"


class ResultsTest(CommandTest):
    def test_published_numbers_and_claims_are_valid(self):
        lines = self.json_of("validate", RESULTS / "published", RECIPES)
        self.assertTrue(all(line["ok"] for line in lines), [line for line in lines if not line["ok"]])
        self.assertGreater(sum("what" in line for line in lines), 60)
        (self.folder / "claims").mkdir()
        (self.folder / "claims/x.toml").write_text("claim = 3\n")
        self.assertIn("x.toml:1:1: 'claim' must be a text", self.dsqbench("validate", "claims", expect=3).stdout)

    def test_published_numbers_are_shown_by_table(self):
        numbers = self.json_of("show", "published", "--dataset", "imagenet", "--method", "DSQ", *STORE)
        self.assertIn(65.17, [number["value"] for number in numbers])
        self.assertTrue(all(number["source"] and number["confidence"] for number in numbers))
        self.dsqbench("show", "published", "--method", "none such", *STORE, expect=4)

    def test_every_claim_has_a_verdict_and_a_reason(self):
        claims = self.json_of("reproduce", *STORE)
        self.assertGreater(len(claims), 50)
        for claim in claims:
            self.assertIn(claim["verdict"], ("holds", "does not hold", "undecided", "not run here"))
            self.assertTrue(claim["reason"], claim["name"])
            if claim["verdict"] == "holds" and claim["name"] != "accumulations-before-widening":
                self.assertTrue(claim["row_ids"], claim["name"])
        verdicts = {claim["name"]: claim["verdict"] for claim in claims}
        self.assertEqual(verdicts["accumulations-before-widening"], "holds")
        self.assertEqual(verdicts["table7-dsq-resnet18-w2a2"], "not run here")

    def test_without_rows_no_claim_holds_but_the_one_that_needs_none(self):
        (self.folder / "results").mkdir()
        shutil.copytree(RESULTS / "published", self.folder / "results/published")
        holding = [claim["name"] for claim in self.json_of("reproduce") if claim["verdict"] != "not run here"]
        self.assertEqual(holding, ["accumulations-before-widening"])

    def test_an_unknown_claim_is_answered_with_the_nearest(self):
        error = self.dsqbench("reproduce", "soft-forward-eror", *STORE, expect=2).stderr
        self.assertIn("did you mean 'soft-forward-error'?", error)
        self.dsqbench("reproduce", "--run", *STORE, expect=2)

    def test_the_readme_shows_what_its_commands_print(self):
        readme = (SOURCE / "README.md").read_text()
        commands = re.findall(r"^<!-- dsqbench (.*) -->$", readme, re.MULTILINE)
        self.assertEqual({command.split()[0] for command in commands}, {"show", "ablate"})
        for command in commands:
            printed = self.dsqbench(*command.split(), *STORE).stdout
            self.assertIn(f"<!-- dsqbench {command} -->\n{printed}", readme)

    def test_pages_are_the_same_when_made_twice(self):
        def pages():
            self.dsqbench("leaderboard", "--out", "pages", *STORE)
            return {path.name: path.read_bytes() for path in (self.folder / "pages").rglob("*") if path.is_file()}
        first = pages()
        self.assertEqual(first, pages())
        for name in ("index.html", "leaderboard.md", "leaderboard.csv", "leaderboard.json"):
            self.assertIn(name, first)
        self.assertTrue(any(name.startswith("accuracy-fmnist_r8_w2a2") for name in first))
        lines = list(csv.DictReader(first["leaderboard.csv"].decode().splitlines()))
        self.assertEqual(len(lines), len(json.loads(first["leaderboard.json"])["contenders"]))
        self.assertAlmostEqual(float(lines[0]["top1"]) + float(lines[0]["top1_err"]), 100)

    def test_pictures_are_drawn_as_png_too_and_old_ones_removed(self):
        self.dsqbench("leaderboard", "--out", "pages", *STORE)
        plots = self.folder / "pages/plots"
        vector, pixels = ({path.stem for path in plots.glob(f"*.{kind}")} for kind in ("svg", "png"))
        self.assertEqual(vector, pixels)
        self.assertIn("claims", pixels)
        self.assertTrue(all(path.read_bytes().startswith(b"\x89PNG") for path in plots.glob("*.png")))
        self.dsqbench("leaderboard", "--out", "pages", "--no-png", *STORE)
        self.assertEqual({path.name for path in plots.iterdir()}, {name + ".svg" for name in vector})

    def test_plots_that_are_gone_are_removed_and_what_somebody_else_put_there_stays(self):
        plots = self.folder / "pages/plots"
        plots.mkdir(parents=True)
        own = {"holiday.png", "accuracy-of-my-own.svg"}
        for name in own:
            (plots / name).write_text("mine")
        self.dsqbench("leaderboard", "--out", "pages", *STORE)
        self.store_of(KERNEL_ROW)
        self.dsqbench("leaderboard", "--out", "pages", "--no-png", "--results", "results")
        kept = {path.name for path in plots.iterdir()}
        self.assertEqual({name for name in kept if not name.startswith("kernels-")}, {*own, "claims.svg"})
        self.assertEqual({(plots / name).read_text() for name in own}, {"mine"})

    def store_of(self, *rows):
        store = self.folder / "results/test-board/2026-11.jsonl"
        store.parent.mkdir(parents=True)
        store.write_text("".join(map(stored_line, rows)))

    def test_without_matplotlib_the_page_is_made_and_one_note_says_what_it_lacks(self):
        done = self.dsqbench("leaderboard", "--out", "pages", *STORE, **without_matplotlib(self.folder))
        self.assertEqual(done.stderr.count("no pictures as PNG"), 1, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertTrue((self.folder / "pages/index.html").exists())

    def test_without_matplotlib_every_script_that_draws_says_in_one_line_what_to_install(self):
        for script in sorted((SOURCE / "scripts").glob("plot_*.py")):
            done = subprocess.run([sys.executable, script, "p.svg"], capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL, env=self.environment(**without_matplotlib(self.folder)))
            self.assertEqual((done.returncode, done.stdout), (69, ""), script.name)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertIn("apt-get install python3-matplotlib", done.stderr)

    def test_published_numbers_are_there_whatever_the_folder_of_rows(self):
        (self.folder / "results").mkdir()
        numbers = self.json_of("show", "published")
        self.assertGreater(len(numbers), 100)
        (self.folder / "results/published").mkdir()
        self.dsqbench("show", "published", expect=4)

    def test_an_option_counts_more_than_the_environment(self):
        (self.folder / "empty/published").mkdir(parents=True)
        for asked, environment, code in ((RESULTS, "empty", 0), ("empty", str(RESULTS), 4)):
            self.dsqbench("show", "published", "--results", asked, expect=code, DSQBENCH_RESULTS=environment)
            self.dsqbench("show", "results", "fmnist_r8_w2a2", "--results", asked, expect=code, DSQBENCH_RESULTS=environment)

    def test_reproduce_runs_every_command_into_this_calls_folders(self):
        claims = self.folder / "recipes/claims"
        shutil.copytree(RECIPES, self.folder / "recipes")
        shutil.rmtree(claims)
        claims.mkdir()
        write_claim(claims / "x.toml", ["dsqbench show results nowhere --results results",
                                        "dsqbench export csv rows.csv --results results"])
        done = self.dsqbench("reproduce", "x", "--run", "--results", RESULTS, "--recipes-dir", self.folder / "recipes",
                             expect=4)
        self.assertIn("'dsqbench show results nowhere --results results' ended with exit code 4", done.stderr)
        self.assertIn("holds", done.stdout)
        self.assertGreater(len((self.folder / "rows.csv").read_text().splitlines()), 50)

    def test_exports_hold_every_row(self):
        rows = self.json_of("export", "csv", "rows.csv", *STORE)["rows"]
        self.dsqbench("export", "sqlite", "rows.db", *STORE)
        with (self.folder / "rows.csv").open() as file:
            self.assertEqual(len(list(csv.DictReader(file))), rows)
        database = sqlite3.connect(self.folder / "rows.db")
        self.addCleanup(database.close)
        self.assertEqual(database.execute("SELECT count(*) FROM rows").fetchone(), (rows,))
        for service in ("github-action-benchmark", "bencher"):
            self.dsqbench("export", service, "numbers.json", *STORE)
            self.assertTrue(json.loads((self.folder / "numbers.json").read_text()))

    def test_results_of_a_recipe_are_found_by_every_spelling_that_run_takes(self):
        recipe = self.folder / "tiny.toml"
        shutil.copy(RECIPES / "synthetic/synthetic_r8_w2a2.toml", recipe)
        self.assertEqual(self.json_of("show", "recipe", "./tiny.toml")["name"], "tiny")
        row = json.loads((RESULTS / "amd-epyc-2c/2026-11.jsonl").read_text().splitlines()[0])
        self.store_of({**row, "recipe": "tiny"})
        for spelled in ("tiny", "tiny.toml", "./tiny.toml", recipe):
            (comparison,) = self.json_of("show", "results", spelled)
            self.assertEqual(comparison["recipe"], "tiny")
        both = [self.dsqbench("show", "results", name, *STORE).stdout
                for name in ("fmnist_r8_w2a2", RECIPES / "fmnist/fmnist_r8_w2a2.toml")]
        self.assertEqual(both[0], both[1])

    def test_every_reader_of_a_damaged_store_names_the_line(self):
        shutil.copytree(RESULTS / "amd-epyc-2c", self.folder / "results/amd-epyc-2c")
        store = self.folder / "results/amd-epyc-2c/2026-11.jsonl"
        lines = store.read_text().splitlines(keepends=True)
        for number, line in ((3, "garbage\n"), (len(lines), lines[-1].replace('"schema_version":1', '"schema_version":9'))):
            store.write_text("".join([*lines[:number - 1], line, *lines[number:]]))
            for command in (("show", "results", "fmnist_r8_w2a2"), ("leaderboard", "--no-png"), ("regressions",),
                            ("reproduce",), ("export", "csv", "rows.csv"), ("compare", "results", "results")):
                self.assertIn(f"2026-11.jsonl:{number}: ", self.dsqbench(*command, expect=4).stderr)

    def test_without_rows_nothing_is_replaced(self):
        self.store_of(KERNEL_ROW)
        (self.folder / "empty").mkdir()
        out = self.folder / "out"
        writers = [("leaderboard", "--no-png", "--out", out), *(
            ("export", kind, out / kind) for kind in ("csv", "sqlite", "github-action-benchmark", "bencher"))]
        def written():
            return {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        for writer in writers:
            self.dsqbench(*writer)
        good = written()
        for results, reason in (("resultz", "there is no such folder of result rows; is --results spelled right?"),
                                ("results/test-board/2026-11.jsonl", "is no folder of result rows; give the folder"),
                                ("results/test-board", "is the folder of one machine's rows; give the one above it"),
                                ("empty", "holds no result row")):
            for command in (*writers, ("show", "results", "small")):
                error = self.dsqbench(*command, "--results", results, expect=4).stderr
                self.assertIn(f"{results}: {reason}", error)
                self.assertEqual(error.count("\n"), 1, error)
        self.assertEqual(written(), good)

    def add_night(self, digit, drop=0.0, **fields):
        """The oldest commit's rows of the checkout again, as those of another commit, less accurate by so many points."""
        first = [json.loads(line) for line in (RESULTS / "amd-epyc-2c/2026-11.jsonl").read_text().splitlines()]
        store = self.folder / "results/amd-epyc-2c/2026-11.jsonl"
        store.parent.mkdir(parents=True, exist_ok=True)
        with store.open("a") as file:
            for row in first:
                if row["commit"] == first[0]["commit"]:
                    file.write(stored_line({**row, "commit": digit * 40, "time": f"2026-11-2{digit}T03:00:00Z",
                                            "top1": row["top1"] - drop, **fields}))

    def test_a_drop_of_accuracy_ends_with_exit_code_6_and_an_equal_commit_does_not(self):
        self.add_night("6")
        self.add_night("7")
        self.assertEqual(self.json_of("regressions"), [])
        self.assertRegex(self.dsqbench("regressions").stdout, "^[1-9][0-9]* of [0-9]+ cases of commit 777777777777 could be "
                                                              "compared with the commits before it\nno regression\n$")
        self.add_night("8", 5)
        alarms = self.json_of("regressions", expect=6)
        self.assertIn("fmnist_r8_w2a2: dorefa", [alarm["subject"] for alarm in alarms])
        self.assertEqual({(alarm["metric"], alarm["since_commit"]) for alarm in alarms}, {("top1", "8" * 40)})

    def test_a_commit_is_named_by_its_first_digits(self):
        for digit, drop in (("6", 0), ("7", 5), ("8", 5)):
            self.add_night(digit, drop)
        self.assertEqual(self.json_of("regressions", "--commit", "7" * 12, expect=6),
                         self.json_of("regressions", "--commit", "7" * 40, expect=6))
        self.assertIn("at least 4 digits", self.dsqbench("regressions", "--commit", "777", expect=4).stderr)

    def test_a_first_night_is_no_regression_and_says_that_nothing_could_be_compared(self):
        self.add_night("6")
        said = self.dsqbench("regressions").stdout
        self.assertIn("none of 18 cases of commit 666666666666 could be compared", said)
        self.assertNotIn("no regression", said)
        self.assertEqual(self.json_of("regressions"), [])
        self.assertIn("none of 18 cases", self.dsqbench("regressions", "--json").stderr)

    def test_a_gate_with_a_typo_is_an_error(self):
        self.add_night("6")
        for arguments, said in ((("--commit", "f" * 12), "holds no publishable row of commit 'ffffffffffff'"),
                                (("--commit", "nosuch"), "the newest is 666666666666"),
                                (("--machine", "amd-epyc-2"), "did you mean 'amd-epyc-2c'?"),
                                (("--results", "/nonexistent"), "/nonexistent: there is no such folder of result rows")):
            self.assertIn(said, self.dsqbench("regressions", *arguments, expect=4).stderr)
        self.assertIn("0 is not at least 1", self.dsqbench("regressions", "--nights", "0", expect=2).stderr)
        (self.folder / "empty").mkdir()
        self.assertIn("empty: holds no result row", self.dsqbench("regressions", "--results", "empty", expect=4).stderr)

    def test_unpublishable_rows_alone_are_nothing_to_judge(self):
        self.add_night("6", publishable=False, unpublishable_reason="the sources had changes")
        self.assertIn("holds no publishable row", self.dsqbench("regressions", expect=4).stderr)

    def test_compare_says_how_much_slower_another_commit_is(self):
        for name, factor in (("a", 1.0), ("b", 1.5)):
            (self.folder / f"{name}.jsonl").write_text("".join(
                stored_line({**KERNEL_ROW, "layer": f"stage{stage}", "commit": name * 40,
                             "median_ns": 1e6 * stage * factor * (1 + stage / 100 * (name == "b"))}) for stage in (1, 2, 3)))
        report = self.json_of("compare", "a.jsonl", "b.jsonl")
        (change,) = report["latencies"]
        self.assertEqual((change["network"], change["cases"], change["verdict"]), ("resnet18", 3, "slower"))
        self.assertAlmostEqual(change["ratio"], 1.5 * (1.01 * 1.02 * 1.03) ** (1 / 3))
        self.assertIn("slower", self.dsqbench("compare", "a.jsonl", "b.jsonl").stdout)

    def nightly(self, *arguments, program=PROGRAM):
        return subprocess.run(
            [sys.executable, str(NIGHTLY), "--program", str(program), "--state", str(self.folder / "state"), "--site",
             str(self.folder / "site"), "--results", str(self.folder / "results"), "--dirty", *arguments],
            capture_output=True, text=True, env=self.environment(), timeout=250)

    def test_the_nightly_script_does_nothing_the_second_time(self):
        shutil.copytree(RESULTS, self.folder / "results")
        for _ in range(2):
            done = self.nightly("--budget", "0s")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("0 measured", done.stderr)
            self.assertIn("no publishable row of this commit and machine: nothing to judge", done.stderr)
        for name in ("index.html", "github-action-benchmark.json", "bencher.json"):
            self.assertTrue((self.folder / "site" / name).exists(), name)
        self.assertEqual(self.nightly("--budget", "soon").returncode, 2)

    def test_the_budget_is_the_commits_however_often_it_is_called(self):
        (self.folder / "results").mkdir()
        self.assertRegex(self.nightly("--budget", "0.5s").stderr, "kernels of resnet18 stage1 …\n")
        again = self.nightly("--budget", "0.5s").stderr
        self.assertNotIn("…", again)
        self.assertIn("left: kernels of resnet18 stage1", again)

    def test_a_first_night_that_measures_nothing_says_so(self):
        done = self.nightly("--measure-nothing")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("results holds no row yet: no pages, nothing to compare", done.stderr)
        self.assertFalse((self.folder / "site").exists())

    def test_a_program_of_no_commit_measures_nothing(self):
        program = self.folder / "dsqbench"
        program.write_text(f'''#!/bin/sh
if [ "$1" = doctor ]; then echo '{{"machine": "m", "commit": "{"0" * 40}-dirty"}}'; else exec "{PROGRAM}" "$@"; fi
''')
        program.chmod(0o755)
        done = subprocess.run([sys.executable, str(NIGHTLY), "--program", str(program), "--state", str(self.folder / "state"),
                               "--site", str(self.folder / "site"), "--results", str(self.folder / "results")],
                              capture_output=True, text=True, env=self.environment(), timeout=250)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("--dirty", done.stderr)

    def program_that_takes(self, folder, nanoseconds):
        """One whose `bench` says that the kernel took so long, and notes that it was called."""
        program = self.folder / folder / "dsqbench"
        program.parent.mkdir(parents=True, exist_ok=True)
        line = self.folder / folder / "row.jsonl"
        line.write_text(stored_line({**KERNEL_ROW, "median_ns": nanoseconds}))
        program.write_text(f'''#!/bin/sh
[ "$1" = bench ] || exec "{PROGRAM}" "$@"
while [ "$1" != --results ]; do shift; done
mkdir -p "$2/test-board" && cp "{line}" "$2/test-board/2026-11.jsonl" && echo >> "{self.folder}/calls"
''')
        program.chmod(0o755)
        return program

    def nights_before(self, tonight):
        """Four nights, the last of tonight's commit and a kernel that is 50 % slower."""
        facts = self.json_of("doctor")
        commits = ["1" * 40, "2" * 40, "3" * 40, facts["commit"]]
        store = self.folder / "results" / facts["machine"] / "2026-11.jsonl"
        store.parent.mkdir(parents=True)
        store.write_text("".join(
            stored_line({**KERNEL_ROW, "machine": facts["machine"], "commit": commit, "time": f"2026-11-0{night + 1}T03:00:00Z",
                         "median_ns": 1.5e6 if night == 3 else 1e6 + 1e3 * night})
            for night, commit in enumerate(commits)))
        self.program_that_takes(f"state/{commits[2]}", 1e6)
        return self.program_that_takes("tonight", tonight)

    def calls(self):
        return len((self.folder / "calls").read_text())

    def test_a_slower_kernel_alarms_when_it_is_slower_again_and_is_run_again_once(self):
        program = self.nights_before(1.5e6)
        for _ in range(2):
            done = self.nightly("--measure-nothing", program=program)
            self.assertEqual(done.returncode, 6, done.stderr)
            self.assertRegex(done.stdout, "regression: median_ns of resnet18 stage1 avx2/dictionary W2A2.*1.5e\\+06 now")
            self.assertEqual(self.calls(), 10)

    def test_a_slower_kernel_that_is_not_slower_again_alarms_nobody(self):
        program = self.nights_before(1e6)
        for _ in range(2):
            done = self.nightly("--measure-nothing", program=program)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("+0.0 % when run again, alternately: no alarm", done.stderr)
            self.assertEqual(self.calls(), 10)

    def test_running_again_is_within_the_budget(self):
        program = self.nights_before(1.5e6)
        done = self.nightly("--measure-nothing", "--budget", "0s", program=program)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("left to run again for a larger budget", done.stderr)
        self.assertFalse((self.folder / "calls").exists())

    def test_its_rank_test_is_exact(self):
        loader = importlib.machinery.SourceFileLoader("nightly", str(NIGHTLY))
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader("nightly", loader))
        sys.dont_write_bytecode = True
        loader.exec_module(module)
        self.assertAlmostEqual(module.mann_whitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]), 1 / 252)
        self.assertAlmostEqual(module.mann_whitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 1)
        self.assertAlmostEqual(module.mann_whitney([2], [1]), 0.5)


unittest.main()
