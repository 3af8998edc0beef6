"""What `dsqbench completion` prints is loaded by the real shells and by man."""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import PROGRAM, RECIPES, CommandTest

# What to type before the tab, and a reply that must be among the answers.
CASES = [("sh", "show"), ("doctor --j", "--json"), ("show re", "recipe"), ("completion z", "zsh"),
         ("show recipe fm", "fmnist_r8_w2a2")]

BASH = """
source <(dsqbench completion bash)
COMP_WORDS=(dsqbench "$@") COMP_CWORD=$#
_dsqbench
printf '%s\\n' "${COMPREPLY[@]}"
"""

# Outside the line editor zsh has no completion system: its two functions are replaced by ones that print.
ZSH = """
compdef() { :; }
_describe() { print -rl -- ${(P)3%%:*} }
_files() { print FILES }
source <(dsqbench completion zsh)
words=(dsqbench "$@") CURRENT=$(( $# + 1 ))
_dsqbench
"""


class CompletionTest(CommandTest):
    def run_in_shell(self, *command):
        environment = self.environment(PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", DSQBENCH_RECIPES_DIR=str(RECIPES))
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")

    def commands(self):
        text = self.dsqbench("--help").stdout
        return re.findall(r"^  (\w+)  ", text[text.index("Subcommands:"):], re.MULTILINE)

    def in_bash(self, typed):
        return self.run_in_shell("bash", "--norc", "-c", BASH, "bash", *typed.split(" "))

    def in_zsh(self, typed):
        return self.run_in_shell("zsh", "-f", "-c", ZSH, "zsh", *typed.split(" "))

    def in_fish(self, typed):
        script = f"dsqbench completion fish | source; complete -C 'dsqbench {typed}'"
        return [line.split("\t")[0] for line in self.run_in_shell("fish", "--no-config", "-c", script)]

    def check(self, complete):
        for typed, reply in CASES:
            with self.subTest(typed):
                self.assertIn(reply, complete(typed))
        for command in self.commands():
            with self.subTest(command):
                self.assertIn(command, complete(command[:2]))

    def test_bash_completes_commands_options_choices_and_recipes(self):
        self.check(self.in_bash)
        self.assertEqual(self.in_bash("show recipe cifar10_r20_w2"), ["cifar10_r20_w2a2", ""])

    def test_bash_leaves_folders_to_the_shell(self):
        self.assertEqual(self.in_bash("doctor --runs-dir "), ["", ""])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_completes_commands_options_choices_and_recipes(self):
        self.check(self.in_zsh)
        self.assertIn("FILES", self.in_zsh("doctor --runs-dir "))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_completes_commands_options_choices_and_recipes(self):
        self.check(self.in_fish)

    def test_man_page_describes_every_command(self):
        page = self.dsqbench("completion", "man").stdout
        for command in self.commands():
            self.assertIn(f"\n.SS dsqbench {command}\n", page)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_man_page_is_clean_roff(self):
        page = self.dsqbench("completion", "man").stdout
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8"], input=page, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("stopped at a checkpoint", done.stdout)

    def test_unknown_shell_is_a_usage_error(self):
        self.dsqbench("completion", "tcsh", expect=2)


unittest.main()
