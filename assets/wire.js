// Reads what /stream sends: frames of a JSON header and raw arrays (landscape/container.py says how they lie).
// Pure functions; tests/js/wire.test.mjs mirrors them.
"use strict";

(function (root) {
  const VIEWS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array };

  // The complete frames at the head of `bytes` (Uint8Array), and what is left of it.
  function takeFrames(bytes) {
    const frames = [];
    let at = 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    while (bytes.byteLength - at >= 4) {
      const length = view.getUint32(at, true);
      if (bytes.byteLength - at - 4 < length) break;
      frames.push(bytes.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return { frames, rest: bytes.slice(at) };
  }

  // The meta of one container with its arrays put back: {"$": name} becomes a typed array,
  // or, for two dimensions, an array of typed rows that share one buffer.
  function unpack(frame) {
    const length = new DataView(frame.buffer, frame.byteOffset, 4).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(frame.subarray(4, 4 + length)));
    const body = frame.slice(4 + length).buffer; // a copy, so that the arrays are aligned
    const arrays = {};
    for (const [name, [dtype, shape, offset, size]] of Object.entries(header.arrays)) {
      const Type = VIEWS[dtype];
      const flat = new Type(body, offset, size / Type.BYTES_PER_ELEMENT);
      arrays[name] = shape.length === 2 ? rows(flat, shape[0], shape[1]) : flat;
    }
    return restore(header.meta, arrays);
  }

  function rows(flat, count, width) {
    return Array.from({ length: count }, (_, row) => flat.subarray(row * width, (row + 1) * width));
  }

  function restore(value, arrays) {
    if (Array.isArray(value)) return value.map((inner) => restore(inner, arrays));
    if (value === null || typeof value !== "object") return value;
    if (typeof value.$ === "string") return arrays[value.$];
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, restore(inner, arrays)]));
  }

  function join(left, right) {
    const both = new Uint8Array(left.byteLength + right.byteLength);
    both.set(left, 0);
    both.set(right, left.byteLength);
    return both;
  }

  root.wire = { takeFrames, unpack, join };
  if (typeof module !== "undefined") module.exports = root.wire;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
