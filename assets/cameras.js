// Two surfaces side by side are seen from the same place: whoever turns one turns the other.
"use strict";

(function (root) {
  const SCENES = ["scene", "scene2"];
  const NARROW = 480; // pixels, below which they stand one above the other

  // Which scene an event says was turned, and the other one; null of any other event.
  function turned(change) {
    const scene = SCENES.find((name) => Object.keys(change ?? {}).some((key) => key.startsWith(`${name}.camera`)));
    return scene ? { scene, other: SCENES.find((name) => name !== scene) } : null;
  }

  root.cameras = { turned, domains };
  if (typeof module !== "undefined") module.exports = root.cameras;
  if (typeof window === "undefined") return;

  let kept = null; // the camera that both have since somebody turned one

  // Of the scene that is turned, to the other one. Through Plotly.relayout it would draw both anew, and Dash, which hands
  // its own figure to Plotly whenever a reader has turned a scene, would take the other's camera back.
  // Private names: _fullLayout, of a scene _scene with getCamera, setViewport and glplot.redraw.
  function follow(graph, change) {
    const { scene } = turned(change) ?? {};
    const camera = scene && graph._fullLayout[scene]?._scene?.getCamera?.();
    if (!camera) return;
    kept = camera;
    share(graph);
  }

  // Both have the camera that was kept; also after Plotly has drawn them from its own books.
  function share(graph) {
    for (const scene of kept ? SCENES : []) {
      const plot = graph._fullLayout[scene]?._scene;
      if (typeof plot?.setViewport !== "function" || !plot.camera || same(plot.getCamera(), kept)) continue;
      for (const books of [graph.layout[scene], graph._fullLayout[scene]]) books.camera = structuredClone(kept);
      plot.setViewport(graph._fullLayout[scene]);
      plot.glplot?.redraw();
    }
  }

  const NUMBERS = ["eye", "center", "up"].flatMap((part) => ["x", "y", "z"].map((axis) => [part, axis]));

  const same = (one, two) => NUMBERS.every(([part, axis]) => Math.abs(one[part][axis] - two[part][axis]) < 1e-6);

  // Side by side, or one above the other: the layout's domains of a graph so wide.
  function domains(width) {
    const [first, second] = [[0, 0.5], [0.5, 1]];
    const [x, y] = width < NARROW ? [[[0, 1], [0, 1]], [second, first]] : [[first, second], [[0, 1], [0, 1]]];
    return Object.fromEntries(SCENES.flatMap((scene, i) => [[`${scene}.domain.x`, x[i]], [`${scene}.domain.y`, y[i]]]));
  }

  // Where the width has changed so much that they go elsewhere.
  function arrange(graph) {
    const wanted = domains(graph.clientWidth);
    const [first] = SCENES.map((scene) => graph._fullLayout[scene]?.domain.x);
    if (!graph.clientWidth || !first || String(first) === String(wanted["scene.domain.x"])) return;
    root.graphs.put("beside", {}, [], wanted);
  }

  async function begin() {
    const graph = await root.graphs.ready("beside");
    graph.on("plotly_afterplot", () => arrange(graph));
    for (const event of ["plotly_relayouting", "plotly_relayout"]) graph.on(event, (change) => follow(graph, change));
    graph.on("plotly_afterplot", () => share(graph));
  }
  window.addEventListener("load", begin);
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
