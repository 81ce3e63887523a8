"""A typed formula: its values, its exact gradient, the picture that opens with it, and its way through links."""

import warnings

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.models.derivatives import FUNCTIONS
from landscape.models.formula import TypedFormula
from landscape.models.walker import read
from tests.landscape.models.typed import BINARY, UNARY, by_python, formulas

SMOOTH = 200
"""Formulas whose gradients are compared."""


def scene(text, **fields):
    return ls.Scene.model_validate({"model": {"kind": "formula", "text": text}, **fields})


def at(text, *place):
    value, gradient = TypedFormula(text=text).value_and_gradient(np.array(place, dtype=float))
    return float(value), gradient.tolist()


# --- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "value", "gradient"),
    [
        ("x^2 + 10*y^2", (3, 1), 19, [6, 20]),
        ("(1 - x)^2 + 100*(y - x^2)^2", (-1.2, 1), 24.2, [-215.6, -88]),  # Rosenbrock's own start
        ("-x^2 * y", (3, 2), -18, [-12, -9]),
        ("2^3^x", (1,), 8, [8 * np.log(2) * 3 * np.log(3)]),  # from the right
        ("x / y / 2", (6, 3), 1, [1 / 6, -1 / 3]),  # from the left
        ("x - y - 1", (5, 3), 1, [1, -1]),
        ("+x - -y", (5, 3), 8, [1, 1]),
        ("2**-x", (3,), 0.125, [-0.125 * np.log(2)]),
        (".5*x+1e1*y+2.", (2, 3), 33, [0.5, 10]),
        ("hypot(x, y)", (3, 4), 5, [0.6, 0.8]),
        ("atan2(y, x)", (1, 1), np.pi / 4, [-0.5, 0.5]),
        ("max(x, y, 1) + min(x, y, 1)", (3, 2), 4, [1, 0]),
        ("sin(pi*x) + log(e^y)", (1, 7), 7, [-np.pi, 1]),
        ("y^2", (3,), 9, [6]),
    ],
)
def test_by_hand(text, place, value, gradient):
    got = at(text, *place)
    np.testing.assert_allclose(got[0], value, rtol=1e-14)
    np.testing.assert_allclose(got[1], gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("x² + 10·y²", "x^2 + 10*y^2"),
        ("3×x³ − π÷y", "3*x^3 - pi/y"),
        ("x⁻¹⁰ – y", "x^-10 - y"),
        ("-x²", "-(x^2)"),
        ("2^x²", "2^(x^2)"),
        ("x**2\t+\u00a0y\u2009", "x^2+y"),
    ],
)
def test_signs_as_they_are_printed_are_read(typed, plain):
    assert read(typed).tree == read(plain).tree


def test_values_are_those_of_python_for_generated_formulas():
    points = np.random.RandomState(0).uniform(-2, 2, (300, 2))
    for text in formulas(300, seed=1):
        want = by_python(text, *points.T)
        names = read(text).variables
        got = TypedFormula(text=text.replace("**", "^")).value(points[:, [("x", "y").index(name) for name in names]])
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12, err_msg=text)


# --- gradients --------------------------------------------------------------------------------------------


def differences(text, points, axis, h):
    """Along one axis, of fourth order, of what Python makes of the text."""
    step = h * np.eye(2)[axis]
    far, near, back, farther = (by_python(text, *(points + k * step).T) for k in (2, 1, -1, -2))
    return (8 * (near - back) - (far - farther)) / (12 * h)


def compare(text, points):
    """How many derivatives were compared. Where differences of two widths agree, there they are known, and the
    function is smooth; that says nothing of the gradient itself.
    """
    names = read(text).variables
    gradient = TypedFormula(text=text).value_and_gradient(points[:, [("x", "y").index(name) for name in names]])[1]
    compared = 0
    for place, name in enumerate(names):
        with np.errstate(all="ignore"):
            wide, narrow = (differences(text, points, ("x", "y").index(name), h) for h in (1e-3, 5e-4))
            sizes = np.abs(wide) + np.abs(narrow)
            is_known = np.isfinite(sizes) & (np.abs(wide - narrow) <= 1e-8 * sizes + 1e-12)
        got, want = gradient[is_known, place], narrow[is_known]
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-10, err_msg=f"{text}, along {name}")
        compared += int(is_known.sum())
    return compared


def test_gradients_are_central_differences_for_generated_formulas():
    points, compared = np.random.RandomState(0).uniform(-2, 2, (60, 2)), []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in formulas(2 * SMOOTH):
            compared.append(compare(text, points))
    assert sum(count > 0 for count in compared) >= SMOOTH, "formulas that were compared"
    assert sum(compared) > 60 * SMOOTH


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_the_derivative_of_each_function(name):
    """By itself and inside of others, at places where it is defined."""
    text = f"{name}(x * y)" if name in UNARY else f"{name}(x * y, y - x)"
    points = np.random.RandomState(0).uniform(0.1, 0.9, (50, 2)) * [1, -1 if name in ("abs", "relu") else 1]
    assert compare(text, points) >= 60


