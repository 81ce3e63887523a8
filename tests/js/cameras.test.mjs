import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";

const { turned } = createRequire(import.meta.url)("../../assets/cameras.js");

test("an event names the scene that was turned", () => {
  assert.deepEqual(turned({ "scene.camera": {} }), { scene: "scene", other: "scene2" });
  assert.deepEqual(turned({ "scene2.camera": {} }), { scene: "scene2", other: "scene" });
  assert.deepEqual(turned({ "scene2.camera.eye.x": 1 }), { scene: "scene2", other: "scene" });
});

test("other events turn nothing", () => {
  for (const change of [undefined, {}, { "scene.zaxis.range": [0, 1] }, { autosize: true }]) assert.equal(turned(change), null);
});
