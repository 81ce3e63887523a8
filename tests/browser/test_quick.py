"""The slider moves what is drawn, quickly, and exactly as Plotly would have drawn it; where plotly.js is built in
another way, Plotly draws. What Plotly makes of its data, without our help, is the judge.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import plotly
import pytest

FOUR = "?runs.0.starts=20,2.2;20,3.4;21.2,3.4;22,-4"
"""Four paths of 1,001 recorded steps each over 60 x 60 heights, in the default scene."""

CYCLE = "runs.0.schedule.kind=one_cycle&runs.0.schedule.warmup=50"
"""A schedule that turns twice."""

VIEWS = ("surface", "contour", "curve")

PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

BUDGET = 16.0
"""Milliseconds of the main thread for a step on all three views."""

TOOLS = """() => {
    const graph = (id) => document.querySelector(`#${id} .js-plotly-plot`);
    const ids = ['surface', 'contour', 'curve'];
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    // What is drawn of the paths: SVG as it stands, lines as one whatever number of elements Plotly makes of them;
    // lines and heads as the graphics card is told.
    const flat = (id) => [...graph(id).querySelectorAll('.scatterlayer .trace')].flatMap((trace) => {
        const lines = [...trace.querySelectorAll('.js-line')].filter((node) => node.getAttribute('d') !== 'M0,0');
        const others = [...trace.querySelectorAll('.point, .textpoint')];
        return [
            ...lines.slice(0, 1).map((line) => line.getAttribute('style')),
            lines.map((line) => line.getAttribute('d')).join(''),
            ...others.filter((node) => node.getAttribute('display') !== 'none').map((node) => node.outerHTML),
        ];
    });
    const solid = () => {
        const { traces } = graph('surface')._fullLayout.scene._scene;
        const { halos, lines, heads } = landscape.paint.tracks.find((track) => track.graph === 'surface');
        const objects = [...halos, ...lines, heads].map((i) => traces[graph('surface')._fullData[i].uid]);
        return objects.filter(Boolean).map(({ linePlot: line, dataPoints }) => (line
            ? [line.vertexCount, line.arcLength.at(-1), line.points.slice(0, line.arcLength.length)]
            : dataPoints));
    };
    // Plotly by itself, from its data.
    const redraw = async () => {
        const holds = ['flat', 'solid'].map((kind) => [kind, landscape[kind].hold]);
        for (const [kind] of holds) landscape[kind].hold = () => null;
        for (const id of ids) await Plotly.redraw(graph(id));
        const picture = [flat('contour'), flat('curve'), JSON.stringify(solid())];
        for (const [kind, hold] of holds) landscape[kind].hold = hold;
        for (const id of ids) graph(id).emit('plotly_afterplot');
        return picture;
    };
    const head = (id, i) => {
        const [x, y] = ['x', 'y'].map((letter) => graph(id).data.at(-1)[letter][i]);
        const { xaxis, yaxis } = graph(id)._fullLayout;
        const { left, top } = graph(id).getBoundingClientRect();
        const share = (value, [from, to]) => (value - from) / (to - from);
        const [point, number] = ['.point', '.textpoint'].map((part) =>
            graph(id).querySelectorAll(`.scatterlayer .trace:last-child ${part}`)[i].getBoundingClientRect());
        return {
            x, y,
            should: [left + xaxis._offset + xaxis._length * share(x, xaxis.range),
                     top + yaxis._offset + yaxis._length * (1 - share(y, yaxis.range))],
            is: [point.left + point.width / 2, point.top + point.height / 2],
            number: [number.left, number.top + number.height / 2],
        };
    };
    window.tools = {
        graph, frame, redraw, head, moves: 0, updates: 0,
        picture: () => [flat('contour'), flat('curve'), JSON.stringify(solid())],
        move: async (step) => {
            landscape.scrubber.state.at = step;
            landscape.quick.move(step);
            await frame();
        },
        settled: async () => { while (!landscape.graphs.idle()) await frame(); },
    };
    for (const name of ['update', 'restyle', 'react', 'relayout', 'redraw']) {
        const plotly = Plotly[name];
        Plotly[name] = (...args) => { tools.updates += 1; return plotly(...args); };
    }
}"""

STUB = """() => {
    for (const { prototype } of [WebGLRenderingContext, WebGL2RenderingContext])
        for (const name of ['drawArrays', 'drawElements', 'clear', 'readPixels']) prototype[name] = () => {};
}"""

GIVE = """(gaps) => {
    const { state, take } = landscape.scrubber;
    tools.whole = tools.whole || state.paths;
    const cut = (path, at) => {
        const copy = { ...path, a: path.a.slice(), b: path.b.slice(), height: path.height.slice() };
        for (const i of at) for (const axis of ['a', 'b', 'height']) copy[axis][i] = NaN;
        return copy;
    };
    take(gaps ? tools.whole.map((path, i) => cut(path, gaps[i])) : tools.whole, state.count);
    return tools.settled();
}"""

REACTS = """(id) => {
    // After each turn, pan or zoom Dash hands its own figure to Plotly again.
    tools.reacted = new Promise((resolve) => tools.graph(id).once('plotly_react', () => resolve()));
}"""

DIFFERENT_PIXELS = """async (urls) => {
    const [one, other] = await Promise.all(urls.map(async (url) => {
        const image = await createImageBitmap(await (await fetch(url)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height).data;
    }));
    let different = Math.abs(one.length - other.length);
    for (let i = 0; i < one.length; i += 4)
        if ([0, 1, 2].some((channel) => Math.abs(one[i + channel] - other[i + channel]) > 8)) different += 1;
    return different;
}"""


@pytest.fixture(scope="module")
def four(desk: Any) -> Any:
    """The shared window with four paths, complete."""
    desk.go(FOUR)
    desk.page.evaluate(TOOLS)
    return desk


def assert_as_plotly_draws(desk: Any) -> None:
    """What is on the screen is what Plotly draws from its data."""
    desk.page.evaluate("tools.settled()")
    drawn = desk.page.evaluate("tools.picture()")
    assert [len(part) > 3 for part in drawn] == [True] * 3
    assert drawn == desk.page.evaluate("tools.redraw()")


def move(desk: Any, step: int, *, quickly: bool = True) -> None:
    """All views to a step, past the slider; quickly: without Plotly."""
    desk.page.evaluate("async (step) => { tools.updates = 0; await tools.move(step); }", step)
    assert (desk.page.evaluate("tools.updates") == 0) == quickly


def cpu(page: Any) -> Callable[[], float]:
    """Milliseconds of the main thread so far, counted by its own clock, so that a busy machine costs nothing."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def count() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    return count


def cost(page: Any, script: str, steps: range) -> float:
    """The median of a step's time on the main thread: script, style, layout and painting, all of it."""
    count = cpu(page)
    costs = []
    for step in steps:
        before = count()
        page.evaluate(script, step)
        costs.append(count() - before)
    return median(costs)


BY_SLIDER = """async (step) => {
    landscape.scrubber.state.at = step;
    landscape.quick.move(step);
    landscape.overlay.move(step);
    await tools.frame();
}"""
"""What the slider does at a step, our own layer on the map included."""


def slid(page: Any, first: int = 961) -> float:
    """What a step costs on the forty before ``first``, none of which Plotly draws; bounded."""
    page.evaluate(TOOLS)
    page.evaluate(STUB)
    page.evaluate(BY_SLIDER, first)  # the graphics card is handed the lines
    page.evaluate("tools.updates = 0")
    quick = cost(page, BY_SLIDER, range(first - 1, first - 41, -1))
    assert page.evaluate("tools.updates") == 0
    assert quick <= BUDGET
    return quick


def test_a_step_costs_at_most_16_ms_for_three_views(visit: Any) -> None:
    desk = visit("/" + FOUR)
    page = desk.page
    page.evaluate(TOOLS)
    page.evaluate(STUB)  # WebGL in software says nothing about a graphics card
    recorded = page.evaluate("landscape.scrubber.state.paths.map((path) => path.step.length)")
    assert recorded == [1001] * 4
    assert page.evaluate("tools.graph('surface').data[0].z.length") == 60
    move(desk, 961)  # the graphics card is handed the lines
    page.evaluate("tools.updates = 0")
    quick = cost(page, "(step) => tools.move(step)", range(960, 920, -1))
    assert page.evaluate("tools.updates") == 0
    assert page.evaluate("tools.graph('curve').data.at(-1).x[0]") == 921
    by_plotly = """async (step) => {
        for (const track of landscape.paint.tracks) {
            const paths = landscape.paths.on(track, landscape.scrubber.state.paths);
            if (!paths.length) continue;
            const { data, traces } = landscape.paths.frameOf(track, paths, step);
            await Plotly.update(tools.graph(track.graph), data, {}, traces);
        }
        await tools.frame();
    }"""
    slow = cost(page, by_plotly, range(900, 895, -1))
    print(f"\nmain thread per step, three views: {quick:.1f} ms; through Plotly.update {slow:.0f} ms")
    assert quick <= BUDGET
    assert slow > 3 * quick


def test_a_step_with_arrows_costs_at_most_16_ms(visit: Any) -> None:
    page = visit(f"/{FOUR}&view.arrows=step").page
    quick = slid(page, 61)
    print(f"\nmain thread per step, three views and the arrows of four paths: {quick:.1f} ms")
    assert page.locator("#contour .overlay .arrow:not([display])").count() == 8


def test_a_step_with_schedules_costs_at_most_16_ms(visit: Any) -> None:
    page = visit(f"/{FOUR}&{CYCLE}").page
    quick = slid(page)
    print(f"\nmain thread per step, three views, a rate and the turns of four paths: {quick:.1f} ms")
    assert page.locator("#contour .overlay .turn:not([display])").count() == 8


@pytest.mark.parametrize(("tab", "lesson"), [("pairs", "svm-pairs"), ("convexity", "svm-pairs")])
def test_a_step_beside_many_small_pictures_costs_at_most_16_ms(visit: Any, tab: str, lesson: str) -> None:
    """They stand still: none of them is drawn at a step."""
    page = visit(f"/?lesson={lesson}&view.tab={tab}").page
    quick = slid(page)
    print(f"\nmain thread per step, the tab {tab} open: {quick:.1f} ms")


def test_a_step_side_by_side_with_arrows_costs_at_most_16_ms(visit: Any) -> None:
    """The paths move on the first of the two surfaces as well."""
    page = visit(f"/{FOUR}&view.tab=beside&view.arrows=step").page
    quick = slid(page)
    lines = page.evaluate("tools.graph('beside').data.map((trace) => trace.x?.length)")
    print(f"\nmain thread per step, side by side and the arrows of four paths: {quick:.1f} ms")
    assert lines.count(922) == 8  # up to step 921: four lines and their halos


def test_a_step_with_the_norms_of_eight_layers_costs_at_most_16_ms(visit: Any) -> None:
    page = visit(
        "/?model.hidden=9,9,9,9,9,9,9&data.kind=digits&data.samples=30&runs.0.steps=1000&runs.0.trains=all"
        "&runs.0.starts=initial&view.tab=norms"
    ).page
    page.evaluate(TOOLS)
    page.evaluate(STUB)
    page.evaluate("(step) => tools.move(step)", 961)
    page.evaluate("tools.updates = 0")
    quick = cost(page, "(step) => tools.move(step)", range(960, 920, -1))
    lines = page.evaluate("tools.graph('norms').data.map((trace) => trace.x?.length)")
    print(f"\nmain thread per step, three views with the norms of eight layers: {quick:.1f} ms")
    assert lines.count(922) == 8  # up to step 921, and the same eight whole
    assert lines.count(1001) == 8
    assert page.evaluate("tools.updates") == 0
    assert quick <= BUDGET


def test_play_draws_in_every_frame_and_tells_the_slider_ten_times_a_second(visit: Any) -> None:
    desk = visit("/" + FOUR)
    desk.page.evaluate(TOOLS)
    desk.page.evaluate(STUB)
    frames, moves, strays, told, seconds = desk.page.evaluate(
        """async () => {
            const { scrubber, set_props: set } = dash_clientside;
            const { move } = landscape.quick;
            const request = window.requestAnimationFrame.bind(window);
            let [inFrame, moves, strays, told] = [false, 0, 0, 0];
            window.requestAnimationFrame = (callback) => request((now) => {
                inFrame = true;
                callback(now);
                inFrame = false;
            });
            landscape.quick.move = (step) => { inFrame ? moves++ : strays++; return move(step); };
            dash_clientside.set_props = (id, props) => { told += id === 'step'; return set(id, props); };
            tools.updates = 0;
            scrubber.play();
            const begun = performance.now();
            let frames = 0;
            while (performance.now() - begun < 2000) { await new Promise(request); frames++; }
            scrubber.play();
            landscape.quick.move = move;
            return [frames, moves, strays, told, (performance.now() - begun) / 1000];
        }"""
    )
    print(f"\n{moves} moves in {frames} frames of {seconds:.1f} s; the slider was told {told} times")
    assert strays == 0, "only the display asks for a picture"
    assert frames >= 5, "nothing was watched"
    assert frames - 3 <= moves <= frames
    assert 2 <= told <= 10 * seconds + 2
    assert desk.page.evaluate("tools.updates") == 0
    assert desk.page.evaluate("tools.graph('curve').data.at(-1).x[0] === landscape.scrubber.state.at")


@pytest.mark.parametrize("step", [0, 1, 60, 437, 1000])
def test_a_step_is_drawn_as_plotly_draws_it(four: Any, step: int) -> None:
    move(four, step)
    assert_as_plotly_draws(four)


@pytest.fixture
def gaps(four: Any) -> Iterator[Any]:
    """The shared window, its four paths with gaps."""
    four.page.evaluate(GIVE, [[3, 4, 5, 20], [0, 1, 2], [7, 9, 11], [40]])
    yield four
    four.page.evaluate(GIVE, None)


def test_gaps_are_drawn_as_plotly_draws_them(gaps: Any) -> None:
    for step in (30, 5, 10, 4, 20, 21, 60):
        move(gaps, step)  # heads that are nowhere are hidden, and come back
    assert_as_plotly_draws(gaps)
    # Where a head was nowhere when Plotly drew, Plotly has taken it away: it has to draw it again.
    for step, quickly in ((30, True), (5, True), (10, False), (4, True), (7, False), (40, False), (60, False)):
        move(gaps, step, quickly=quickly)
        assert_as_plotly_draws(gaps)


def test_zoom_pan_size_and_theme_keep_the_step(four: Any) -> None:
    page = four.page
    changes = {
        "zoom": "Plotly.relayout(tools.graph('contour'), { 'xaxis.range': [16, 24], 'yaxis.range': [-8, 8] })",
        "curve": "Plotly.relayout(tools.graph('curve'), { 'xaxis.range': [-10, 50], 'yaxis.range': [2.57, 2.59] })",
        "theme": "document.getElementById('theme-button').click()",
        "style": "Plotly.restyle(tools.graph('contour'), { opacity: 0.9 }, [9, 10])",
    }
    for step, change in enumerate(changes.values(), start=33):
        move(four, step)
        page.evaluate(f"async () => {{ await {change}; await tools.frame(); }}")
        assert_as_plotly_draws(four)
        move(four, step + 20)
        assert_as_plotly_draws(four)
    move(four, 47)
    page.evaluate(
        """() => {
            tools.resized = new Promise((resolve) => tools.graph('contour').once('plotly_relayout', () => resolve()));
        }"""
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    page.evaluate("tools.resized")
    assert_as_plotly_draws(four)
    move(four, 48)
    assert_as_plotly_draws(four)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("Plotly.relayout(tools.graph('curve'), { 'xaxis.range': [-10, 1020], 'yaxis.range': [2.55, 2.59] })")


def test_paths_go_along_while_the_reader_pans_and_zooms(four: Any) -> None:
    page = four.page
    page.evaluate("Plotly.relayout(tools.graph('contour'), { 'xaxis.range': [5, 30], 'yaxis.range': [-15, 15] })")
    page.evaluate("tools.settled()")
    move(four, 100)
    before = page.evaluate("tools.head('contour', 0)")
    offset = [number - head for number, head in zip(before["number"], before["is"], strict=True)]
    box = page.locator("#contour .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 210, box["y"] + 170, steps=3)
    move(four, 130)
    panned = page.evaluate("tools.head('contour', 0)")
    page.evaluate(REACTS, "contour")
    page.mouse.up()
    page.evaluate("tools.reacted")
    assert panned["should"] != pytest.approx(before["should"], abs=20)
    assert panned["is"] == pytest.approx(panned["should"], abs=0.6)
    assert_as_plotly_draws(four)
    page.evaluate(REACTS, "contour")
    zoomed = page.evaluate(
        """([x, y]) => {
            const turn = { deltaY: -300, clientX: x, clientY: y, bubbles: true, cancelable: true };
            tools.graph('contour').querySelector('.nsewdrag').dispatchEvent(new WheelEvent('wheel', turn));
            landscape.quick.move(100);
            return tools.head('contour', 0);
        }""",
        [box["x"] + 50, box["y"] + 50],
    )
    assert zoomed["is"] == pytest.approx(zoomed["should"], abs=0.6)
    assert [number - head for number, head in zip(zoomed["number"], zoomed["is"], strict=True)] == pytest.approx(
        offset, abs=1
    )
    page.evaluate("tools.reacted")
    assert_as_plotly_draws(four)


def test_a_turn_after_moves_keeps_paths_and_a_move_after_it_keeps_the_camera(four: Any) -> None:
    page = four.page
    move(four, 250)
    drawn, before = page.evaluate("tools.picture()"), four.look()["eye"]
    page.evaluate(REACTS, "surface")
    box = page.locator("#surface").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 220, steps=4)
    page.mouse.up()
    page.evaluate("tools.reacted")
    page.evaluate("tools.settled()")
    turned = four.look()["eye"]
    assert turned != pytest.approx(before, abs=0.05)
    assert page.evaluate("tools.picture()") == drawn
    assert_as_plotly_draws(four)
    move(four, 260)
    assert four.look()["eye"] == pytest.approx(turned, abs=1e-6)
    assert_as_plotly_draws(four)


def test_the_pointer_finds_a_head_where_it_is(four: Any) -> None:
    move(four, 20)
    for id_, words in (("contour", "a {x:#.6g}b {y:#.6g}"), ("curve", "epoch {x:.0f}loss {y:#.6g}")):
        head = four.page.evaluate(f"tools.head('{id_}', 3)")
        four.page.mouse.move(head["is"][0] + 30, head["is"][1] + 30)
        four.page.mouse.move(*head["is"], steps=3)
        label = four.page.locator(f"#{id_} .hoverlayer .hovertext")
        label.filter(has_text=words.format(**head)).wait_for()
    four.page.mouse.move(5, 5)


def test_a_picture_that_is_saved_shows_the_step(four: Any) -> None:
    move(four, 77)
    lines = """(markup) => [...new DOMParser().parseFromString(markup, 'image/svg+xml')
        .querySelectorAll('.scatterlayer .js-line')].map((node) => node.getAttribute('d'))"""
    saved = four.page.evaluate(
        """async (lines) => {
            const url = await Plotly.toImage(tools.graph('contour'), { format: 'svg', width: null, height: null });
            return eval(lines)(decodeURIComponent(url.slice(url.indexOf(',') + 1)));
        }""",
        lines,
    )
    drawn = four.page.evaluate(
        "[...tools.graph('contour').querySelectorAll('.scatterlayer .js-line')].map((node) => node.getAttribute('d'))"
    )
    assert len(drawn) == 8
    assert saved == drawn


def views(page: Any) -> list[str]:
    """Screenshots of the three views as data URLs."""
    pictures = [page.locator(f"#{id_}").screenshot(animations="disabled") for id_ in VIEWS]
    return ["data:image/png;base64," + base64.b64encode(picture).decode() for picture in pictures]


@pytest.mark.parametrize(
    ("names", "quickly"),
    [(("glplot", "js-line"), False), (("linePlot",), True)],
    ids=["another plotly.js", "other lines in 3-D"],
)
def test_another_plotly_js_draws_the_same_pictures(
    visit: Any, page_at: Any, app_url: str, names: tuple[str, ...], quickly: bool
) -> None:
    """A plotly.js whose private names are others, as after an upgrade: consistent in itself, unknown to us."""
    source = PLOTLY_JS.read_text("utf-8")
    for name in names:
        assert name in source
        source = source.replace(name, f"{name}Anew")
    known = visit("/" + FOUR)
    other = type(known)(page_at(), app_url)
    other.page.route("**/plotly.min.js*", lambda route: route.fulfill(body=source, content_type="text/javascript"))
    other.open("/" + FOUR)
    for desk in (known, other):
        desk.page.evaluate(TOOLS)
    for step in (0, 437):
        move(known, step)
        move(other, step, quickly=quickly)
        for desk in (known, other):
            desk.page.evaluate("tools.settled()")
        assert other.drawn() == known.drawn()
        for id_, *pictures in zip(VIEWS, views(known.page), views(other.page), strict=True):
            assert known.page.evaluate(DIFFERENT_PIXELS, pictures) <= 20, (id_, step)
