// arrows.js against the ravine x^2 + 10 y^2 worked by hand: at (-1.8, 0.6) the gradient is (-3.6, 12), and gradient
// descent at rate 0.01 goes to (-1.764, 0.48).
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const arrows = createRequire(import.meta.url)("../../assets/arrows.js");

const RAVINE = {
  step: [0, 1], a: [-1.8, -1.764], b: [0.6, 0.48], loss: [6.84, 5.415696], lr: [0.01, 0.01],
  grad_norm: [12.528368, 10.227746], length: [0.12528368, NaN], ga: [-3.6, -3.528], gb: [12, 9.6], turn: [0, NaN],
  ma: [0, 0], mb: [0, 0], astray: [54.865807, 54.599487],
};
const place = (a, b) => [1000 + 100 * a, 1000 - 100 * b]; // 100 pixels a unit, y downwards
const number = (value) => value.toPrecision(4);
const near = (one, other, room = 1e-6) => one.forEach((value, i) => assert.ok(Math.abs(value - other[i]) <= room, `${one} ${other}`));
const angle = ([x, y], [u, v]) => (Math.acos((x * u + y * v) / Math.hypot(x, y) / Math.hypot(u, v)) * 180) / Math.PI;

test("three arrows from where the path is: the way to the minimum, the negative gradient, the step on top", () => {
  const drawn = arrows.picture(RAVINE, 0, place);
  assert.deepEqual(drawn.map(({ kind }) => kind), ["minimum", "gradient", "step"]);
  for (const { shaft } of drawn) assert.ok(shaft.startsWith("M820,940L"), shaft);
  const [minimum, gradient, step] = drawn;
  near(step.tip, [823.6, 952]); // the place where it went
  near(gradient.along, [0.287348, 0.957826]);
  assert.equal(gradient.length.toFixed(6), "64.000000");
  near(step.along, gradient.along);
  assert.equal(angle(minimum.along, gradient.along).toFixed(2), "54.87");
});

test("the arrow to a minimum ends there when it is near", () => {
  const close = { ...RAVINE, ma: [-1.7], mb: [0.6] };
  near(arrows.picture(close, 0, place)[0].tip, [830, 940]);
});

test("the negative gradient is drawn in the picture's own scales", () => {
  const wide = (a, b) => [100 * a, -10 * b];
  const [, gradient] = arrows.picture(RAVINE, 0, wide);
  assert.ok(angle(gradient.along, [3.6 * 100, -12 * -10]) < 1e-6);
});

test("at the last place there is no step; without gradients the step alone; nowhere nothing", () => {
  assert.deepEqual(arrows.picture(RAVINE, 1, place).map(({ kind }) => kind), ["minimum", "gradient"]);
  const { ga, gb, ma, mb, ...bare } = RAVINE;
  assert.deepEqual(arrows.picture(bare, 0, place).map(({ kind }) => kind), ["step"]);
  assert.deepEqual(arrows.picture({ ...RAVINE, ga: [NaN], gb: [NaN] }, 0, place).map(({ kind }) => kind), ["minimum", "step"]);
  assert.deepEqual(arrows.picture({ ...RAVINE, a: [NaN, NaN] }, 0, place), []);
  const resting = { ...RAVINE, a: [0, 0], b: [0, 0], ga: [0, 0], gb: [0, 0] };
  assert.deepEqual(arrows.picture(resting, 0, place), []);
});

test("a gradient of any size has a direction", () => {
  for (const scale of [1e-200, 1e-30, 1, 1e200]) {
    const path = { ...RAVINE, ga: [-3.6 * scale], gb: [12 * scale] };
    near(arrows.picture(path, 0, place)[1].along, [0.287348, 0.957826]);
  }
});

test("the head is at the tip, and takes half of a short arrow", () => {
  const { shaft, head } = arrows.arrow([0, 0], [100, 0]);
  assert.equal(shaft, "M0,0L91,0");
  assert.equal(head, "M91,3.78L100,0L91,-3.78Z");
  assert.equal(arrows.arrow([0, 0], [4, 0]).shaft, "M0,0L2,0");
  assert.equal(arrows.arrow([1, 2], [1, 2]), null);
  assert.equal(arrows.arrow([1, 2], [NaN, 2]), null);
});

test("the numbers in words, what is not known left out", () => {
  assert.equal(
    arrows.words(RAVINE, 0, number),
    "loss 6.840 · gradient norm 12.53 · learning rate 0.01 · step length 0.1253 · step and −gradient 0.00° apart" +
      " · −gradient and minimum 54.87° apart",
  );
  assert.equal(arrows.words({ step: [0, 2, 4], loss: [NaN, 1, 2], lr: [0.1, 0.1, 0.1], length: [3, 5, NaN] }, 1, number),
    "loss 1.000 · learning rate 0.1 · 2 steps long 5.000");
});

test("a path without what the server tells where arrows are asked for is not told", () => {
  assert.equal(arrows.isTold(RAVINE), true);
  assert.equal(arrows.isTold({ step: [0] }), false);
  assert.equal(arrows.isTold(undefined), false);
});

// Momentum 0.9 at rate 0.01 from the same place: after the first step its velocity is that step, (0.036, -0.12).
const ROLLING = { ...RAVINE, va: [0, 0.036], vb: [0, -0.12], speed: [0, 0.12528368] };

test("momentum points where it pushes, and has no arrow before the first step", () => {
  assert.deepEqual(arrows.picture(ROLLING, 0, place).map(({ kind }) => kind), ["minimum", "gradient", "step"]);
  const momentum = arrows.picture(ROLLING, 1, place).find(({ kind }) => kind === "momentum");
  near(momentum.along, [0.287348, 0.957826]);
  assert.equal(momentum.length.toFixed(6), "64.000000");
  assert.equal(momentum.word, "momentum 0.125");
});

test("momentum is told where a method gathers any", () => {
  assert.ok(arrows.words(ROLLING, 1, number).includes("momentum 0.1253"));
  assert.ok(!arrows.words(RAVINE, 1, number).includes("momentum"));
});

test("words stand at the tips of their arrows, inside the plot, and never on each other", () => {
  const at = (word, tip, along) => ({ word, tip, along });
  const [right] = arrows.captions([at("step", [100, 50], [1, 0])], 400, 12);
  assert.ok(right[0] > 100 && right[0] < 140 && right[1] === 50);
  const [edge] = arrows.captions([at("momentum 0.0678", [390, 50], [1, 0])], 400, 12);
  assert.ok(edge[0] + (0.57 * 12 * 15) / 2 <= 400);
  const near = [at("to the minimum", [100, 50], [1, 0]), at("−gradient", [101, 52], [1, 0.05]), at("", [0, 0], [1, 0])];
  const [one, other, none] = arrows.captions(near, 400, 12);
  assert.ok(Math.abs(one[1] - other[1]) >= 1.35 * 12);
  assert.equal(none, null);
  const crowd = arrows.captions(Array.from({ length: 9 }, () => at("−gradient", [100, 50], [1, 0])), 400, 12);
  assert.equal(crowd.filter(Boolean).length, 5);
});
