// places.js: numbers judged by the pixel they stand for, texts worked by hand.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const places = createRequire(import.meta.url)("../../assets/places.js");

test("a number is written to within half a pixel, and with no digit more than tells a pixel from the next", () => {
  for (const [value, worth, text] of [
    [-1.80321, 0.013, "-1.8"],
    [-1.80721, 0.013, "-1.81"],
    [0.6, 0.01, "0.6"],
    [1234.567, 30, "1230"],
    [1234.567, 1, "1235"],
    [-0.0001, 0.01, "0"],
    [-3, 30, "0"],
    [3.14159e-7, 2e-9, "3.14e-7"],
    [17, 0, "17"],
  ]) assert.equal(Number(places.written(value, worth)), Number(text), `${value} at ${worth}`);
  assert.equal(places.written(-0.0001, 30), "0"); // and not "-0"
  let value = 0.137;
  for (let round = 0; round < 400; round++) {
    value = (value * 16807.31) % 1;
    const worth = 10 ** (8 * value - 6);
    const long = (value - 0.5) * 400 * worth;
    const text = places.written(long, worth);
    assert.ok(Math.abs(Number(text) - long) <= 0.5001 * worth, `${text} for ${long} at ${worth}`);
    assert.ok(text.replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length <= 4, `${text} at ${worth}`);
  }
});

test("a line of the field holds as many coordinates as there are axes", () => {
  assert.equal(places.line([-1.7996, 0.6049], [0.01, 0.01]), "-1.8, 0.6");
  assert.equal(places.line([2.512], [0.1]), "2.5");
});

test("a start is moved where it stands, others stay as they are written", () => {
  assert.equal(places.moved("-1.8, 0.6\ninitial\n2, 1", 1, "3, 3"), "-1.8, 0.6\n3, 3\n2, 1");
  assert.equal(places.moved("-1.8,0.6;2,1", 0, "3, 3"), "3, 3\n2,1");
  assert.equal(places.moved("\n -1.8, 0.6 \n\n", 0, "3, 3"), "3, 3");
  assert.equal(places.moved("1, 1\n2, 2", 5, "3, 3"), "3, 3\n2, 2");
  assert.equal(places.moved("", 0, "3, 3"), "3, 3");
});

test("a start is added behind the others", () => {
  assert.equal(places.added("-1.8, 0.6\n", "3, 3"), "-1.8, 0.6\n3, 3");
  assert.equal(places.added("", "3, 3"), "3, 3");
});

test("a lattice is no place: it stays behind the others", () => {
  assert.equal(places.moved("lattice, 41, 41\n1, 1\n2, 2", 1, "3, 3"), "1, 1\n3, 3\nlattice, 41, 41");
  assert.equal(places.moved("lattice, 41, 41", 0, "3, 3"), "3, 3\nlattice, 41, 41");
  assert.equal(places.added("1, 1;Lattice,9", "3, 3"), "1, 1\n3, 3\nLattice,9");
});

test("a click is what moved less than 4 pixels", () => {
  assert.equal(places.isClick(0), true);
  assert.equal(places.isClick(3.99), true);
  assert.equal(places.isClick(4), false);
  assert.equal(places.distance([1, 1], [4, 5]), 5);
});

test("the nearest ring within reach is held, one that is nowhere never", () => {
  const rings = [[NaN, NaN], [100, 100], [110, 100], [500, 500]];
  assert.equal(places.nearest(rings, [106, 100]), 2);
  assert.equal(places.nearest(rings, [104, 100]), 1);
  assert.equal(places.nearest(rings, [100, 112]), 1);
  assert.equal(places.nearest(rings, [100, 113]), -1);
  assert.equal(places.nearest([], [0, 0]), -1);
});
