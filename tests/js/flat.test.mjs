// flat.js on a document and a Plotly graph of our own, as small as they can be.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const flat = createRequire(import.meta.url)("../../assets/flat.js");

const TRACK = { axes: ["a", "b"], halos: [0, 1], lines: [2, 3], heads: 4 };
const TWO = [
  { a: [0, 1, 2], b: [0, 10, 20] },
  { a: [4, NaN, 6, 7], b: [40, 50, 60, 70] },
];

class Element {
  constructor(attributes = {}, text = null, datum = undefined) {
    this.attributes = attributes;
    this.text = text;
    this.__data__ = datum;
  }
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }
  removeAttribute(name) {
    delete this.attributes[name];
  }
  querySelector() {
    return this.text;
  }
}

// Ten pixels to one across, one to one and upside down upwards; Plotly has drawn two paths, the second in two pieces.
function drawn({ cliponaxis = true, range = [0, 100] } = {}) {
  const axis = (_m, _b) => ({ _m, _b, d2l: Number, range });
  const uid = (i) => ({ uid: `u${i}`, cliponaxis, mode: "markers+text" });
  const elements = {};
  for (const trace of [0, 1, 2, 3]) elements[`.traceu${trace} .js-line`] = [new Element()];
  for (const trace of [1, 3]) elements[`.traceu${trace} .js-line`].push(new Element({ d: "M9,9" }));
  const data = [{ i: 0 }, { i: 1 }];
  elements[".traceu4 .point"] = data.map((datum) => new Element({ transform: "translate(9,9)" }, null, datum));
  elements[".traceu4 .textpoint"] = data.map((datum) => new Element({ transform: "translate(7,3)" }, new Element(), datum));
  const graph = {
    _fullLayout: { xaxis: axis(10, 0), yaxis: axis(-1, 100) },
    _fullData: [0, 1, 2, 3, 4].map(uid),
    querySelectorAll: (selector) => elements[selector] ?? [],
  };
  const line = (trace) => elements[`.traceu${trace} .js-line`].map((element) => element.attributes.d);
  const [points, numbers] = [elements[".traceu4 .point"], elements[".traceu4 .textpoint"]];
  return { graph, elements, line, points, numbers };
}

test("lines, halos, heads and numbers go to the step", () => {
  const { graph, line, points, numbers } = drawn();
  assert.equal(flat.hold(graph, TRACK).draw(TWO, [2, 4]), true);
  assert.deepEqual([line(0), line(2)], [["M0,100L10,90"], ["M0,100L10,90"]]);
  assert.deepEqual([line(1), line(3)], Array(2).fill(["M40,60M60,40L70,30", "M0,0"]));
  assert.deepEqual(points.map(({ attributes }) => attributes), [{ transform: "translate(10,90)" }, { transform: "translate(70,30)" }]);
  assert.deepEqual(numbers.map(({ text }) => text.attributes), [{ x: "10", y: "90" }, { x: "70", y: "30" }]);
  assert.deepEqual(numbers.map(({ attributes }) => attributes.transform), ["translate(7,3)", "translate(7,3)"]);
  assert.deepEqual(points.map(({ __data__ }) => __data__), [{ i: 0, x: 1, y: 10 }, { i: 1, x: 7, y: 70 }]);
});

test("a head that is nowhere is hidden, and comes back", () => {
  const { graph, points, numbers } = drawn();
  const hold = flat.hold(graph, TRACK);
  const hidden = () => [points[1], numbers[1]].map(({ attributes }) => attributes.display);
  hold.draw(TWO, [1, 2]);
  assert.deepEqual(hidden(), ["none", "none"]);
  hold.draw(TWO, [1, 3]);
  assert.deepEqual(hidden(), [undefined, undefined]);
  assert.equal(points[1].attributes.transform, "translate(60,40)");
});

test("heads beyond the axes are hidden where nothing else cuts them off", () => {
  const cut = drawn({ cliponaxis: false, range: [0, 5] });
  flat.hold(cut.graph, TRACK).draw(TWO, [1, 4]);
  assert.deepEqual(cut.points.map(({ attributes }) => attributes.display), [undefined, "none"]);
  const clipped = drawn({ range: [0, 5] });
  flat.hold(clipped.graph, TRACK).draw(TWO, [1, 4]);
  assert.deepEqual(clipped.points.map(({ attributes }) => attributes.display), [undefined, undefined]);
});