def test_every_function_is_compared_with_another_judge():
    assert set(FUNCTIONS) == {*UNARY, *BINARY, "sign", "floor"}


@pytest.mark.parametrize(
    ("text", "place", "gradient"),
    [
        ("abs(x)", (0,), [0]),
        ("relu(x)", (0,), [0]),
        ("hypot(x, y)", (0, 0), [0, 0]),
        ("max(x, y)", (1, 1), [0.5, 0.5]),
        ("min(x, y, 3)", (1, 1), [0.5, 0.5]),
        ("floor(x) + sign(y)", (1, 0), [0, 0]),
        ("x^0", (0,), [0]),
        ("x^1", (0,), [1]),
        ("x^2", (-3,), [-6]),
        ("0^x", (2,), [0]),
        ("sqrt(x) + y", (0, 1), [np.inf, 1]),
        ("y * x - y * x", (1, 1), [0, 0]),
    ],
)
def test_where_there_is_an_edge_the_slope_is_as_stated(text, place, gradient):
    np.testing.assert_array_equal(at(text, *place)[1], gradient)


@pytest.mark.parametrize("text", ["log(x)", "sqrt(x)", "asin(x - 5)", "x^0.5", "log10(x)"])
def test_where_there_is_no_value_there_is_no_gradient(text):
    value, gradient = at(text, -1.0)
    assert np.isnan(value)
    assert np.isnan(gradient).all()


def test_the_scenes_own_check_of_the_gradient_passes():
    for text in ("x**2 + 10*y**2", "sin(3*x)*exp(-y^2) + log(4 + x)", "cosh(x) - x^3"):
        assert ls.gradient_check(scene(text)).passed


# --- numbers at the edge ----------------------------------------------------------------------------------


@pytest.mark.parametrize("far", [1e200, -1e308, np.inf, np.nan])
@pytest.mark.parametrize("text", ["9**9**9**9 * x + y", "exp(x*y) / x", "x^y + tan(x)", "(x - y)^101", "0 / x / y"])
def test_far_away_there_is_no_warning(text, far):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, gradient = TypedFormula(text=text).value_and_gradient(np.full((3, 2), far))
    assert value.shape == (3,)
    assert gradient.shape == (3, 2)


def test_powers_of_constants_are_infinite_not_endless():
    assert at("9**9**9**9 + x", 1.0)[0] == np.inf
    assert at("x + 1e-300^9", 1.0)[0] == 1


@pytest.mark.parametrize("width", [np.float64, np.float32])
@pytest.mark.parametrize("text", ["x", "x*y", "1/x + 0*y"])
def test_reads_without_writing_and_keeps_the_width(text, width):
    model = TypedFormula(text=text)
    theta = np.array([[0.5, -1.5]], dtype=width)[:, : len(model.blocks())]
    theta.flags.writeable = False
    value, gradient = model.value_and_gradient(theta)
    assert (value.dtype, gradient.dtype) == (width, width)
    np.testing.assert_array_equal(value, model.value(theta))
    value[:] = gradient[:] = 7  # nobody else's


