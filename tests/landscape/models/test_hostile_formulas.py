"""Nothing that is typed is ever run, nothing hangs, and every refusal points at a column of what was typed."""

import ast
import gc
import random
import re
import sys
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.models.formula import TypedFormula
from landscape.models.grammar import in_order
from landscape.models.tokens import Fault, tokens
from landscape.models.walker import walk
from tests.landscape.models.hostile import CANARY, SYNTAX, hostile
from tests.landscape.models.typed import formulas

COUNT = 500
SECONDS = 0.1
TEXTS = hostile(COUNT)
ARITHMETIC = re.compile(r"[0-9a-z.+*/(), -]*")


class Watch:
    """What Python itself reports of this thread while something is watched: files, processes, code that is run."""

    def __init__(self):
        self.thread, self.events = None, []
        sys.addaudithook(self.hear)  # for good: Python has no way to take one away

    def hear(self, event, arguments):
        if self.thread == threading.get_ident():
            self.events.append((event, arguments))

    def __enter__(self):
        self.events, self.thread = [], threading.get_ident()
        return self

    def __exit__(self, *_):
        self.thread = None

    @property
    def suspect(self):
        """All but the parsing of canonical arithmetic, and the watch's own end."""
        return [event for event in self.events if not (event[0] == "compile" and is_arithmetic(event[1][0]))]


def is_arithmetic(source):
    source = source if isinstance(source, str) else (source or b"").decode()
    return ARITHMETIC.fullmatch(source) is not None


@pytest.fixture(scope="module")
def watch():
    return Watch()


def refusal(text):
    """The column and the sentence, or None where it is a formula after all."""
    try:
        TypedFormula(text=text)
    except ValidationError as error:
        (line,) = error.errors(include_url=False)
        found = re.fullmatch(r"Formula: column (\d+): .*\.", line["msg"])
        assert found, line["msg"]
        return int(found[1]), line["msg"]
    return None


def test_the_watch_sees_what_is_run(watch):
    with watch:
        eval("1 + 1")
        Path(__file__).open().close()
    assert {"compile", "exec", "open"} <= {event for event, _ in watch.events}
    assert {"exec", "open"} <= {event for event, _ in watch.suspect}


@pytest.fixture
def no_collection():
    """Of a whole test run's garbage, which takes a tenth of a second and is nobody's here."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_five_hundred_hostile_texts(watch):
    """0 are run, 0 hang, and each that is refused is so at a column of it."""
    Path(CANARY).unlink(missing_ok=True)
    slowest, taken = 0.0, []
    for text in TEXTS:
        with watch, warnings.catch_warnings():
            warnings.simplefilter("error")
            begun = time.thread_time()
            refused = refusal(text)
            slowest = max(slowest, time.thread_time() - begun)
        assert watch.suspect == [], text
        if refused is None:
            taken.append(text)
            continue
        column, sentence = refused
        assert 1 <= column <= len(text) + 1, (text, sentence)
        assert sentence.isprintable(), (text, sentence)
        assert len(sentence) < 300, sentence
    assert slowest <= SECONDS
    assert not Path(CANARY).exists()
    assert len(TEXTS) == COUNT
    assert 5 <= len(taken) <= COUNT // 5, "some are arithmetic after all"


@pytest.mark.usefixtures("no_collection")
def test_what_is_arithmetic_after_all_is_evaluated_in_no_time():
    theta = np.random.RandomState(0).uniform(-3, 3, (3600, 2))  # as many points as a surface has
    for text in [text for text in TEXTS if refusal(text) is None] + ["9**9**9*x", "9**9**9**9 - x", "x^-9^9^9"]:
        model = TypedFormula(text=text)
        points = theta[:, : len(model.blocks())]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            begun = time.thread_time()
            value = model.value(points)
            assert time.thread_time() - begun <= SECONDS, text
            gradient = model.value_and_gradient(points)[1]
        assert (value.shape, gradient.shape) == ((3600,), points.shape)


@pytest.mark.parametrize("text", [text for text in TEXTS if text.isprintable() and refusal(text)][:40])
def test_a_link_says_so_too(text):
    opened, notices = ls.read_query(urlencode({"model.kind": "formula", "model.text": text})[:7000])
    assert opened.model == TypedFormula()
    assert ": Formula: column " in notices[0]


@pytest.mark.parametrize("name", ["__import__", "eval", "os", "__builtins__", "np", "real", "self", "lambda", "None"])
def test_no_name_of_python_is_known(name):
    column, sentence = refusal(f"x + {name}")
    assert (column, f"`{name}` is not known. Known are x, y, pi, e, sin, " in sentence) == (5, True)


@pytest.mark.parametrize("spelt", ["ｓｉｎ(x)", "𝑥 + 1", "ﬁ", "ℯ^x", "x\u0301 + 1", "K*x"])
def test_letters_that_python_takes_for_others_are_not_taken(spelt):
    assert refusal(spelt) is not None


# --- the walker by itself: what it would do if something came past the tokens -------------------------------


def trees():
    """The syntax trees of all that parses as a value; of a comment nothing is left there."""
    for text in SYNTAX:
        source = text.replace("{}", "z").replace("{{", "{").replace("}}", "}")
        with warnings.catch_warnings(), suppress(SyntaxError):
            warnings.simplefilter("ignore")
            if "#" not in source:
                yield pytest.param(ast.parse(source, mode="eval").body, id=source)


@pytest.mark.parametrize("tree", list(trees()))
def test_the_walker_refuses_all_syntax_but_arithmetic(tree):
    with pytest.raises(Fault):
        walk(tree)


@pytest.mark.parametrize(
    "text",
    ["sin(x)(y)", "x(y)", "sin(x=1.0)", "max(*x)", "max(x)", "sin()", "sin(x, y)", "1", "1j", "'x'", "...", "True",
     "None", "z", "sin", "x // y", "x % y", "~x", "not x", "x.real", "max(x, y, key=x)", "hypot(x)"],
)  # fmt: skip
def test_the_walker_takes_what_is_listed_alone(text):
    with pytest.raises(Fault):
        walk(ast.parse(text, mode="eval").body)


# --- the grammar beside Python's ---------------------------------------------------------------------------

SPELT = re.compile(r"\*\*|[a-z]+[0-9]*|[0-9.]+|\S")
OTHERS = ["x", "y", "2.0", "pi", "sin", "max", "atan2", "(", ")", ",", "+", "-", "*", "/", "**"]


def mutants(count):
    """Formulas with a token too few, too many, or in another's place; each with a variable at its end."""
    draw = random.Random(0)
    for text in formulas(count, seed=2):
        spelt = SPELT.findall(re.sub(r"\b(\d+)\b(?!\.)", r"\1.0", re.sub(r"\d+\.\d+", "0.5", text)))
        for _ in range(draw.randint(0, 2)):
            place = draw.randrange(len(spelt))
            spelt[place : place + draw.choice([0, 1, 1])] = draw.choice([[], [draw.choice(OTHERS)]])
            spelt = spelt or ["x"]
        yield " ".join(spelt)


def is_arithmetic_to_python(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            walk(ast.parse(text, mode="eval").body)
    except (SyntaxError, Fault):
        return False
    return not re.search(r", *\)", text)  # a comma behind the last argument: Python's, not ours


def test_what_the_grammar_takes_is_what_python_takes():
    verdicts = []
    for text in mutants(3000):
        try:
            in_order(tokens(text), len(text) + 1)
            ours = True
        except Fault:
            ours = False
        assert ours == is_arithmetic_to_python(text), text
        verdicts.append(ours)
    assert 0.2 < np.mean(verdicts) < 0.8
