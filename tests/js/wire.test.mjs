// wire.js against bytes that are laid down here by hand, after landscape/container.py's docstring.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const wire = createRequire(import.meta.url)("../../assets/wire.js");

const TYPES = {
  float32: [4, (view, at, value) => view.setFloat32(at, value, true)],
  uint8: [1, (view, at, value) => view.setUint8(at, value)],
  float64: [8, (view, at, value) => view.setFloat64(at, value, true)],
};

// An independent writer of one container: a DataView and no typed array, so that it does not share wire.js's ways.
function container(meta, arrays = {}) {
  const index = {};
  let end = 0;
  for (const [name, [dtype, shape, values]] of Object.entries(arrays)) {
    const length = values.length * TYPES[dtype][0];
    index[name] = [dtype, shape, end, length];
    end += Math.ceil(length / 8) * 8;
  }
  let header = JSON.stringify({ meta, arrays: index });
  while ((4 + Buffer.byteLength(header)) % 8) header += " ";
  const size = Buffer.byteLength(header);
  const bytes = Buffer.alloc(4 + size + end);
  bytes.writeUInt32LE(size, 0);
  bytes.write(header, 4, "utf8");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [name, [dtype, , values]] of Object.entries(arrays)) {
    const [width, write] = TYPES[dtype];
    values.forEach((value, i) => write(view, 4 + size + index[name][2] + i * width, value));
  }
  return new Uint8Array(bytes);
}

function framed(...containers) {
  const parts = containers.map((bytes) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(bytes.length);
    return Buffer.concat([head, bytes]);
  });
  return new Uint8Array(Buffer.concat(parts));
}

const FIRST = container(
  {
    word: "sharpening 62 % – größer",
    nothing: null,
    updates: [{ graph: "surface", data: { z: [{ $: "z" }], x: [{ $: "x" }], cmin: [0.5] }, traces: [0] }],
    paths: [{ step: { $: "step" }, status: "RUNNING" }],
    done: false,
  },
  {
    x: ["float32", [3], [1.5, -2.25, 0.1]],
    z: ["float32", [2, 3], [1, 2, 3, 4, 5, 6]],
    step: ["float64", [4], [0, 1, 2, 9007199254740991]],
  },
);
const SECOND = container({ done: true, paths: null });

const same = (left, right) => assert.deepEqual([...left], [...right]);

test("frames come back whole wherever the stream is cut in two", () => {
  const bytes = framed(FIRST, SECOND, FIRST);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const before = wire.takeFrames(bytes.slice(0, cut));
    const after = wire.takeFrames(wire.join(before.rest, bytes.slice(cut)));
    const frames = [...before.frames, ...after.frames];
    assert.equal(frames.length, 3, `cut at ${cut}`);
    same(frames[0], FIRST);
    same(frames[1], SECOND);
    same(frames[2], FIRST);
    assert.equal(after.rest.length, 0);
  }
});

test("frames come back whole from single bytes", () => {
  let left = new Uint8Array(0);
  const found = [];
  for (const byte of framed(SECOND, FIRST)) {
    const { frames, rest } = wire.takeFrames(wire.join(left, new Uint8Array([byte])));
    found.push(...frames);
    left = rest;
  }
  assert.equal(found.length, 2);
  same(found[0], SECOND);
  same(found[1], FIRST);
  assert.equal(left.length, 0);
});

test("an unfinished frame waits, also one of length zero comes out", () => {
  assert.deepEqual(wire.takeFrames(new Uint8Array([5, 0, 0, 0, 1])).frames, []);
  same(wire.takeFrames(new Uint8Array([5, 0, 0, 0, 1])).rest, [5, 0, 0, 0, 1]);
  same(wire.takeFrames(new Uint8Array([0, 0])).rest, [0, 0]);
  const { frames, rest } = wire.takeFrames(new Uint8Array([0, 0, 0, 0, 7]));
  assert.equal(frames.length, 1);
  same(rest, [7]);
});

test("a view into a larger buffer is read from its own start", () => {
  const bytes = framed(FIRST);
  const larger = new Uint8Array(bytes.length + 3).fill(255);
  larger.set(bytes, 3);
  const { frames } = wire.takeFrames(larger.subarray(3));
  assert.deepEqual(wire.unpack(frames[0]), wire.unpack(FIRST));
});

test("arrays stand again where the meta names them", () => {
  const meta = wire.unpack(wire.takeFrames(framed(FIRST)).frames[0]);
  assert.equal(meta.word, "sharpening 62 % – größer");
  assert.equal(meta.nothing, null);
  assert.equal(meta.done, false);
  const [update] = meta.updates;
  assert.deepEqual([update.graph, update.data.cmin, update.traces], ["surface", [0.5], [0]]);
  const [x] = update.data.x;
  assert.ok(x instanceof Float32Array);
  same(x, [1.5, -2.25, Math.fround(0.1)]);
  assert.ok(meta.paths[0].step instanceof Float64Array);
  same(meta.paths[0].step, [0, 1, 2, 9007199254740991]);
  assert.equal(meta.paths[0].status, "RUNNING");
});

test("two dimensions become rows that share one buffer", () => {
  const [z] = wire.unpack(FIRST).updates[0].data.z;
  assert.ok(Array.isArray(z));
  assert.equal(z.length, 2);
  same(z[0], [1, 2, 3]);
  same(z[1], [4, 5, 6]);
  assert.ok(z[1] instanceof Float32Array);
  assert.equal(z[0].buffer, z[1].buffer);
});

test("NaN, infinities and empty arrays survive", () => {
  const meta = wire.unpack(
    container({ z: { $: "z" }, none: { $: "none" } }, {
      z: ["float32", [3], [NaN, Infinity, -Infinity]],
      none: ["float32", [0], []],
    }),
  );
  same(meta.z, [NaN, Infinity, -Infinity]);
  assert.equal(meta.none.length, 0);
});

test("join puts one behind the other", () => {
  same(wire.join(new Uint8Array([1, 2]), new Uint8Array([3])), [1, 2, 3]);
  same(wire.join(new Uint8Array(0), new Uint8Array(0)), []);
});

test("bytes come as bytes", () => {
  const meta = wire.unpack(container({ classes: { $: "0" }, y: { $: "1" } }, {
    0: ["uint8", [3], [0, 255, 7]],
    1: ["float32", [2], [0.5, -1]],
  }));
  assert.ok(meta.classes instanceof Uint8Array);
  same(meta.classes, [0, 255, 7]);
  same(meta.y, [0.5, -1]); // behind bytes that do not fill a word
});