@pytest.mark.parametrize("text", ["x", "x*y", "max(x, y)", "2^x", "x + 0*y"])
def test_leading_axes_are_points_each_alone(text):
    model = TypedFormula(text=text)
    theta = np.random.RandomState(0).uniform(-2, 2, (3, 4, len(model.blocks())))
    value, gradient = model.value_and_gradient(theta)
    assert (value.shape, gradient.shape) == ((3, 4), theta.shape)
    for place in np.ndindex(3, 4):
        alone = model.value_and_gradient(theta[place])
        assert (value[place], gradient[place].tolist()) == (alone[0], alone[1].tolist())


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "column 1: nothing is written. Write x^2 + y^2, for instance."),
        ("   ", "column 1: nothing is written. Write x^2 + y^2, for instance."),
        ("x^2 + z", "column 7: `z` is not known. Known are x, y, pi, e, sin, cos, "),
        ("  z", "column 3: `z` is not known. Known are x, y, pi, e, sin, cos, "),
        ("x² · π + z", "column 10: `z` is not known. "),  # characters, not bytes
        ("2x", "column 2: write 2*x."),
        ("2 sin(x)", "column 3: write 2*sin."),
        ("2(x + 1)", "column 2: write 2*(...)."),
        ("(x)(y)", "column 4: write (...)*(...)."),
        ("x(y)", "column 2: write x*(...)."),
        ("x y", "column 3: write x*y."),
        ("πx", "column 2: write π*x."),
        ("xy + 1", "column 1: `xy` is not known: write x*y."),
        ("1 2*x", "column 3: an operator is missing before `2`."),
        ("sin x", "column 5: write sin(x)."),
        ("sin + x", "column 5: `(` is missing after `sin`."),
        ("x + sin", "column 8: `(` is missing after `sin`."),
        ("sin()", "column 1: `sin` takes one argument. Got none."),
        ("x + sin(x, y)", "column 5: `sin` takes one argument. Got two."),
        ("hypot(x)", "column 1: `hypot` takes two arguments. Got one."),
        ("max(x)", "column 1: `max` takes two arguments or more. Got one."),
        ("Sin(x)", "column 1: `Sin` is not known: write sin."),
        ("arctan(x)", "column 1: `arctan` is not known: write atan."),
        ("ｘ^2", "column 1: `ｘ` is not known. "),
        ("x +", "column 4: a number, x, y or a function is missing at the end."),
        ("x * / y", "column 5: a number, x, y or a function is missing before `/`."),
        ("x // y", "column 4: a number, x, y or a function is missing before `/`."),
        ("()", "column 2: a number, x, y or a function is missing before `)`."),
        ("max(x,,y)", "column 7: a number, x, y or a function is missing before `,`."),
        ("((x)", "column 1: `(` is never closed."),
        ("x)", "column 2: `)` closes nothing."),
        ("0,5*x", "column 2: a comma stands between the arguments of a function; decimals have a point."),
        ("x = 3", "column 3: `=` has no place here: write the right-hand side alone."),
        ("|x|", "column 1: `|` is not known here: write abs(x)."),
        ("√x", "column 1: `√` is not known here: write sqrt(x)."),
        ("x < 3", "column 3: `<` is not known here. Known signs are + - * / ^ ( ) and a comma."),
        ("x.real", "column 2: a point stands inside a number only."),
        ("x[0]", "column 2: `[` is not known here: write ( and )."),
        ("x\ny", "column 2: a formula is one line."),
        ("x\x00", "column 2: the character U+0000 is not known here. "),
        ("\ud800", "column 1: the character U+D800 is not known here. "),
        ("x²^3", "column 3: write ( and ) around what is raised to another power."),
        ("1e400 * x", "column 1: `1e400` is beyond the largest number, 1.8e308."),
        ("3 + pi", "column 1: neither x nor y occurs, so that there is nothing to walk on."),
        ("x" + " + x" * 66, "column 201: a formula has at most 200 characters. Got 265."),
        ("x" + "+x" * 51, "column 101: a formula has at most 100 numbers, names and operations."),
        ("(" * 41 + "x" + ")" * 41, "column 41: parentheses stand at most 40 deep inside each other."),
    ],
)
def test_a_refusal_points_at_its_column(text, message):
    with pytest.raises(ValidationError) as caught:
        TypedFormula(text=text)
    (line,) = caught.value.errors(include_url=False)
    assert line["msg"].startswith(f"Formula: {message}")
    assert (line["loc"], line["type"]) == (("text",), "phrased")


def test_the_longest_and_the_deepest_are_read():
    assert at("x" + "+x" * 49, 2.0) == (100, [50])
    assert at("(" * 40 + "x" + ")" * 40, 2.0) == (2, [1])
    assert at("  x" + " " * 197 + "+y  ", 2.0, 3.0) == (5, [1, 1])
    assert at("-" * 99 + "x", 2.0) == (-2, [-1])


@pytest.mark.parametrize("forged", [5, None, b"x", bytearray(b"x"), ["x"], {"x": 1}])
def test_what_is_no_text_is_refused(forged):
    with pytest.raises(ValidationError) as caught:
        TypedFormula(text=forged)
    assert caught.value.errors()[0]["msg"].startswith("Formula must be text. Got ")


# --- the picture that opens with it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["x**2+10*y**2", "(1-x)^2+100*(y-x^2)^2", "sin(x)*cos(y)", "(x^2 - 1)^2 + y^2 + 0.3*x", "abs(x) + abs(y)",
     "x*y", "x^3", "exp(x*y)", "1e-3*(x^2 + y^2)", "1e4*x^2 + y", "log(x)", "sqrt(1 - x^2 - y^2)", "tan(y)"],
)  # fmt: skip
def test_the_first_descent_moves_and_does_not_explode(text):
    opened = scene(text)
    (path,) = ls.descend(opened)
    assert path.status in (ls.Status.CONVERGED, ls.Status.MAX_STEPS)
    assert (np.diff(path.loss) <= 1e-12 * np.abs(path.loss[:-1])).all()
    places = np.stack([path.a, path.b], axis=-1)
    assert np.linalg.norm(places - places[0], axis=1).max() > 0.1
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() <= 1 + 1e-9
    assert np.abs(places).max() <= 3
    assert opened.model.initial().tolist() == opened.model.initial().tolist()


