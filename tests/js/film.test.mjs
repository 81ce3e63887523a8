// film.js against values worked out by hand.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const film = createRequire(import.meta.url)("../../assets/film.js");

const told = (fresh, ...steps) => ({ key: "k", fresh, frames: steps.map((step) => ({ step, words: `at ${step}` })) });

test("frames come in any order and stand in that of their steps", () => {
  const first = film.joined(null, { ...told(true, 0, 100), form: "curve" });
  const second = film.joined(first, told(false, 50, 25));
  assert.deepEqual(second.steps, [0, 25, 50, 100]);
  assert.equal(second.form, "curve"); // what stands still stays
  assert.deepEqual(first.steps, [0, 100]); // the film before is not changed
  assert.deepEqual(film.joined(second, told(true, 7)).steps, [7]); // a fresh one begins anew
});

test("the last frame at or before a step is shown", () => {
  const known = film.joined(null, told(true, 10, 20, 40));
  const cases = [[0, 0], [10, 0], [19, 0], [20, 1], [39, 1], [40, 2], [1e9, 2]];
  for (const [step, place] of cases) assert.equal(film.frameAt(known, step), place, `step ${step}`);
  assert.equal(film.frameAt(film.joined(null, told(true)), 5), -1);
});

test("regions are tinted by their class, the stronger the surer, the lowest row at the bottom", () => {
  const colours = [[10, 20, 30], [200, 100, 50]];
  const out = film.pixels(Uint8Array.of(0, 1, 1, 255), Uint8Array.of(255, 0, 255, 9), 2, colours);
  const pixel = (row, column) => [...out.subarray(4 * (2 * row + column), 4 * (2 * row + column) + 4)];
  assert.deepEqual(pixel(1, 0), [10, 20, 30, Math.round(0.55 * 255)]); // first row of the mesh: the picture's last
  assert.deepEqual(pixel(1, 1), [200, 100, 50, Math.round(0.16 * 255)]);
  assert.deepEqual(pixel(0, 0), [200, 100, 50, Math.round(0.55 * 255)]);
  assert.deepEqual(pixel(0, 1), [0, 0, 0, 0]); // no class
  assert.equal(film.pixels(Uint8Array.of(1), undefined, 1, colours)[3], Math.round(0.55 * 255)); // nobody says how sure
});

test("images of one channel are grey, of three coloured", () => {
  assert.deepEqual([...film.picture(Uint8Array.of(7, 9), 1)], [7, 7, 7, 255, 9, 9, 9, 255]);
  assert.deepEqual([...film.picture(Uint8Array.of(1, 2, 3), 3)], [1, 2, 3, 255]);
});

test("a table's cells are shares of their row", () => {
  assert.deepEqual(film.shares(Float32Array.of(3, 1, 0, 0), 2), [0.75, 0.25, 0, 0]);
});

test("colours are read and words are put together", () => {
  assert.deepEqual(film.rgb(" #0072b2"), [0, 114, 178]);
  const frame = { step: 1200, words: "9 of 10 right." };
  assert.equal(film.words({ path: 0, many: false }, frame), "Step 1,200: 9 of 10 right.");
  assert.equal(film.words({ path: 1, many: true }, frame), "Path 2, step 1,200: 9 of 10 right.");
  assert.equal(film.words({ path: null, many: false }, { ...frame, step: 0 }), "Initial weights: 9 of 10 right.");
});
