// Moves what plotly.js has drawn in three dimensions: the graphics card holds each line to its end, and is told how
// much of it to draw; heads are drawn anew, and are few.
"use strict";

(function (root) {
  const held = new WeakMap(); // a line of gl-line3d -> what its buffer holds: {series, points, arcLength, vertices}

  // A hold on a picture, or null where plotly.js is not built as we know it.
  // Private names: _fullLayout.scene._scene with traces and glplot.redraw; _fullData and its uid; of a trace's object
  // update, data and linePlot; of that points, arcLength, vertexCount and dirty, without which it is updated whole.
  function hold(graph, track) {
    const scene = graph._fullLayout?.scene?._scene;
    if (!scene?.traces || typeof scene.glplot?.redraw !== "function" || !graph._fullData) return null;

    let asKnown = true; // whether lines are built as we count

    // Draws `paths` up to so many points each, of which Plotly's data tell already; whether it could.
    function draw(paths, counts) {
      const drawn = (trace) => ({ full: graph._fullData[trace], object: scene.traces[graph._fullData[trace].uid] });
      const lines = paths.flatMap((path, i) =>
        [track.halos, track.lines].map((traces) => ({ ...drawn(traces[i]), path, count: counts[i] })),
      );
      const heads = drawn(track.heads);
      if (![heads, ...lines].every(({ object }) => typeof object?.update === "function")) return false;
      for (const { full, object, path, count } of lines) {
        asKnown &&= grow(object, full, track.axes.map((axis) => path[axis]), count);
        if (!asKnown) object.update(full);
      }
      heads.object.update(heads.full);
      scene.glplot.redraw();
      return true;
    }

    return { draw };
  }

  // Shows so many points of a line that the graphics card holds whole; whether it could.
  function grow(object, full, series, count) {
    const line = object.linePlot;
    if (!line) return false;
    if (!holds(line, series)) upload(object, full, series);
    const { vertices, arcLength } = held.get(line);
    if (!vertices) return false;
    line.vertexCount = vertices[count - 1];
    line.arcLength = arcLength.slice(0, count); // its end is what dashes are measured by
    line.dirty = true;
    return true;
  }

  // Plotly gives a line new points whenever it draws it itself.
  function holds(line, series) {
    const known = held.get(line);
    return known !== undefined && known.points === line.points && known.series.every((one, i) => one === series[i]);
  }

  // The whole line to the graphics card, by Plotly's own way; what is drawn of it must add up as we count it.
  function upload(object, full, series) {
    const [x, y, z] = series;
    object.update({ ...full, x, y, z });
    object.data = full;
    const { points, arcLength, vertexCount } = object.linePlot;
    const vertices = root.paths.vertices(...series);
    const adds = vertexCount === vertices.at(-1) && arcLength?.length === x.length && points?.length === x.length;
    held.set(object.linePlot, { series, points, arcLength, vertices: adds ? vertices : null });
  }

  root.solid = { hold };
  if (typeof module !== "undefined") module.exports = root.solid;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : { paths: require("./paths.js") });
