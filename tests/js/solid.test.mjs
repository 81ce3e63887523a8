// solid.js on objects of our own that take note of what they are told.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const solid = createRequire(import.meta.url)("../../assets/solid.js");

const TRACK = { axes: ["a", "b", "height"], halos: [0], lines: [1], heads: 2 };
const path = (...steps) => ({ a: Float32Array.from(steps), b: Float32Array.from(steps), height: Float32Array.from(steps) });

// Counts as gl-line3d does for a line without gaps, `each` vertices for a piece.
function drawn(each = 4) {
  const told = [];
  const traces = {};
  const _fullData = ["halo", "line", "heads"].map((uid) => ({ uid, x: [0], y: [0], z: [0], width: uid }));
  for (const full of _fullData) {
    const linePlot = full.uid === "heads" ? null : {};
    traces[full.uid] = {
      linePlot,
      update(data) {
        told.push([full.uid, data.x.length, data.width]);
        this.data = data;
        if (!linePlot) return;
        const points = Array.from(data.x, (x, i) => [x, data.y[i], data.z[i]]);
        const arcLength = points.map((_, i) => i / 2);
        Object.assign(linePlot, { points, arcLength, vertexCount: each * (points.length - 1), dirty: false });
      },
    };
  }
  const scene = { traces, glplot: { redraw: () => told.push("redraw") } };
  const graph = { _fullLayout: { scene: { _scene: scene } }, _fullData };
  return { graph, traces, told, plotlyDraws: () => _fullData.forEach((full) => traces[full.uid].update(full)) };
}

test("a line is handed over whole once, and then only its length changes", () => {
  const { graph, traces, told } = drawn();
  const paths = [path(1, 2, 3, 4, 5)];
  const hold = solid.hold(graph, TRACK);
  assert.equal(hold.draw(paths, [3]), true);
  assert.deepEqual(told, [["halo", 5, "halo"], ["line", 5, "line"], ["heads", 1, "heads"], "redraw"]);
  for (const uid of ["halo", "line"]) {
    const { linePlot, data } = traces[uid];
    assert.equal(linePlot.vertexCount, 8);
    assert.deepEqual(linePlot.arcLength, [0, 0.5, 1]);
    assert.equal(linePlot.dirty, true);
    assert.equal(data, graph._fullData.find((full) => full.uid === uid)); // Plotly's own again
  }
  told.length = 0;
  assert.equal(hold.draw(paths, [5]), true);
  assert.deepEqual(told, [["heads", 1, "heads"], "redraw"]);
  assert.equal(traces.line.linePlot.vertexCount, 16);
  assert.deepEqual(traces.line.linePlot.arcLength, [0, 0.5, 1, 1.5, 2]);
});

test("a line is handed over again when Plotly has drawn it itself, and when it is another", () => {
  const { graph, told, plotlyDraws } = drawn();
  const paths = [path(1, 2, 3)];
  solid.hold(graph, TRACK).draw(paths, [2]);
  plotlyDraws();
  told.length = 0;
  solid.hold(graph, TRACK).draw(paths, [2]);
  assert.deepEqual(told.slice(0, 2), [["halo", 3, "halo"], ["line", 3, "line"]]);
  told.length = 0;
  solid.hold(graph, TRACK).draw([path(1, 2, 3, 4)], [2]);
  assert.deepEqual(told.slice(0, 2), [["halo", 4, "halo"], ["line", 4, "line"]]);
});

test("where lines are built in another way than we count, each is updated from Plotly's data", () => {
  const { graph, traces, told } = drawn(6);
  const paths = [path(1, 2, 3, 4, 5)];
  const hold = solid.hold(graph, TRACK);
  assert.equal(hold.draw(paths, [3]), true);
  for (const uid of ["halo", "line"]) {
    assert.deepEqual(told.filter(([told]) => told === uid).at(-1), [uid, 1, uid]);
    assert.equal(traces[uid].data, graph._fullData.find((full) => full.uid === uid));
    assert.equal(traces[uid].linePlot.vertexCount, 0);
  }
  told.length = 0;
  assert.equal(hold.draw(paths, [4]), true);
  assert.deepEqual(told, [["halo", 1, "halo"], ["line", 1, "line"], ["heads", 1, "heads"], "redraw"]);
});

test("a trace without a line of its own is updated from Plotly's data", () => {
  const { graph, traces, told } = drawn();
  traces.halo.linePlot = null;
  traces.halo.update = (data) => told.push(["halo", data.x.length, data.width]);
  assert.equal(solid.hold(graph, TRACK).draw([path(1, 2)], [2]), true);
  assert.deepEqual(told[0], ["halo", 1, "halo"]);
});

test("where a private name is missing there is no hold", () => {
  const without = (change) => {
    const { graph } = drawn();
    change(graph);
    return solid.hold(graph, TRACK);
  };
  assert.notEqual(without(() => {}), null);
  const gone = [
    (graph) => delete graph._fullLayout,
    (graph) => delete graph._fullData,
    (graph) => delete graph._fullLayout.scene,
    (graph) => delete graph._fullLayout.scene._scene,
    (graph) => delete graph._fullLayout.scene._scene.traces,
    (graph) => delete graph._fullLayout.scene._scene.glplot,
    (graph) => delete graph._fullLayout.scene._scene.glplot.redraw,
  ];
  for (const change of gone) assert.equal(without(change), null, String(change));
});

test("where a trace has no object, or one without update, nothing is drawn", () => {
  for (const change of [(traces) => delete traces.line, (traces) => delete traces.heads, (traces) => (traces.halo.update = null)]) {
    const { graph, traces, told } = drawn();
    change(traces);
    assert.equal(solid.hold(graph, TRACK).draw([path(1, 2)], [1]), false);
    assert.deepEqual(told, []);
  }
});
