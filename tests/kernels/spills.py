"""Fails when an inner loop of a kernel's tile function keeps a register on the stack.

    spills.py LIBRARY   disassembles it with objdump
    spills.py --self-test

GCC 12 spills accumulators in tiles of intrinsics, which halves a kernel without a word. An inner loop is the code from
the target of a backward jump to that jump, with no other such loop inside; only loops that multiply or look up count.
"""
import re
import subprocess
import sys

TILE = re.compile(r"run_(short_)?tile<")
# The widening between two runs is no inner loop; it adds to sums in memory on purpose.
WIDENING = re.compile(r"\bvpunpck[lh]bw\b")
WORK = re.compile(r"\bvp(maddubsw|maddwd|shufb|dpbusd|popcntd)\b")
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(.*)$")
JUMP = re.compile(r"^j(?!mp)\w+\s+([0-9a-f]+)\b")  # GCC puts cold code behind a function and jumps back from it


def functions(text):
    """(name, [(address, instruction)]) of every function of a disassembly."""
    name, lines = None, []
    for line in text.splitlines():
        if line.endswith(">:"):
            if name:
                yield name, lines
            name, lines = line.split("<", 1)[1][:-2], []
        elif match := LINE.match(line):
            lines.append((int(match[1], 16), match[2]))
    if name:
        yield name, lines


def inner_loops(lines):
    loops = []
    for address, instruction in lines:
        jump = JUMP.match(instruction)
        if jump and int(jump[1], 16) <= address:
            loops.append((int(jump[1], 16), address))
    for first, last in loops:
        if not any(first <= a and b <= last and (a, b) != (first, last) for a, b in loops):
            yield [text for address, text in lines if first <= address <= last]


def check(text):
    """Number of inner loops that work, and a message for every one with stack traffic."""
    count, messages = 0, []
    for name, lines in functions(text):
        if not TILE.search(name):
            continue
        frame = any(re.match(r"mov\s+%rsp,%rbp", text) for _, text in lines)
        stack = re.compile(r"\(%rsp|\(%rbp" if frame else r"\(%rsp")
        for loop in inner_loops(lines):
            if not any(WORK.search(text) for text in loop) or any(WIDENING.search(text) for text in loop):
                continue
            count += 1
            spills = [text for text in loop if stack.search(text)]
            if spills:
                messages.append(f"{name}: {len(spills)} of {len(loop)} instructions, such as '{spills[0]}'")
    return count, messages


def self_test():
    def loop(operand):
        return (f"0000 <void run_tile<6>(Task)>:\n 0:\tmov 0x8(%rsp),%rax\n 4:\tvpmaddubsw {operand},%ymm1,%ymm2\n"
                " 8:\tvpaddw %ymm2,%ymm3,%ymm3\n c:\tjne 4 <void run_tile<6>(Task)+0x4>\n 10:\tret\n")

    assert check(loop("(%rdi)")) == (1, [])
    count, messages = check(loop("0x20(%rsp)"))
    assert count == 1 and len(messages) == 1, messages
    assert check(loop("0x20(%rsp)").replace("run_tile", "other")) == (0, [])
    # Outer loops may use the stack.
    nested = loop("(%rdi)").replace(" 10:\tret", " 10:\tmov %rax,0x8(%rsp)\n 14:\tjne 0 <void run_tile<6>(Task)>")
    assert check(nested) == (1, [])
    print("self-test passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", sys.argv[1]], check=True, capture_output=True,
                          text=True).stdout
    count, messages = check(text)
    if count < 10:
        sys.exit(f"only {count} inner loops found: this test no longer sees what it is to check")
    print(f"{count} inner loops, {len(messages)} with stack traffic")
    if messages:
        sys.exit("\n".join(messages))


main()
