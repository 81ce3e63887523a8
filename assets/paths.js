// What of the paths is drawn at a step. Pure functions; tests/js/paths.test.mjs mirrors them.
"use strict";

(function (root) {
  // How many of the rising `times` are at most `at`; never less than one of a path that has any.
  function countUpTo(times, at) {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return Math.min(Math.max(low, 1), times.length);
  }

  const NONE = Object.freeze([]);

  // The paths that a view draws: all, or none where the scene does not tell what it draws of them.
  const on = (track, paths) => (track.axes.every((axis) => paths[0]?.[axis]) ? paths : NONE);

  // Which recorded places of a path, up to where the slider stands, are those at which its rate turns, or the first
  // behind.
  function turns(path, at) {
    const places = Array.from(path.turns ?? [], (turn) => countUpTo(path.step, turn - 1));
    return places.filter((i) => i < path.step.length && path.clock[i] <= at);
  }

  // What Plotly is given so that one view shows `paths` up to where the slider stands: {data, traces}. A path's clock
  // says where the slider stands at each of its places: its steps, or whatever else is counted.
  function frameOf(track, paths, at) {
    const sheet = blank(track);
    const counts = paths.map((path) => countUpTo(path.clock, at));
    paths.forEach((path, i) => {
      const upTo = (axis) => path[axis].subarray(0, counts[i]);
      for (const kind of ["halos", "lines"]) if (track[kind].length) sheet.put(track[kind][i], upTo);
    });
    if (track.heads >= 0) sheet.put(track.heads, (axis) => paths.map((path, i) => path[axis][counts[i] - 1]));
    return { data: sheet.data, traces: sheet.traces };
  }

  // The same for what does not move with the step: whole curves, starts, which traces are there at all,
  // numbers and end symbols. `drawn` is how many paths may be there, so that those that are gone are hidden.
  function still(track, paths, drawn) {
    const sheet = blank(track);
    paths.forEach((path, i) => track.wholes.length && sheet.put(track.wholes[i], (axis) => path[axis]));
    if (track.starts >= 0) sheet.put(track.starts, (axis) => paths.map((path) => path[axis][0]));
    const visible = { data: { visible: [] }, traces: [] };
    for (let i = 0; i < Math.max(paths.length, drawn); i++) {
      for (const kind of ["halos", "wholes", "lines"]) {
        if (!track[kind].length) continue;
        visible.traces.push(track[kind][i]);
        visible.data.visible.push(i < paths.length);
      }
    }
    for (const trace of [track.heads, track.starts]) {
      if (trace < 0) continue;
      visible.traces.push(trace);
      visible.data.visible.push(paths.length > 0);
    }
    const heads = { text: [paths.map((_, i) => String(i + 1))], "marker.symbol": [paths.map((path) => path.mark)] };
    return [sheet, visible, ...(track.heads < 0 ? [] : [{ data: heads, traces: [track.heads] }])];
  }

  // An empty change to the traces of one view, to be filled with one series per axis and trace.
  function blank(track) {
    const letters = ["x", "y", "z"].slice(0, track.axes.length);
    const sheet = { data: Object.fromEntries(letters.map((letter) => [letter, []])), traces: [] };
    sheet.put = (trace, series) => {
      sheet.traces.push(trace);
      letters.forEach((letter, i) => sheet.data[letter].push(series(track.axes[i])));
    };
    return sheet;
  }

  // The line through all points as an SVG path, and its length in letters up to each point, so that any part from
  // the start is a slice of it. `place` gives a point's two coordinates on the screen; a gap begins the line anew.
  // `stairs`: each value holds to the next.
  function trail(xs, ys, place, stairs) {
    const ends = new Uint32Array(xs.length);
    let d = "";
    let pen = "M";
    for (let i = 0; i < xs.length; i++) {
      const [x, y] = place(xs[i], ys[i]);
      const there = Number.isFinite(x) && Number.isFinite(y);
      if (there) d += stairs && pen === "L" ? `H${x}V${y}` : `${pen}${x},${y}`;
      pen = there ? "L" : "M";
      ends[i] = d.length;
    }
    return { d, ends };
  }

  // How many vertices plotly.js (gl-line3d) draws a line with up to each point: four for a piece, and where a gap
  // cuts the line two for every piece that is not there and two before the next that is.
  function vertices(...series) {
    const counts = new Uint32Array(series[0].length);
    const there = (i) => series.every((values) => Number.isFinite(values[i]));
    let count = 0;
    let cut = false;
    for (let i = 1; i < counts.length; i++) {
      if (there(i - 1) && there(i)) {
        count += cut ? 6 : 4;
        cut = false;
      } else if (count > 0) {
        count += 2;
        cut = true;
      }
      counts[i] = count;
    }
    return counts;
  }

  // Attributes by trace as Plotly.update wants them: attribute -> one value per trace, undefined where it stays.
  function columns(traces) {
    const indices = [...traces.keys()];
    const data = {};
    indices.forEach((trace, i) => {
      for (const [name, value] of Object.entries(traces.get(trace))) {
        data[name] = data[name] || new Array(indices.length).fill(undefined);
        data[name][i] = value;
      }
    });
    return { data, indices };
  }

  // The recorded place before or after `at`, over all paths.
  function neighbour(paths, at, direction) {
    let best = null;
    for (const path of paths) {
      for (const time of path.clock) {
        if (direction > 0 ? time > at && (best === null || time < best) : time < at && (best === null || time > best)) {
          best = time;
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
        if (Number.isNaN(value)) continue; // not drawn
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!(high >= low)) return null;
    const air = 0.1 * (high - low) || 0.1 * Math.abs(high) || 1;
    const digits = Math.max(0, 2 - Math.floor(Math.log10(high - low + 2 * air)));
    return [low - air, high + air].map((value) => String(Number(value.toFixed(Math.min(digits, 12))))).join(", ");
  }

  // A loss with five digits, always as wide: "4.7510", "2.7363e-5".
  function number(value) {
    const size = Math.abs(value);
    if (size === 0) return "0";
    return size < 1e-3 || size >= 1e5 ? value.toExponential(4) : value.toPrecision(5);
  }

  // Where the slider stands, in words, always as wide: "step 1,200 of 10,000", "epoch 2.50 of 4".
  function moment(at, { end, per, digits, noun }) {
    const write = (value, decimals) =>
      (value / per).toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return end ? `${noun} ${write(Math.round(at), digits)} of ${write(end, end % per ? digits : 0)}` : "";
  }

  // The losses at a step in words: " · loss 2.5556, 2.5693"; of many paths the lowest.
  function losses(paths, at) {
    const values = paths.filter((path) => path.clock.length).map((path) => path.loss[countUpTo(path.clock, at) - 1])
      .filter((value) => !Number.isNaN(value)); // it may be behind the path
    if (!values.length) return "";
    if (values.length > 3) return ` · lowest loss ${number(Math.min(...values))}`;
    return ` · loss ${values.map(number).join(", ")}`;
  }

  root.paths = {
    columns, losses, moment, countUpTo, number, frameOf, on, still, turns, trail, vertices, neighbour, range,
  };
  if (typeof module !== "undefined") module.exports = root.paths;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
