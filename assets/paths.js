// What of the paths is drawn at a step. Pure functions; tests/js/paths.test.mjs mirrors them.
"use strict";

(function (root) {
  // How many of the rising `steps` are at most `at`; never less than one of a path that has any.
  function countUpTo(steps, at) {
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return Math.min(Math.max(low, 1), steps.length);
  }

  // What Plotly.restyle is given so that one view shows `paths` up to step `at`: {data, traces}.
  // `drawn` is how many paths it may show already, so that those that are gone are emptied.
  function frameOf(track, paths, at, drawn) {
    const letters = ["x", "y", "z"].slice(0, track.axes.length);
    const data = Object.fromEntries(letters.map((letter) => [letter, []]));
    const traces = [];
    const put = (trace, series) => {
      traces.push(trace);
      letters.forEach((letter, i) => data[letter].push(series(track.axes[i])));
    };
    const counts = paths.map((path) => countUpTo(path.step, at));
    for (let i = 0; i < Math.max(paths.length, drawn); i++) {
      const upTo = (axis) => (paths[i] ? paths[i][axis].subarray(0, counts[i]) : []);
      for (const kind of ["halos", "lines"]) if (track[kind].length) put(track[kind][i], upTo);
    }
    put(track.heads, (axis) => paths.map((path, i) => path[axis][counts[i] - 1]));
    return { data, traces };
  }

  // The same for what does not move with the step: whole curves, starts, numbers and end symbols.
  function still(track, paths, symbols, drawn) {
    const letters = ["x", "y", "z"].slice(0, track.axes.length);
    const data = Object.fromEntries(letters.map((letter) => [letter, []]));
    const traces = [];
    for (let i = 0; i < Math.max(paths.length, drawn) && track.wholes.length; i++) {
      traces.push(track.wholes[i]);
      letters.forEach((letter, k) => data[letter].push(paths[i] ? paths[i][track.axes[k]] : []));
    }
    if (track.starts >= 0) {
      traces.push(track.starts);
      letters.forEach((letter, k) => data[letter].push(paths.map((path) => path[track.axes[k]][0])));
    }
    const marks = paths.map((path, i) => (path.status === "DIVERGED" || path.status === "NON_FINITE" ? "x" : symbols[i]));
    return { data, traces, heads: { text: [paths.map((_, i) => String(i + 1))], "marker.symbol": [marks] } };
  }

  // The recorded step before or after `at`, over all paths.
  function neighbour(paths, at, direction) {
    let best = null;
    for (const path of paths) {
      for (const step of path.step) {
        if (direction > 0 ? step > at && (best === null || step < best) : step < at && (best === null || step > best)) {
          best = step;
        }
      }
    }
    return best === null ? at : best;
  }

  // From and to over all paths on one axis, with a little air, written as a field reads it: "-15, 17.5".
  function range(paths, axis) {
    let low = Infinity;
    let high = -Infinity;
    for (const path of paths) {
      for (const value of path[axis]) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!(high >= low)) return null;
    const air = 0.1 * (high - low) || 0.1 * Math.abs(high) || 1;
    const digits = Math.max(0, 2 - Math.floor(Math.log10(high - low + 2 * air)));
    return [low - air, high + air].map((value) => String(Number(value.toFixed(Math.min(digits, 12))))).join(", ");
  }

  root.paths = { countUpTo, frameOf, still, neighbour, range };
  if (typeof module !== "undefined") module.exports = root.paths;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
