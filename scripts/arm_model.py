"""Inner loops of the ARM kernels in llvm-mca's models of five cores: an interval, and no latency of a layer.

The bound is what the busiest resource of a core allows, which is optimistic. The simulation keeps the loop's order and
latencies; its in-order models (Cortex-A53, A55) write results back in order too, which is pessimistic. Caches are in
neither. LLVM has no model of its own for the Cortex-A72: its tables there are the Cortex-A57's.
"""

import re
import subprocess

# What each core can execute: llvm-mca prints a number for the others too.
CORES = {"cortex-a53": set(), "cortex-a55": {"dot"}, "cortex-a72": set(), "neoverse-n1": {"dot"},
         "neoverse-n2": {"dot", "i8mm"}}
# Kernel, bits: source, function, what the core needs, the instruction that multiplies and its products of codes, and
# the instructions that are the scheme itself; the others load, count and jump.
LOOPS = {
    ("neon/multiply_accumulate", 2): ("multiply_accumulate", r"run_half<4>", None, r"mla\b", 16, r"mla\b"),
    ("neon/outer_product", 2): ("outer_product", r"run_tile<4>", None, r"mla\b", 16, r"mla\b"),
    ("neon/dictionary", 2): ("dictionary", r"DictionaryCodes<2, 2, -2>.*run_tile<4>", None, r"tbl\b", 32,
                             r"tbl\b|add\s+v"),
    ("neon/dictionary", 1): ("dictionary", r"DictionaryCodes<1, 1, 0>.*run_tile<4>", None, r"tbl\b", 64,
                             r"tbl\b|add\s+v"),
    ("neon/multiply_long", 8): ("multiply_long", r"<4", None, r"smull2?\b|smlal2?\b", 8,
                                r"smull2?\b|smlal2?\b|sadalp\b|saddlp\b"),
    ("neon/dot_product", 8): ("dot_product", r"run_half<4>", "dot", r"sdot\b", 16, r"sdot\b"),
    ("neon/matrix_multiply", 8): ("matrix_multiply", r"tile\(", "i8mm", r"smmla\b", 32, r"smmla\b"),
}
ITERATIONS = 300
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(.*)$")
JUMP = re.compile(r"^(?:b\.\w+|cbn?z\s+\w+,|tbn?z\s+\w+,\s*#\d+,)\s*([0-9a-f]+)\b")


def call(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[:2000]}")
    return done.stdout


def functions(text):
    name, lines = None, []
    for line in text.splitlines():
        if line.endswith(">:"):
            if name:
                yield name, lines
            name, lines = line.split("<", 1)[1][:-2], []
        elif match := LINE.match(line):
            lines.append((int(match[1], 16), match[2].split("//")[0].strip()))
    if name:
        yield name, lines


def inner_loop(text, function, work):
    """The instructions of the innermost loop of `function` with the most of the scheme's; registers only, no labels."""
    best = []
    for name, lines in functions(text):
        if not re.search(function, name):
            continue
        jumps = [(int(jump[1], 16), address) for address, line in lines
                 if (jump := JUMP.match(line)) and int(jump[1], 16) <= address]
        for first, last in jumps:
            if any(first <= a and b <= last and (a, b) != (first, last) for a, b in jumps):
                continue
            loop = [line for address, line in lines if first <= address <= last]
            if sum(bool(re.match(work, line)) for line in loop) > sum(bool(re.match(work, line)) for line in best):
                best = loop
    return [re.sub(r"\s*<.*>", "", JUMP.sub(lambda m: m[0].replace(m[1], ".Lturn"), line)) for line in best]


def simulate(instructions, core):
    """(cycles of a turn by the busiest resource, cycles of a turn simulated)"""
    text = ".Lturn:\n" + "\n".join(instructions) + "\n"
    report = call("llvm-mca-19", "-mtriple=aarch64-linux-gnu", f"-mcpu={core}",
                  f"-iterations={ITERATIONS}", "-instruction-info=false", "-resource-pressure=false", "-", input=text)
    total = int(re.search(r"Total Cycles:\s+(\d+)", report)[1])
    return float(re.search(r"Block RThroughput:\s+([\d.]+)", report)[1]), total / ITERATIONS


def rows(objects):
    """`objects`: object files by the names of their sources."""
    for (kernel, bits), (source, function, needs, multiply, products_each, work) in LOOPS.items():
        text = call("aarch64-linux-gnu-objdump", "-d", "-C", "--no-show-raw-insn", objects[source])
        loop = inner_loop(text, function, work)
        own = [line for line in loop if re.match(work, line)]
        products = products_each * sum(bool(re.match(multiply, line)) for line in loop)
        if not own:
            raise RuntimeError(f"{kernel}: no inner loop of {function} in {objects[source]}")
        for core, has in CORES.items():
            if needs and needs not in has:
                continue
            bound, simulated = simulate(loop, core)
            limit, _ = simulate(own, core)
            yield {"method": "modelled", "processor": core, "variant": kernel, "bits": bits, "layer": "inner loop",
                   "nominal_macs": products, "instructions": len(loop), "modelled_bound": products / bound,
                   "modelled_simulation": products / simulated, "modelled_limit": products / limit}


def self_test():
    """The loop with the most of the scheme's instructions is found, and nothing of what surrounds it."""
    text = ("0000 <run_tile<4>(Task)>:\n 0:\tmov\tx1, #0x0\n 4:\tldr\tq0, [x0, x1]\n 8:\tmla\tv1.16b, v0.16b, v2.16b\n"
            " c:\tadd\tx1, x1, #0x10\n 10:\tcmp\tx1, x2\n 14:\tb.ne\t4 <run_tile<4>(Task)+0x4>  // b.any\n"
            " 18:\tsadalp\tv3.8h, v1.16b\n 1c:\tcbnz\tx3, 0 <run_tile<4>(Task)>\n 20:\tret\n")
    assert inner_loop(text, r"run_tile<4>", r"mla\b") == [
        "ldr\tq0, [x0, x1]", "mla\tv1.16b, v0.16b, v2.16b", "add\tx1, x1, #0x10", "cmp\tx1, x2", "b.ne\t.Lturn"]
    assert inner_loop(text, r"run_tile<5>", r"mla\b") == []
    assert inner_loop(text, r"run_tile<4>", r"sdot\b") == []
