// The predictions that the page holds, one frame for each of some steps, and how a frame becomes colours and words.
// Pure functions; tests/js/film.test.mjs mirrors them.
"use strict";

(function (root) {
  // What is known after another message: of the same film more frames, in the order of their steps.
  function joined(film, told) {
    const { frames, ...still } = told;
    const known = told.fresh ? [] : film.frames;
    const all = [...known, ...frames].sort((a, b) => a.step - b.step);
    return { ...(told.fresh ? {} : film), ...still, frames: all, steps: all.map(({ step }) => step) };
  }

  // The number of the last frame at or before a step; the first where all are behind it, -1 where there is none.
  function frameAt(film, step) {
    let low = 0;
    let high = film.steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (film.steps[middle] <= step) low = middle + 1;
      else high = middle;
    }
    return film.steps.length ? Math.max(0, low - 1) : -1;
  }

  const FAINT = 0.16; // opacity of a class that is no surer than another
  const STRONG = 0.55; // of one that is quite sure, or where nobody says how sure

  // Classes of a mesh as pixels, four bytes each, the last row first as pictures have it. `colours` are [r, g, b].
  function pixels(regions, sure, side, colours) {
    const out = new Uint8ClampedArray(4 * regions.length);
    const rows = regions.length / side;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < side; column++) {
        const from = row * side + column;
        const to = 4 * ((rows - 1 - row) * side + column);
        const colour = colours[regions[from]]; // none where the model says no number
        if (!colour) continue;
        [out[to], out[to + 1], out[to + 2]] = colour;
        out[to + 3] = 255 * (sure ? FAINT + (STRONG - FAINT) * (sure[from] / 255) : STRONG);
      }
    }
    return out;
  }

  // Bytes of one image, one or three to a pixel, as four.
  function picture(bytes, channels) {
    const out = new Uint8ClampedArray((4 * bytes.length) / channels);
    for (let pixel = 0; pixel < out.length / 4; pixel++) {
      for (let colour = 0; colour < 3; colour++) {
        out[4 * pixel + colour] = bytes[channels * pixel + (channels === 3 ? colour : 0)];
      }
      out[4 * pixel + 3] = 255;
    }
    return out;
  }

  // A row's numbers of a table as shares of its sum.
  function shares(table, count) {
    return Array.from(table, (_, cell) => {
      const row = table.slice(count * Math.floor(cell / count), count * (Math.floor(cell / count) + 1));
      const sum = row.reduce((total, value) => total + value, 0);
      return sum ? table[cell] / sum : 0;
    });
  }

  // "#rrggbb" as three numbers.
  function rgb(colour) {
    const digits = colour.trim().replace("#", "");
    return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
  }

  // What is said of a frame: whose it is, and what it says.
  function words(film, frame) {
    const whose = film.path === null ? "Initial weights" : `Step ${frame.step.toLocaleString("en")}`;
    const path = film.many ? `Path ${film.path + 1}, ${whose.toLowerCase()}` : whose;
    return `${path}: ${frame.words}`;
  }

  root.film = { joined, frameAt, pixels, picture, shares, rgb, words };
  if (typeof module !== "undefined") module.exports = root.film;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
