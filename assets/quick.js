// Shows the paths at a step on all pictures: by moving what is drawn there, where plotly.js is built as we know it,
// and by Plotly.update everywhere else. Plotly's own data move along, so that whatever it does next is right.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});

  const shown = { paths: [], lines: {}, at: 0 };
  const views = landscape.paint.tracks.map((track) => ({
    track,
    graph: null, // the element
    watched: null, // promise of the element, which tells us from then on when Plotly has drawn
    hold: null, // on what Plotly drew last
    known: null, // the paths that Plotly has drawn
    slow: false, // whether Plotly is drawing a move
    drawn: 0, // how many paths it shows
  }));

  const handTo = (view, { data, traces }) => landscape.graphs.put(view.track.graph, data, traces, {});
  const drawnBy = (view) => landscape.paths.on(view.track, shown.lines[view.track.graph] ?? shown.paths);
  const frameOf = (view) => landscape.paths.frameOf(view.track, drawnBy(view), shown.at);

  // New or longer paths, and the lines of graphs that draw others than these. Plotly draws them.
  function take(allPaths, at, lines = {}) {
    Object.assign(shown, { paths: allPaths, lines, at });
    views.forEach(async (view) => {
      if (landscape.graphs.isHidden(view.track.graph)) return;
      const paths = drawnBy(view);
      for (const change of landscape.paths.still(view.track, paths, view.drawn)) handTo(view, change);
      view.drawn = paths.length;
      await handTo(view, frameOf(view));
      await (view.watched ??= watch(view));
      if (paths === drawnBy(view)) view.known = paths;
    });
  }

  async function watch(view) {
    view.graph = await landscape.graphs.ready(view.track.graph);
    view.graph.on("plotly_afterplot", () => follow(view));
    follow(view);
  }

  // Plotly has drawn a picture, perhaps from what it had made of its data before we moved on.
  function follow(view) {
    view.hold = landscape[view.track.axes.length === 3 ? "solid" : "flat"].hold(view.graph, view.track);
    moveQuickly(view);
  }

  function move(at) {
    shown.at = at;
    for (const view of views) {
      if (landscape.graphs.isHidden(view.track.graph) || !drawnBy(view).length) continue;
      if (view.slow || !moveQuickly(view)) moveSlowly(view);
    }
  }

  // Whether it could.
  function moveQuickly(view) {
    const paths = drawnBy(view);
    if (view.known !== paths || !view.hold) return false;
    write(view.graph, frameOf(view));
    const counts = paths.map((path) => landscape.paths.countUpTo(path.clock, shown.at));
    return view.hold.draw(paths, counts);
  }

  // Into Plotly's data: what it was given, and what it works with. Where only the latter changes, Dash undoes it.
  function write(graph, { data, traces }) {
    traces.forEach((trace, i) => {
      for (const [letter, values] of Object.entries(data)) {
        for (const books of [graph.data, graph._fullData]) books[trace][letter] = values[i];
      }
      graph._fullData[trace]._length = data.x[i].length;
    });
  }

  // Moves that come while Plotly draws wait until this one is on the screen.
  async function moveSlowly(view) {
    if (view.slow) return;
    view.slow = true;
    let at;
    do {
      at = shown.at;
      await handTo(view, frameOf(view));
      await new Promise(window.requestAnimationFrame);
    } while (at !== shown.at && !moveQuickly(view));
    view.slow = false;
  }

  const settled = () => views.every((view) => !view.slow);

  landscape.quick = { take, move, settled };
})();