test("while a wheel turns heads and numbers keep Plotly's scale, at their new place", () => {
  const { graph, points, numbers } = drawn();
  points[0].attributes.transform = "translate(9,9)scale(0.5,0.5)";
  numbers[0].attributes.transform = "translate(9,9)scale(0.5,0.5)translate(-9,-9)translate(7,3)";
  flat.hold(graph, TRACK).draw(TWO, [2, 1]);
  assert.equal(points[0].attributes.transform, "translate(10,90)scale(0.5,0.5)");
  assert.equal(numbers[0].attributes.transform, "translate(10,90)scale(0.5,0.5)translate(-10,-90)translate(7,3)");
});

test("while the reader drags, axes move on and what is drawn stays in the picture that is dragged", () => {
  const { graph, line } = drawn();
  const hold = flat.hold(graph, TRACK);
  Object.assign(graph._fullLayout.xaxis, { _b: 500 });
  hold.draw(TWO, [2, 1]);
  assert.deepEqual(line(2), ["M0,100L10,90"]);
});

test("other paths are drawn anew", () => {
  const { graph, line } = drawn();
  const hold = flat.hold(graph, TRACK);
  hold.draw(TWO, [3, 4]);
  hold.draw([{ a: [0, 5], b: [0, 0] }, TWO[1]], [2, 1]);
  assert.deepEqual(line(2), ["M0,100L50,100"]);
});

test("where a private name is missing there is no hold", () => {
  const without = (change) => {
    const { graph } = drawn();
    change(graph);
    return flat.hold(graph, TRACK);
  };
  assert.notEqual(without(() => {}), null);
  const gone = [
    (graph) => delete graph._fullLayout,
    (graph) => delete graph._fullData,
    (graph) => delete graph._fullLayout.xaxis,
    (graph) => delete graph._fullLayout.xaxis._m,
    (graph) => delete graph._fullLayout.yaxis._b,
    (graph) => delete graph._fullLayout.yaxis.d2l,
  ];
  for (const change of gone) assert.equal(without(change), null, String(change));
});

test("where Plotly has made other elements, or none yet, nothing is drawn", () => {
  for (const missing of [".traceu2 .js-line", ".traceu1 .js-line", ".traceu4 .point", ".traceu4 .textpoint"]) {
    const { graph, elements, points } = drawn();
    delete elements[missing];
    assert.equal(flat.hold(graph, TRACK).draw(TWO, [2, 4]), false, missing);
    assert.equal(points[0].attributes.transform, "translate(9,9)");
  }
  const { graph, points } = drawn();
  delete points[1].__data__;
  assert.equal(flat.hold(graph, TRACK).draw(TWO, [2, 4]), false);
});

test("a path that has nothing to show yet needs no elements", () => {
  const { graph, elements } = drawn();
  for (const trace of [1, 3]) elements[`.traceu${trace} .js-line`] = [];
  elements[".traceu4 .point"].pop();
  const late = [TWO[0], { a: [NaN, 4], b: [NaN, 4] }];
  assert.equal(flat.hold(graph, TRACK).draw(late, [2, 1]), true);
  assert.equal(flat.hold(graph, TRACK).draw(late, [2, 2]), false);
});

test("on a logarithmic axis lines, heads and the range count in powers of ten", () => {
  const { graph, line, points } = drawn({ cliponaxis: false });
  const { xaxis, yaxis } = graph._fullLayout;
  Object.assign(yaxis, { d2l: Math.log10, range: [-2, 1] });
  Object.assign(xaxis, { range: [0, 10] });
  const falling = [{ a: [0, 1, 2], b: [10, 0.1, 1e-5] }, { a: [0, 1, 2], b: [1, 1, 1] }];
  assert.equal(flat.hold(graph, TRACK).draw(falling, [2, 2]), true);
  assert.deepEqual(line(2), ["M0,99L10,101"]);
  assert.equal(points[0].attributes.display, undefined);
  assert.equal(flat.hold(graph, TRACK).draw(falling, [3, 3]), true);
  assert.equal(points[0].attributes.display, "none");
  assert.equal(points[1].attributes.display, undefined);
});

test("heads without numbers are moved as quickly", () => {
  const { graph, elements, points } = drawn();
  graph._fullData[4].mode = "markers";
  delete elements[".traceu4 .textpoint"];
  assert.equal(flat.hold(graph, TRACK).draw(TWO, [2, 4]), true);
  assert.deepEqual(points.map(({ attributes }) => attributes), [{ transform: "translate(10,90)" }, { transform: "translate(70,30)" }]);
});
