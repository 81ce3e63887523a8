// Starts by a click: on the map, or on the surface, it sets the first start, with Shift it adds one; a ring is dragged
// to another place. All of it writes into the field of the starts, so that what is asked for is checked in one place.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const { places } = landscape;
  const SHOWS = 2000; // milliseconds that the reader's ring waits for a picture, which a mistake does not bring
  const AGAIN = 300; // milliseconds in which a second click makes the first one half of a double click, as for Plotly
  const FULL = (most) => `At most ${most} paths are drawn. Take a start away, or click without Shift to move the first.`;

  let held = null; // what the pointer does: {graph, from, far, shift, ring, path}
  let waiting = null; // timer of a click that may be half of a double click
  let shows = null; // timer of the reader's ring, which waits for the picture with the new start

  const idOf = (run) => ({ type: "field", key: `runs.${run}.starts`, part: 0 });
  const fieldOf = (run) => document.getElementById(`{"key":"runs.${run}.starts","part":0,"type":"field"}`);
  const paths = () => landscape.scrubber.state.paths;
  const axes = () => (landscape.graphs.isHidden("surface") ? 1 : 2);

  function set(run, change) {
    const field = fieldOf(run);
    if (field) window.dash_clientside.set_props(idOf(run), { value: change(field.value) });
  }

  // A click at a place, written as the field reads it.
  function choose(place, adds) {
    const most = landscape.paint.tracks[0].lines.length;
    if (!adds) return set(0, (text) => places.moved(text, 0, place));
    if (paths().length < most) return set(0, (text) => places.added(text, place));
    return landscape.alarm(FULL(most));
  }

  // The reader's ring where the start will be.
  function ring(at, path) {
    landscape.overlay.ring(at, path);
    clearTimeout(shows);
    shows = setTimeout(() => held || landscape.overlay.ring(null), SHOWS);
  }

  // Soon, unless another click follows, which takes the reader back to the whole picture.
  function chooseSoon(place, adds) {
    waiting = setTimeout(() => {
      waiting = null;
      choose(place, adds);
    }, AGAIN);
  }

  function forget() {
    clearTimeout(waiting);
    waiting = null;
    landscape.overlay.ring(null);
  }

  // The place under the pointer on the map, as the field reads it.
  function placeAt(at) {
    const scales = landscape.overlay.scales().slice(0, axes());
    const values = scales.map((axis, i) => axis.p2d(at[i]));
    return places.line(values, scales.map((axis, i) => Math.abs(axis.p2d(at[i] + 1) - values[i])));
  }

  const isTool = (event) => event.isPrimary && event.button === 0;

  function down(event) {
    const again = waiting !== null;
    if (again) forget();
    const drag = event.target.closest?.(".js-plotly-plot .nsewdrag");
    const id = event.target.closest?.("#contour, #surface")?.id;
    if (held || !isTool(event) || !id || (id === "contour" ? !drag : event.target.closest(".modebar"))) return;
    const from = [event.clientX, event.clientY];
    held = { graph: id, from, far: 0, shift: event.shiftKey, ring: -1, again };
    if (id === "contour") held.ring = places.nearest(landscape.overlay.rings(), landscape.overlay.at(event));
    else held.point = pointed;
  }

  // Plotly pans by what comes after: a ring that is held is not a pan.
  function keep(event) {
    if (held === null || held.ring < 0) return;
    event.stopPropagation();
    if (event.cancelable) event.preventDefault();
  }

  function move(event) {
    if (!held) return hover(event);
    if (!event.isPrimary) return;
    held.far = Math.max(held.far, places.distance(held.from, [event.clientX, event.clientY]));
    if (held.ring >= 0 && !places.isClick(held.far)) landscape.overlay.ring(landscape.overlay.at(event), held.ring);
  }

  function up(event) {
    if (!held || !event.isPrimary) return;
    const { graph, far, shift, ring: path, again, point } = held;
    held = null;
    const click = places.isClick(far);
    if (path >= 0 && click) return;
    if (path >= 0) {
      drop(path, landscape.overlay.at(event));
    } else if (click && !again && graph === "contour") {
      const at = landscape.overlay.at(event);
      if (fieldOf(0)) ring(at, shift ? paths().filter(({ run }) => run === 0).length : 0);
      chooseSoon(placeAt(at), shift);
    } else if (click && !again && point) chooseSoon(point, shift);
  }

  // A ring is let go: its start is there from now on.
  function drop(path, at) {
    const { run, start } = paths()[path] ?? {};
    if (run === undefined) return landscape.overlay.ring(null);
    ring(at, path);
    return set(run, (text) => places.moved(text, start, placeAt(at)));
  }

  function cancel(event) {
    if (!held || (event.type === "keydown" && event.key !== "Escape")) return;
    held = null;
    landscape.overlay.ring(null);
  }

  // Rings look as if they could be held.
  function hover(event) {
    const graph = event.target.closest?.("#contour");
    if (!graph) return;
    graph.classList.toggle("at-ring", places.nearest(landscape.overlay.rings(), landscape.overlay.at(event)) >= 0);
  }

  // The point of the surface under the pointer, as the field reads it; Plotly tells a click when a turn begins.
  let pointed = null;

  async function watch() {
    const graph = await landscape.graphs.ready("surface");
    graph.on("plotly_hover", ({ points: [point] }) => {
      const { xaxis, yaxis } = graph._fullLayout.scene;
      const worths = [xaxis, yaxis].map(({ range: [low, high] }) => Math.abs(high - low) / graph.clientWidth);
      pointed = places.line([point.x, point.y], worths);
    });
    graph.on("plotly_unhover", () => {
      pointed = null;
    });
  }

  document.addEventListener("pointerdown", down, true);
  for (const name of ["mousedown", "touchstart"]) {
    document.addEventListener(name, keep, { capture: true, passive: false });
  }
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", up, true);
  for (const name of ["pointercancel", "keydown"]) document.addEventListener(name, cancel, true);
  window.addEventListener("load", watch);

  landscape.starts = { holds: () => held !== null };
})();
