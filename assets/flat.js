// Moves what plotly.js has drawn on a flat picture: lines grow and shrink, heads and their numbers follow. They are
// Plotly's own SVG elements, so colours, dashes, clipping, zoom and themes are as it drew them.
"use strict";

(function (root) {
  const NOTHING = "M0,0";

  // A hold on a picture as Plotly has just drawn it, or null where plotly.js is not built as we know it.
  // Private names: _fullLayout, an axis' _m, _b and d2l, _fullData, its uid and mode; the classes .trace<uid>, .js-line,
  // .point and .textpoint; a point's __data__ with its number i and the place x, y where the pointer finds it.
  function hold(graph, track) {
    const { xaxis, [track.yaxis ?? "yaxis"]: yaxis } = graph._fullLayout ?? {};
    const [x, y] = [scale(xaxis), scale(yaxis)];
    if (!x || !y || !graph._fullData) return null;
    const place = (a, b) => [x(a), y(b)];
    const headed = track.heads >= 0;
    let known = { paths: null, drawn: [] };

    // Draws `paths` up to so many points each; whether it could.
    function draw(paths, counts) {
      if (known.paths !== paths) known = { paths, drawn: seize(graph, track, paths, place) };
      const steps = paths.map((path, i) => {
        const [a, b] = track.axes.map((axis) => path[axis][counts[i] - 1]);
        const { d, ends } = known.drawn[i].trail;
        return { a, b, at: headed ? place(a, b) : [NaN, NaN], d: d.slice(0, ends[counts[i] - 1]) };
      });
      if (!steps.every((step, i) => isDrawn(known.drawn[i], step))) return false;
      // Plotly hides heads beyond the axes where it does not clip them.
      const bounds = headed && graph._fullData[track.heads].cliponaxis === false ? [xaxis, yaxis] : [];
      steps.forEach((step, i) => redraw(known.drawn[i], step, bounds));
      return true;
    }

    return { draw };
  }

  // Where a value stands on an axis, in pixels, rounded as Plotly does; it goes on to count so while the reader
  // drags the picture, for Plotly then moves all of it and draws nothing anew.
  function scale(axis) {
    const { _m, _b, d2l } = axis ?? {};
    if (!Number.isFinite(_m) || !Number.isFinite(_b) || typeof d2l !== "function") return null;
    return (value) => Math.round(100 * (_b + _m * d2l(value))) / 100;
  }

  // What Plotly has drawn of each path: {trail, lines, head}, the elements of its halo and of its line, each an
  // element for every unbroken stretch, and those of its head with what the pointer is told.
  function seize(graph, track, paths, place) {
    const all = (trace, part) => graph.querySelectorAll(`.trace${graph._fullData[trace].uid} ${part}`);
    const find = (trace, part) => (trace < 0 ? [] : [...all(trace, part)]);
    const [across, up] = track.axes;
    const kinds = [track.halos, track.lines].filter((traces) => traces.length);
    const parts = /text/.test(graph._fullData[track.heads]?.mode) ? [".point", ".textpoint"] : [".point"];
    const heads = parts.map((part) => find(track.heads, part));
    return paths.map((path, i) => {
      const elements = heads.map((list) => list.find((element) => element.__data__?.i === i));
      return {
        trail: root.paths.trail(path[across], path[up], place, track.stairs),
        lines: kinds.map((traces) => find(traces[i], ".js-line")),
        head: elements.every(Boolean) ? { elements, told: elements[0].__data__ } : null,
      };
    });
  }

  const isThere = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);

  // Whether there are elements for all that is to be seen: Plotly makes none for what is nowhere.
  function isDrawn({ lines, head }, { d, at }) {
    return (d === "" || lines.every((elements) => elements.length > 0)) && (!isThere(at) || head !== null);
  }

  // On a logarithmic axis the range is one of powers of ten.
  const isOutside = (value, { range: [from, to], d2l }) => (d2l(value) - from) * (d2l(value) - to) > 0;

  function redraw({ lines, head }, { a, b, at, d }, bounds) {
    for (const elements of lines) {
      elements.forEach((element, stretch) => element.setAttribute("d", (stretch === 0 && d) || NOTHING));
    }
    if (!head) return;
    Object.assign(head.told, { x: a, y: b });
    const seen = isThere(at) && !bounds.some((axis, i) => isOutside([a, b][i], axis));
    for (const element of head.elements) shift(element, at, seen);
  }

  // A head or its number to another place. While a wheel turns, Plotly keeps their size by a scale of their own.
  function shift(element, [x, y], seen) {
    if (!seen) return element.setAttribute("display", "none");
    element.removeAttribute("display");
    const to = `translate(${x},${y})`;
    const transform = element.getAttribute("transform") ?? "";
    const text = element.querySelector("text");
    if (!text) return element.setAttribute("transform", transform.replace(/^translate\([^)]*\)/, to));
    text.setAttribute("x", x);
    text.setAttribute("y", y);
    const zoomed = /^translate\([^)]*\)(scale\([^)]*\))translate\([^)]*\)/;
    return element.setAttribute("transform", transform.replace(zoomed, `${to}$1translate(${-x},${-y})`));
  }

  root.flat = { hold };
  if (typeof module !== "undefined") module.exports = root.flat;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : { paths: require("./paths.js") });
