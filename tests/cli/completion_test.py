"""What `dsqbench completion` prints is loaded by the real shells and by man."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import PROGRAM, RECIPES, CommandTest

# What to type before the tab, and a reply that must be among the answers.
CASES = [("sh", "show"), ("doctor --j", "--json"), ("show re", "recipe"), ("completion z", "zsh"),
         ("show recipe fm", "fmnist_r8_w2a2")]

FOLDER = "doctor --runs-dir "

# Each script completes every line that it is given in one shell, and ends each reply with this line.
END = "(end of reply)"

BASH = f"""
source <(dsqbench completion bash)
for line in "$@"; do
    mapfile -t -d ' ' COMP_WORDS < <(printf 'dsqbench %s ' "$line")
    COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    _dsqbench
    printf '%s\\n' "${{COMPREPLY[@]}}" '{END}'
done
"""

# Outside the line editor zsh has no completion system: its two functions are replaced by ones that print.
ZSH = f"""
compdef() {{ :; }}
_describe() {{ print -rl -- ${{(P)3%%:*}} }}
_files() {{ print FILES }}
source <(dsqbench completion zsh)
for line in "$@"; do
    words=(dsqbench "${{(@s: :)line}}") CURRENT=$#words
    _dsqbench
    print '{END}'
done
"""

FISH = f"""
dsqbench completion fish | source
for line in $argv
    complete -C "dsqbench $line"
    echo '{END}'
end
"""

IN_BASH = ["bash", "--norc", "-c", BASH, "bash"]
IN_ZSH = ["zsh", "-f", "-c", ZSH, "zsh"]
IN_FISH = ["fish", "--no-config", "-c", FISH]


class CompletionTest(CommandTest):
    def replies(self, shell, typed):
        """What each typed line completes to, a list of words each."""
        environment = self.environment(PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", DSQBENCH_RECIPES_DIR=str(RECIPES))
        done = subprocess.run([*shell, *typed], env=environment, cwd=self.folder, capture_output=True, text=True,
                              timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        replies = done.stdout.split(END + "\n")
        self.assertEqual(len(replies), len(typed) + 1)
        return [[line.split("\t")[0] for line in reply.splitlines()] for reply in replies[:-1]]

    def commands(self):
        text = self.dsqbench("--help").stdout
        return re.findall(r"^  (\w+)  ", text[text.index("Subcommands:"):], re.MULTILINE)

    def check(self, *shell):
        cases = CASES + [(command[:2], command) for command in self.commands()]
        for (typed, reply), replies in zip(cases, self.replies(shell, [typed for typed, _ in cases])):
            with self.subTest(typed):
                self.assertIn(reply, replies)

    def test_bash_completes_commands_options_choices_and_recipes(self):
        self.check(*IN_BASH)

    def test_bash_offers_only_what_begins_so_and_leaves_folders_to_the_shell(self):
        self.assertEqual(self.replies(IN_BASH, ["show recipe cifar10_vgg", FOLDER]), [["cifar10_vggsmall_w1a1"], []])

    def test_zsh_completes_commands_options_choices_and_recipes(self):
        self.check(*IN_ZSH)
        self.assertEqual(self.replies(IN_ZSH, [FOLDER]), [["FILES"]])

    def test_fish_completes_commands_options_choices_and_recipes(self):
        self.check(*IN_FISH)

    def test_man_page_describes_every_command(self):
        page = self.dsqbench("completion", "man").stdout
        for command in self.commands():
            self.assertIn(f"\n.SS dsqbench {command}\n", page)

    def test_man_page_is_clean_roff(self):
        page = self.dsqbench("completion", "man").stdout
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8"], input=page, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("stopped at a checkpoint", done.stdout)

    def test_unknown_shell_is_a_usage_error(self):
        self.dsqbench("completion", "tcsh", expect=2)


unittest.main()
