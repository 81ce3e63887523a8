// The step under the slider: its arrows and its numbers. Pure functions; tests/js/arrows.test.mjs mirrors them.
"use strict";

(function (root) {
  const REACH = 64; // pixels: the length of an arrow that tells a direction alone
  const HEAD = 9; // pixels: the length of a head, of a short arrow half of it
  const LETTER = 0.57; // the width of a letter of their words, about, in heights of the type
  const ROW = 1.35; // the height of a word
  const WORDS = { minimum: "to the minimum", gradient: "−gradient", step: "step" };

  // Whether the server has told of a path's steps: it does where arrows are asked for.
  const isTold = (path) => path !== undefined && path.lr !== undefined;

  // An arrow as SVG paths, its shaft to the root of its head, and the head; null where it has no direction.
  function arrow([x, y], [u, v]) {
    const length = Math.hypot(u - x, v - y);
    if (!(length > 0) || !Number.isFinite(length)) return null;
    const head = Math.min(HEAD, length / 2);
    const [along, across] = [[(u - x) / length, (v - y) / length], 0.42 * head];
    const [r, s] = [u - head * along[0], v - head * along[1]];
    const write = (...points) => points.map((point) => point.map((value) => Number(value.toFixed(2))).join(",")).join("L");
    const [left, right] = [1, -1].map((side) => [r - side * across * along[1], s + side * across * along[0]]);
    return { shaft: `M${write([x, y], [r, s])}`, head: `M${write(left, [u, v], right)}Z`, length, along };
  }

  // The end of an arrow from a place towards another, on the screen, of a length that reads; not beyond the other.
  function reach([x, y], [u, v], most) {
    const length = Math.hypot(u - x, v - y);
    const part = Math.min(REACH, most ? length : REACH) / length;
    return [x + part * (u - x), y + part * (v - y)];
  }

  // The arrows at the i-th recorded place of a path: {kind, shaft, head, tip, along} each, the last on top.
  // `place` gives a point's coordinates on the screen.
  function picture(path, i, place) {
    const [a, b] = [path.a[i], path.b[i]];
    const at = place(a, b);
    const ends = {};
    if (path.ma) ends.minimum = reach(at, place(path.ma[i], path.mb[i]), true);
    if (path.ga) ends.gradient = towards(at, [-path.ga[i], -path.gb[i]], place);
    if (path.va) ends.momentum = towards(at, [path.va[i], path.vb[i]], place);
    if (i + 1 < path.a.length) ends.step = place(path.a[i + 1], path.b[i + 1]);
    return Object.entries(ends).flatMap(([kind, tip]) => {
      const drawn = arrow(at, tip);
      return drawn ? [{ kind, tip, word: drawn.length > 24 ? named(kind, path, i) : "", ...drawn }] : [];
    });
  }

  // What stands beside an arrow; a momentum may be another path's than the one whose numbers are told.
  const named = (kind, path, i) => (kind === "momentum" ? momentum(path, i, brief) : WORDS[kind]);

  const brief = (value) => String(Number(value.toPrecision(3)));

  // How long a path's momentum is, in words, or nothing.
  const momentum = (path, i, number) => (path.speed ? `momentum ${number(path.speed[i])}` : "");

  // The end of an arrow in a direction of any size, on the screen.
  function towards([p, q], [da, db], place) {
    const size = Math.hypot(da, db); // first: the square of a tiny one would be zero
    const [[x, y], [u, v]] = [place(0, 0), place(1, 1)];
    const [right, up] = [(da / size) * (u - x), (db / size) * (v - y)];
    const scale = REACH / Math.hypot(right, up);
    return [p + scale * right, q + scale * up];
  }

  // Where the middles of the arrows' words stand: at their tips, inside a plot of `width`, and none on another. A word
  // that has no room is left out: null. Widths and `type`, the height of the type, are in pixels.
  function captions(arrows, width, type) {
    const row = ROW * type;
    const taken = [];
    return arrows.map(({ word, tip: [x, y], along: [u, v] }) => {
      if (!word) return null;
      const half = (LETTER * type * word.length) / 2;
      const beside = x + 14 * u + (Math.abs(u) < 0.4 ? 0 : Math.sign(u) * half);
      const middle = Math.min(Math.max(beside, half), Math.max(half, width - half));
      for (const rows of [0, 1, -1, 2, -2]) {
        const height = y + type * v + rows * row;
        const free = taken.every((one) => Math.abs(one.middle - middle) >= one.half + half || Math.abs(one.height - height) >= row);
        if (!free) continue;
        taken.push({ middle, height, half });
        return [middle, height];
      }
      return null;
    });
  }

  // The numbers of a path's i-th recorded place in words; `number` writes a loss.
  function words(path, i, number) {
    const known = (name) => path[name] !== undefined && Number.isFinite(path[name][i]);
    const degrees = (name) => `${path[name][i].toFixed(2)}°`;
    const apart = i + 1 < path.step.length ? path.step[i + 1] - path.step[i] : 1;
    const parts = [
      known("loss") && `loss ${number(path.loss[i])}`,
      known("grad_norm") && `gradient norm ${number(path.grad_norm[i])}`,
      known("lr") && `learning rate ${Number(path.lr[i].toPrecision(5))}`,
      known("length") && `${apart > 1 ? `${apart} steps long` : "step length"} ${number(path.length[i])}`,
      momentum(path, i, number),
      known("turn") && `step and −gradient ${degrees("turn")} apart`,
      known("astray") && `−gradient and minimum ${degrees("astray")} apart`,
    ];
    return parts.filter(Boolean).join(" · ");
  }

  root.arrows = { isTold, arrow, reach, picture, captions, words };
  if (typeof module !== "undefined") module.exports = root.arrows;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
