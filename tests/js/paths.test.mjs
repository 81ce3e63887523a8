// paths.js against plain counting and hand-worked pictures.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const paths = createRequire(import.meta.url)("../../assets/paths.js");

// Mulberry32: the same numbers in every run.
function draws(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CURVE = { graph: "curve", axes: ["x", "loss"], lines: [2, 3], halos: [], wholes: [0, 1], heads: 4, starts: -1 };
const SURFACE = { graph: "surface", axes: ["a", "b", "height"], lines: [3, 4], halos: [1, 2], wholes: [], heads: 6, starts: 5 };

const path = (step, more = {}) => ({
  step: Float32Array.from(step),
  clock: Float32Array.from(step),
  x: Float32Array.from(step),
  a: Float32Array.from(step, (t) => t + 100),
  b: Float32Array.from(step, (t) => t + 200),
  loss: Float32Array.from(step, (t) => 300 - t),
  height: Float32Array.from(step, (t) => 400 - t),
  status: "MAX_STEPS",
  ...more,
});
const TWO = [path([0, 1, 2, 3], { mark: "circle" }), path([0, 2, 4], { mark: "square" })];

// The series that `traces`[i] is given on each axis, as plain lists.
function byTrace({ data, traces }) {
  const plain = (value) => (ArrayBuffer.isView(value) ? [...value] : value);
  const named = traces.map((trace, i) => [trace, Object.fromEntries(Object.entries(data).map(([k, v]) => [k, plain(v[i])]))]);
  return Object.fromEntries(named);
}

test("countUpTo counts as a linear scan does", () => {
  const random = draws(1);
  for (let round = 0; round < 2000; round++) {
    const steps = [];
    let at = Math.floor(random() * 3);
    for (let left = Math.floor(random() * 12); left > 0; left--) {
      steps.push(at);
      at += 1 + Math.floor(random() * 5);
    }
    const ask = Math.floor(random() * (at + 3)) - 1 + (random() < 0.3 ? 0.5 : 0);
    const passed = steps.filter((step) => step <= ask).length;
    const expected = steps.length ? Math.max(1, passed) : 0;
    assert.equal(paths.countUpTo(Float32Array.from(steps), ask), expected, `${steps} up to ${ask}`);
  }
});

test("a frame shows each path up to the step, and its head there", () => {
  const drawn = byTrace(paths.frameOf(SURFACE, TWO, 2));
  assert.deepEqual(Object.keys(drawn), ["1", "2", "3", "4", "6"]);
  assert.deepEqual(drawn[3], { x: [100, 101, 102], y: [200, 201, 202], z: [400, 399, 398] });
  assert.deepEqual(drawn[4], { x: [100, 102], y: [200, 202], z: [400, 398] });
  assert.deepEqual(drawn[1], drawn[3]);
  assert.deepEqual(drawn[2], drawn[4]);
  assert.deepEqual(drawn[6], { x: [102, 102], y: [202, 202], z: [398, 398] });
});

test("a frame between two recorded steps stands at the earlier one, before the first at the first", () => {
  assert.deepEqual(byTrace(paths.frameOf(CURVE, TWO, 3))[3], { x: [0, 2], y: [300, 298] });
  assert.deepEqual(byTrace(paths.frameOf(CURVE, TWO, 3))[4], { x: [3, 2], y: [297, 298] });
  assert.deepEqual(byTrace(paths.frameOf(CURVE, TWO, -1))[2], { x: [0], y: [300] });
  assert.deepEqual(byTrace(paths.frameOf(CURVE, TWO, 99))[4], { x: [3, 4], y: [297, 296] });
});

test("a frame slices and never copies, and leaves the paths as they were", () => {
  const { data, traces } = paths.frameOf(CURVE, TWO, 1);
  assert.equal(data.x[traces.indexOf(2)].buffer, TWO[0].x.buffer);
  assert.deepEqual([...TWO[0].x], [0, 1, 2, 3]);
});

test("no paths: a frame empties the heads", () => {
  assert.deepEqual(byTrace(paths.frameOf(SURFACE, [], 5)), { 6: { x: [], y: [], z: [] } });
});

test("a path without a recorded step yet draws nothing and breaks nothing", () => {
  const drawn = byTrace(paths.frameOf(CURVE, [path([]), TWO[0]], 2));
  assert.deepEqual(drawn[2], { x: [], y: [] });
  assert.deepEqual(drawn[3], { x: [0, 1, 2], y: [300, 299, 298] });
});

test("what stands still: whole curves, starts, visibility, numbers and symbols", () => {
  const [whole, visible, heads] = paths.still(CURVE, TWO, 0);
  assert.deepEqual(byTrace(whole), { 0: { x: [0, 1, 2, 3], y: [300, 299, 298, 297] }, 1: { x: [0, 2, 4], y: [300, 298, 296] } });
  assert.deepEqual(byTrace(visible), { 0: { visible: true }, 1: { visible: true }, 2: { visible: true }, 3: { visible: true }, 4: { visible: true } });
  assert.deepEqual(byTrace(heads), { 4: { text: ["1", "2"], "marker.symbol": ["circle", "square"] } });
  const [starts] = paths.still(SURFACE, TWO, 0);
  assert.deepEqual(byTrace(starts), { 5: { x: [100, 100], y: [200, 200], z: [400, 400] } });
});

test("paths that are gone are hidden", () => {
  const [, visible] = paths.still(SURFACE, [TWO[0]], 2);
  const shown = Object.fromEntries(Object.entries(byTrace(visible)).map(([trace, { visible }]) => [trace, visible]));
  assert.deepEqual(shown, { 1: true, 2: false, 3: true, 4: false, 5: true, 6: true });
});

test("a descent that broke ends in a cross", () => {
  for (const status of ["DIVERGED", "NON_FINITE"]) {
    const [, , heads] = paths.still(CURVE, [path([0, 1], { status, mark: "x" }), TWO[1]], 0);
    assert.deepEqual(byTrace(heads)[4]["marker.symbol"], ["x", "square"]);
  }
});

test("a trail is the line as an SVG path, and each of its parts from the start is a slice of it", () => {
  const place = (x, y) => [10 * x, 100 - y];
  const { d, ends } = paths.trail(Float32Array.of(1, 2, 3), Float32Array.of(5, 6, 7.5), place);
  assert.equal(d, "M10,95L20,94L30,92.5");
  assert.deepEqual([...ends].map((end) => d.slice(0, end)), ["M10,95", "M10,95L20,94", d]);
});

test("a trail begins anew behind a gap, and is empty before its first point", () => {
  const place = (x, y) => [x, y];
  const { d, ends } = paths.trail([NaN, 1, 2, 3, 4], [0, 0, Infinity, 0, 0], place);
  assert.equal(d, "M1,0M3,0L4,0");
  assert.deepEqual([...ends].map((end) => d.slice(0, end)), ["", "M1,0", "M1,0", "M1,0M3,0", d]);
  assert.deepEqual(paths.trail([], [], place), { d: "", ends: new Uint32Array(0) });
});

test("vertices are four for a piece of an unbroken line", () => {
  assert.deepEqual([...paths.vertices([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4])], [0, 4, 8, 12]);
  assert.deepEqual([...paths.vertices([1], [1], [1])], [0]);
  assert.deepEqual([...paths.vertices([], [], [])], []);
});

test("vertices where a gap cuts the line: two for each missing piece, two more before the next", () => {
  const flat = [0, 0, 0, 0, 0, 0];
  // Worked by hand after gl-line3d: pieces 0-1 (4), 1-2 and 2-3 missing (2 + 2), 3-4 (2 + 4), 4-5 (4).
  assert.deepEqual([...paths.vertices([0, 1, NaN, 3, 4, 5], flat, flat)], [0, 4, 6, 8, 14, 18]);
  // Nothing is there to be cut before the first piece.
  assert.deepEqual([...paths.vertices(flat, flat, [NaN, NaN, 2, 3, 4, 5])], [0, 0, 0, 4, 8, 12]);
  assert.deepEqual([...paths.vertices([0, 1, 2, 3, 4, -Infinity], flat, flat)], [0, 4, 8, 12, 16, 18]);
});

test("columns turns attributes by trace into Plotly's lists, undefined where a trace keeps its own", () => {
  const traces = new Map([
    [7, { x: [1], visible: true }],
    [2, { "line.color": "red" }],
  ]);
  const { data, indices } = paths.columns(traces);
  assert.deepEqual(indices, [7, 2]);
  assert.deepEqual(data, { x: [[1], undefined], visible: [true, undefined], "line.color": [undefined, "red"] });
  assert.deepEqual(paths.columns(new Map()), { data: {}, indices: [] });
});

test("neighbour finds the next recorded step of any path, as a sorted list does", () => {
  const random = draws(2);
  for (let round = 0; round < 300; round++) {
    const some = Array.from({ length: 3 }, () => {
      const steps = new Set(Array.from({ length: 4 }, () => Math.floor(random() * 20)));
      return path([...steps].sort((left, right) => left - right));
    });
    const all = [...new Set(some.flatMap((one) => [...one.step]))].sort((left, right) => left - right);
    const at = Math.floor(random() * 20);
    assert.equal(paths.neighbour(some, at, 1), all.find((step) => step > at) ?? at);
    assert.equal(paths.neighbour(some, at, -1), all.findLast((step) => step < at) ?? at);
  }
});

test("range holds all paths with a tenth of air, rounded to what a reader needs", () => {
  assert.equal(paths.range(TWO, "a"), "99.6, 104.4"); // 100..104: 0.4 of air
  const wide = [{ a: Float64Array.of(-1000, 3000) }];
  assert.equal(paths.range(wide, "a"), "-1400, 3400");
  const small = [{ a: Float64Array.of(0.001, 0.002) }];
  const [low, high] = paths.range(small, "a").split(", ").map(Number);
  assert.ok(low <= 0.001 && low >= 0.0008 && high >= 0.002 && high <= 0.0022, `${low} ${high}`);
});

test("range of one point has a width; of nothing there is none", () => {
  for (const value of [0, 5, -0.3, 1e6]) {
    const [low, high] = paths.range([{ a: Float64Array.of(value) }], "a").split(", ").map(Number);
    assert.ok(low < value && value < high, `${low} < ${value} < ${high}`);
  }
  assert.equal(paths.range([], "a"), null);
  assert.equal(paths.range([{ a: new Float32Array(0) }], "a"), null);
});

test("range always contains every path, on random ones", () => {
  const random = draws(3);
  for (let round = 0; round < 500; round++) {
    const scale = 10 ** (random() * 12 - 6);
    const values = Float64Array.from({ length: 3 }, () => (random() - 0.5) * scale);
    const [low, high] = paths.range([{ a: values }], "a").split(", ").map(Number);
    assert.ok(low <= Math.min(...values) && Math.max(...values) <= high, `${low}, ${high} for ${values}`);
  }
});

test("number has five digits in any size, and reads back as the value", () => {
  assert.equal(paths.number(4.751), "4.7510");
  assert.equal(paths.number(2.7363e-5), "2.7363e-5");
  assert.equal(paths.number(0), "0");
  assert.equal(paths.number(123456), "1.2346e+5");
  const random = draws(4);
  for (let round = 0; round < 500; round++) {
    const value = (random() - 0.5) * 10 ** (random() * 20 - 10);
    assert.ok(Math.abs(Number(paths.number(value)) - value) <= 5.1e-5 * Math.abs(value), String(value));
  }
});

test("losses in words: each of up to three, the lowest of more, nothing of none", () => {
  const at = (value) => path([0, 1], { loss: Float64Array.from([9, value]) });
  assert.equal(paths.losses([at(2), at(3)], 1), " · loss 2.0000, 3.0000");
  assert.equal(paths.losses([at(2), at(3)], 0), " · loss 9.0000, 9.0000");
  assert.equal(paths.losses([at(5), at(3), at(4), at(6)], 1), " · lowest loss 3.0000");
  assert.equal(paths.losses([], 1), "");
});

test("range passes over what is not drawn", () => {
  const gap = path([0, 1, 2], { a: Float64Array.from([NaN, 1, 2]) });
  assert.equal(paths.range([gap], "a"), "0.9, 2.1");
});

test("a view whose series a scene does not tell of draws no path", () => {
  const rates = { ...CURVE, axes: ["x", "rate"] };
  assert.deepEqual(paths.on(rates, TWO), []);
  assert.deepEqual(paths.on(CURVE, []), []);
  assert.equal(paths.on(CURVE, TWO), TWO);
});

test("a view without heads draws lines alone", () => {
  const bare = { ...CURVE, heads: -1 };
  assert.deepEqual(paths.frameOf(bare, TWO, 2).traces, [2, 3]);
  assert.ok(paths.still(bare, TWO, 2).every(({ traces }) => traces.every((trace) => trace >= 0 && trace !== CURVE.heads)));
});

test("a stair holds each value to the next point, and begins anew behind a gap", () => {
  const place = (x, y) => [x, y];
  const { d, ends } = paths.trail([0, 1, 2, NaN, 4, 5], [8, 8, 4, 4, 4, 2], place, true);
  assert.equal(d, "M0,8H1V8H2V4M4,4H5V2");
  assert.equal(d.slice(0, ends[1]), "M0,8H1V8");
});

test("a rate turns at the first recorded place from there on, once the slider is there", () => {
  const turning = path([0, 3, 6, 9], { turns: Float32Array.of(3, 4, 9) });
  assert.deepEqual(paths.turns(turning, 2), []);
  assert.deepEqual(paths.turns(turning, 5), [1]);
  assert.deepEqual(paths.turns(turning, 6), [1, 2]);
  assert.deepEqual(paths.turns(turning, 9), [1, 2, 3]);
  assert.deepEqual(paths.turns(path([0, 3], { turns: Float32Array.of(5) }), 9), []); // not come that far
  assert.deepEqual(paths.turns(path([0, 1]), 1), []);
});

test("where the slider counts something else, a path is shown where it stood then", () => {
  const slow = path([0, 1, 2, 3], { clock: Float64Array.from([0, 4, 8, 12]), x: Float32Array.from([0, 0.4, 0.8, 1.2]) });
  const { data, traces } = paths.frameOf(CURVE, [slow], 9);
  assert.deepEqual([...data.x[traces.indexOf(2)]], [...Float32Array.from([0, 0.4, 0.8])]);
  assert.equal(paths.neighbour([slow], 9, 1), 12);
  assert.equal(paths.losses([slow], 4), " · loss 299.00");
});

test("the moment is written as it is counted, always as wide", () => {
  const steps = { end: 10000, per: 1, digits: 0, noun: "step" };
  assert.equal(paths.moment(1200, steps), "step 1,200 of 10,000");
  const epochs = { end: 400, per: 100, digits: 2, noun: "epoch" };
  assert.equal(paths.moment(250, epochs), "epoch 2.50 of 4");
  assert.equal(paths.moment(400, epochs), "epoch 4.00 of 4");
  assert.equal(paths.moment(5, { ...epochs, end: 250 }), "epoch 0.05 of 2.50");
  assert.equal(paths.moment(0, { ...steps, end: 0 }), "");
});