def test_without_a_slope_or_a_value_anywhere_there_is_still_a_scene():
    flat = scene("floor(x) + sign(y)")
    assert ls.descend(flat)[0].loss[-1] == 3
    nowhere = scene("sqrt(-1 - x^2)")
    assert ls.surface(nowhere).diverged.all()
    assert ls.descend(nowhere)[0].status is ls.Status.NON_FINITE


@pytest.mark.parametrize("name", ["x", "y"])
def test_one_variable_makes_a_line(name):
    made = scene(f"{name}^4 - 2*{name}^2")
    assert (made.plane.first, made.plane.second, made.plane.axes) == ((name,), None, 1)
    assert (made.grid.a, made.grid.b) == ((-3, 3), None)
    assert made.words == f"the function {name}^4 - 2*{name}^2 over {name}"
    surface = ls.surface(made)
    np.testing.assert_allclose(surface.loss, [surface.a**4 - 2 * surface.a**2], rtol=1e-13)


def test_two_variables_make_a_plane():
    made = scene("x - 2*y")
    assert (made.plane.first, made.plane.second) == (("x",), ("y",))
    assert (made.grid.a, made.grid.b) == ((-3, 3), (-3, 3))
    assert made.words == "the function x - 2*y over x and y"
    surface = ls.surface(made)
    np.testing.assert_allclose(surface.loss, surface.a - 2 * surface.b[:, None], atol=1e-14)


# --- links ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["x", "x**2+10*y**2", "max(x,y)*2", "x² · π − y", " y^2  ", *formulas(40)])
def test_links_lead_back(text):
    given = scene(text)
    link = given.to_query()
    assert ls.Scene.from_query(link) == given
    assert ls.Scene.from_query(link).to_query() == link
    assert given.model.text == text.strip()
    assert len(link) < 2000
    chosen = scene(text, runs=[{"optimizer": {"lr": 0.3}}], grid={"a": [-1, 2]})
    assert ls.Scene.from_query(chosen.to_query()) == chosen


def test_the_default_formula_is_not_written_and_another_one_is():
    assert scene(TypedFormula().text).to_query() == "model.kind=formula"
    assert scene("x**2+y").to_query() == "model.kind=formula&model.text=x%2A%2A2%2By"


def test_a_link_with_a_broken_formula_says_the_column():
    opened, notices = ls.read_query("model.kind=formula&model.text=x**2%2Bz&grid.a=-1,1")
    assert opened.model == TypedFormula()
    assert opened.grid.a == (-1, 1)
    assert notices[0].startswith("model.text=x**2+z in the link: Formula: column 6: `z` is not known. ")


def test_digests_hold_the_text():
    one, other = scene("x^2 + y"), scene("x^2 - y")
    assert one.surface_digest != other.surface_digest
    assert one.run_digest(0) != other.run_digest(0)


def test_another_formula_keeps_what_was_chosen_and_renews_what_was_not():
    before = scene("x^2 + y^2", grid={"a": [-1, 2]})
    after = ls.revise(before, {"model.text": "100*x^2 + y^2"})
    assert after.scene == scene("100*x^2 + y^2", grid={"a": [-1, 2]})
    assert after.scene.runs[0].optimizer.lr < before.runs[0].optimizer.lr
    assert after.notices == []
    chosen = scene("x^2 + y^2", runs=[{"optimizer": {"lr": 0.3}, "starts": [[1, 2]]}])
    assert ls.revise(chosen, {"model.text": "x^2 - y"}).scene.runs == chosen.runs


def test_another_number_of_variables_moves_the_plane_without_a_word():
    plane, line = scene("x^2 + y^2", runs=[{"starts": [[1, 2]]}]), scene("x^2")
    assert ls.revise(plane, {"model.text": "x^2"}) == ls.Revision(line, {}, [])
    assert ls.revise(line, {"model.text": "x^2 + y^2"}) == ls.Revision(scene("x^2 + y^2"), {}, [])
    assert ls.revise(line, {"model.text": "y^2"}) == ls.Revision(scene("y^2"), {}, [])


def test_a_broken_formula_changes_nothing():
    told = ls.revise(scene("x^2 + y^2"), {"model.text": "x^2 +"})
    assert told.scene is None
    assert told.errors == {"model.text": "Formula: column 6: a number, x, y or a function is missing at the end."}


def test_a_formula_is_read_once():
    model = TypedFormula(text="x^3 - y")
    assert model.expression is TypedFormula(text="x^3 - y ").expression
