import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";

const { turned, domains } = createRequire(import.meta.url)("../../assets/cameras.js");

test("an event names the scene that was turned", () => {
  assert.deepEqual(turned({ "scene.camera": {} }), { scene: "scene", other: "scene2" });
  assert.deepEqual(turned({ "scene2.camera": {} }), { scene: "scene2", other: "scene" });
  assert.deepEqual(turned({ "scene2.camera.eye.x": 1 }), { scene: "scene2", other: "scene" });
});

test("other events turn nothing", () => {
  for (const change of [undefined, {}, { "scene.zaxis.range": [0, 1] }, { autosize: true }]) assert.equal(turned(change), null);
});

test("on a narrow page the first stands above the second, else beside it", () => {
  assert.deepEqual(domains(400), {
    "scene.domain.x": [0, 1], "scene.domain.y": [0.5, 1], "scene2.domain.x": [0, 1], "scene2.domain.y": [0, 0.5],
  });
  assert.deepEqual(domains(600), {
    "scene.domain.x": [0, 0.5], "scene.domain.y": [0, 1], "scene2.domain.x": [0.5, 1], "scene2.domain.y": [0, 1],
  });
});
