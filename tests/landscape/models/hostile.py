"""Text that somebody might type to have something run, or to have the reader hang: drawn from a seed."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable

CANARY = f"{tempfile.gettempdir()}/the-canary-of-typed-formulas"
"""A file that appears where something of these texts was run."""

TOUCH = f"open('{CANARY}', 'w')"

CALLS = [
    TOUCH, f"__import__('os').system('touch {CANARY}')", f"__import__('pathlib').Path('{CANARY}').touch()",
    f"exec(\"{TOUCH}\")", f"eval(\"{TOUCH}\")", f"compile(\"{TOUCH}\", '', 'exec')", "breakpoint()", "input()",
    "globals()['__builtins__']", "getattr(x, '__class__')", "help()", "exit()", "print(x)", "type(x)", "vars()",
    f"os.system('touch {CANARY}')", f"subprocess.run(['touch', '{CANARY}'])", f"np.save('{CANARY}', x)",
]  # fmt: skip

DUNDERS = ["__class__", "__mro__", "__subclasses__", "__globals__", "__builtins__", "__init__", "__dict__",
           "__reduce__", "__getattribute__", "__code__", "f_back", "gi_frame", "tofile", "dump", "ctypes"]  # fmt: skip

SYNTAX = [
    "lambda: {}", "(lambda: {})()", "(lambda x=({}): x)", "[{} for x in (1,)]", "{{{} for x in (1,)}}",
    "({} for x in (1,))", "{{x: {} for x in (1,)}}", "f'{{{}}}'", "f\"{{x!r:{{{}}}}}\"", "(z := {})", "[z := {}]",
    "x if {} else y", "{} and x", "not {}", "x or {}", "x < {}", "x == {}", "x is {}", "x in [{}]", "[{}]", "{{{}}}",
    "({},)", "x[{}]", "x[{}:1]", "x[...]", "(..., {})[1]", "max(*[{}])", "max(x, key={})", "max(**{{'key': {}}})",
    "max(x, *({},))", "await {}", "(yield {})", "(yield from {})", "yield", "assert {}", "del x", "import os; {}",
    "from os import system; {}", "x; {}", "x\n{}", "x\r{}", "x # {}", "x\\\n{}", "\"\"\"{}\"\"\"", "'{}'", "b'{}'",
    "x + '{}'", "r'{}'", "`{}`", "$({})", "${{{}}}", "%s{}", "!{}", "@{}", "x @ {}", "x % {}", "x & {}", "x | {}",
    "~{}", "x << {}", "1j * {}", "0x10 + {}", "0b1 + {}", "1_000 + {}", "x: int = {}", "x = {}", "x += {}",
    "def f(): {}", "class A: {}", "try: {}", "with {}: x", "raise {}", "return {}", "print >> {}", "x -> {}",
    "match x:\n case _: {}", "sin({})", "sin(x)({})", "sin.{}", "(sin)({})", "sin", "x{}", "{}x", "x({})", "2({})",
]  # fmt: skip

WIDE = {ord(letter): ord(letter) - ord("a") + ord("ａ") for letter in "abcdefghijklmnopqrstuvwxyz"}
SLANTED = {ord(letter): 0x1D44E + ord(letter) - ord("a") for letter in "abcdefgijklmnopqrstuvwxyz"}
"""Letters that Python's parser takes for the plain ones."""

ODD = ["\x00", "\ufeff", "\u200b", "\u202e", "\u2028", "\u0085", "\x0c", "\x1b[31m", "\ud800", "\udfff", "٣", "３",
       "𝟛", "ⅷ", "½", "x̂", "µ", "ſ", "ℯ", "∞", "∑", "（x）", "x＋y", "x＊y", "‐x", "¹x", "x₁", "🙂", "<script>",
       "</div>", "&amp;", "'; DROP TABLE x; --", "{{7*7}}", "%00", "../../etc/passwd", "\\x41",
       "\\N{DIGIT ONE}"]  # fmt: skip


def _call(draw: random.Random) -> str:
    return draw.choice(CALLS)


def _syntax(draw: random.Random) -> str:
    return draw.choice(SYNTAX).replace("{}", _call(draw)).replace("{{", "{").replace("}}", "}")


def _attributes(draw: random.Random) -> str:
    chain = "".join(f".{draw.choice(DUNDERS)}{draw.choice(['', '()', '[0]'])}" for _ in range(draw.randint(1, 5)))
    return draw.choice(["x", "()", "sin", "(1.0)", "1.", "''", "[]", "pi", "x*y"]) + chain


def _powers(draw: random.Random) -> str:
    tower = draw.choice(["**", "^"]).join(draw.choices(["9", "99", "x", "1e300", "-9", "(9)"], k=draw.randint(3, 30)))
    return draw.choice([tower, f"{tower} * x", f"x + {tower}", f"y**-{tower}"])


def _literals(draw: random.Random) -> str:
    count = draw.choice([100, 199, 200, 201, 5_000, 100_000])
    return draw.choice(
        ["9" * count, "0." + "0" * count + "1*x", "1e" + "9" * count, "1" * count + "*x", "0x" + "f" * count]
    )


def _deep(draw: random.Random) -> str:
    count = draw.choice([39, 40, 41, 99, 150, 1_000, 100_000])
    return draw.choice(["(" * count + "x" + ")" * count, "(" * count, ")" * count, "-" * count + "x",
                        "sin(" * count + "x" + ")" * count, "[" * count, "x" + "**x" * count, "max(" * count,
                        "x," * count, "x" + "+x" * count, "not " * count + "x"])  # fmt: skip


def _odd(draw: random.Random) -> str:
    spelt = draw.choice(["sin(x)", "eval(x)", "x", "pi", "exec", "x*y", _call(draw)])
    return draw.choice([draw.choice(ODD), spelt.translate(WIDE), spelt.translate(SLANTED), spelt + draw.choice(ODD),
                        draw.choice(ODD) + spelt, f"x + {draw.choice(ODD)}", f"x{draw.choice(ODD)}y"])  # fmt: skip


def _noise(draw: random.Random) -> str:
    return "".join(draw.choices("xysinpe0123456789.+-*/^()[]{},;:'\"\\ _=<>!@#$%&|~`?\n\t²·πé", k=draw.randint(1, 60)))


KINDS: list[Callable[[random.Random], str]] = [_call, _syntax, _syntax, _attributes, _powers, _literals, _deep, _odd,
                                               _noise, _noise]  # fmt: skip


def hostile(count: int, seed: int = 0) -> list[str]:
    """So many different texts; one in five is hidden inside of a formula."""
    draw, found = random.Random(seed), dict[str, None]()
    while len(found) < count:
        text = draw.choice(KINDS)(draw)
        if draw.random() < 0.2:
            text = draw.choice(["x + {}", "sin({})", "x^2 * ({}) - y", "  {} + x"]).replace("{}", text)
        found[text] = None
    return list(found)
