"""Runs the real binary in a fresh folder; shared by the end-to-end tests."""

import hashlib
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = Path(os.environ["DSQBENCH_PROGRAM"]).resolve()
SOURCE = Path(__file__).resolve().parents[2]
RECIPES = SOURCE / "recipes"


KERNEL_ROW = {
    "schema_version": 1, "kind": "kernel", "time": "2026-11-23T03:00:00Z", "machine": "test-board", "commit": "0" * 40,
    "version": "0.1.0", "compiler": "GNU 12.2.0", "network": "resnet18", "layer": "stage1",
    "shape": "n1h56w56c64k64r3s3t1p1g1", "method": "measured", "variant": "avx2/dictionary", "instruction_set": "avx2",
    "weight_bits": 2, "activation_bits": 2, "threads": 1, "cache": "warm", "nominal_macs": 115605504,
    "real_macs": 112885760, "median_ns": 450000.0, "spread": 1.5, "check": "passed", "publishable": True,
    "command": "dsqbench bench --shapes resnet18 --layer stage1 --bits 2/2 --kernel avx2/dictionary"}


def stored_line(row):
    """The row as the store holds it, with the id that fits: for rows that a test makes up."""
    def text(fields):
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))
    row = {name: value for name, value in row.items() if name != "row_id"}
    return text({**row, "row_id": hashlib.sha256(text(row).encode()).hexdigest()}) + "\n"


def without_matplotlib(folder):
    """The environment of a Python that lacks it, whatever is installed."""
    (folder / "matplotlib.py").write_text('raise ImportError("hidden by a test")\n')
    return {"PYTHONPATH": str(folder)}


def write_claim(path, commands):
    """One that holds whatever its commands do."""
    path.write_text(f'''claim = "c"
made_by = "m"
where = "w"
measure = "x"
commands = {json.dumps(commands)}
[rule]
kind = "fact"
facts = ["mla_per_widening_w2a2"]
published = ["dsq_table1/w2a2"]
''')


class CommandTest(unittest.TestCase):
    """Every test has its own folder with runs/ and results/; nothing is written elsewhere."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dsqbench-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def command(self, *arguments):
        return [str(PROGRAM), *map(str, arguments)]

    def environment(self, **extra):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DSQBENCH_")}
        return {**clean, "DSQBENCH_RECIPES_DIR": str(RECIPES), **extra}

    def dsqbench(self, *arguments, expect=0, timeout=300, stdin=None, **environment):
        """Runs to the end; fails the test on another exit code than `expect`."""
        done = subprocess.run(self.command(*arguments), cwd=self.folder, env=self.environment(**environment),
                              input=stdin, capture_output=True, text=True, timeout=timeout)
        self.assertEqual(done.returncode, expect, f"{arguments}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def json_of(self, *arguments, **options):
        return json.loads(self.dsqbench(*arguments, "--json", **options).stdout)

    def start(self, *arguments):
        """Starts in a process group of its own; whatever becomes of the test, nothing of it stays behind."""
        process = subprocess.Popen(self.command(*arguments), cwd=self.folder, env=self.environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(self.kill_group, process)
        return process

    def kill_group(self, process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended by itself
        process.wait()

    def wait_for_checkpoint(self, process, runs="runs"):
        for _ in range(2400):
            if any(self.folder.glob(f"{runs}/*/dsq-*/checkpoint.safetensors")):
                return
            self.assertIsNone(process.poll(), "ended before its first checkpoint")
            time.sleep(0.05)
        self.fail("no checkpoint within 120 s")

    def rows(self):
        return [json.loads(line) for path in sorted(self.folder.glob("results/*/*.jsonl"))
                for line in path.read_text().splitlines()]
