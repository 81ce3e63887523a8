// The matrix of pairs and the row of profiles: what the pointer is at, in words, and a click that opens it. A click
// presses the link that the list holds for the same picture. Pure functions first; tests/js/facets.test.mjs mirrors them.
"use strict";

(function (root) {
  // The map at a place of the matrix, whose maps are 1 wide and whose first row is on top: {row, column}, and the place
  // in it, 0..1 from its middle's point of view; null between rows and columns of nothing, and on the diagonal.
  function mapAt(x, y, count) {
    const [column, row] = [Math.floor(x), count - 1 - Math.floor(y)];
    const inside = [row, column].every((place) => place >= 0 && place < count);
    return inside && row !== column ? { row, column, across: x - column, up: y - Math.floor(y) } : null;
  }

  // Its number in the list, which goes row by row and leaves out the diagonal.
  const numberOf = ({ row, column }, count) => row * (count - 1) + column - (column > row ? 1 : 0);

  // The coordinate at a place 0..1 of a map, whose points lie in the middle of bricks beside gaps.
  function coordinate(share, brick, aside, [from, to], points) {
    const place = Math.round(share / brick - 0.5 - aside);
    return from + ((to - from) * Math.min(Math.max(place, 0), points - 1)) / (points - 1);
  }

  const brief = (value) => String(Number(value.toPrecision(4)));

  // What is told of a point: "W[:,0] 20.4, W[:,1] -63: loss 3.217".
  function words({ names, a, b, points, aside }, map, bricks, loss) {
    const first = coordinate(map.across, bricks[0], aside[0], a, points[0]);
    const second = coordinate(map.up, bricks[1], aside[1], b, points[1]);
    return `${names[map.column]} ${brief(first)}, ${names[map.row]} ${brief(second)}: loss ${brief(loss)}`;
  }

  root.facets = { mapAt, numberOf, coordinate, words };
  if (typeof module !== "undefined") module.exports = root.facets;
  if (typeof window === "undefined") return;

  const press = (id, number) => document.querySelectorAll(`#${id} a`)[number]?.click();

  async function watchPairs() {
    const graph = await root.graphs.ready("pairs");
    const at = ({ points: [point] }) => {
      const { meta, dx, dy } = graph.data[0];
      const map = mapAt(point.x, point.y, meta.names.length);
      return { map, meta, bricks: [dx, dy], loss: point.z };
    };
    const say = (text) => window.dash_clientside.set_props("pairs-point", { children: text });
    graph.on("plotly_hover", (event) => {
      const { map, meta, bricks, loss } = at(event);
      if (map) say(words(meta, map, bricks, loss));
    });
    graph.on("plotly_unhover", () => say(""));
    graph.on("plotly_click", (event) => {
      const { map, meta } = at(event);
      if (map) press("pairs-links", numberOf(map, meta.names.length));
    });
  }

  async function watchProfiles() {
    const graph = await root.graphs.ready("profiles");
    graph.on("plotly_click", ({ points: [point] }) => press("profiles-links", point.curveNumber));
  }

  window.addEventListener("load", () => {
    watchPairs();
    watchProfiles();
  });
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
