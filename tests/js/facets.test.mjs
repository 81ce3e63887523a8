import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { mapAt, numberOf, coordinate, words } = createRequire(import.meta.url)("../../assets/facets.js");

test("maps are counted from the top left, and the diagonal is none", () => {
  assert.deepEqual(mapAt(1.25, 2.5, 3), { row: 0, column: 1, across: 0.25, up: 0.5 });
  assert.equal(mapAt(0.5, 2.5, 3), null);
  assert.equal(mapAt(-0.1, 0.5, 3), null);
  assert.equal(mapAt(3.2, 0.5, 3), null);
});

test("the list goes row by row and leaves out the diagonal", () => {
  const places = [];
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) if (row !== column) places.push({ row, column });
  }
  assert.deepEqual(places.map((place) => numberOf(place, 4)), places.map((_, number) => number));
});

test("a brick's middle is a point of the grid", () => {
  const [points, aside] = [5, 1];
  const brick = 1 / (points + 2 * aside);
  const found = [0, 1, 2, 3, 4].map((point) => coordinate((point + aside + 0.5) * brick, brick, aside, [-100, 100], points));
  assert.deepEqual(found, [-100, -50, 0, 50, 100]);
  assert.equal(coordinate(0, brick, aside, [-100, 100], points), -100);
});

test("a point is told by its directions, their values and its loss", () => {
  const meta = { names: ["W[:,0]", "W[:,1]"], a: [-100, 100], b: [0, 1], points: [5, 3], aside: [1, 1] };
  const map = { row: 1, column: 0, across: 1.5 / 7, up: 2.5 / 5 };
  assert.equal(words(meta, map, [1 / 7, 1 / 5], 3.21712), "W[:,0] -100, W[:,1] 0.5: loss 3.217");
});
