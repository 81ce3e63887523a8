// A place on a picture as text, and the text of the starts with a place set in it. Pure functions;
// tests/js/places.test.mjs mirrors them.
"use strict";

(function (root) {
  const STILL = 4; // pixels: a pointer that moved less has clicked
  const NEAR = 12; // pixels: a pointer so near to a ring has hold of it

  // A number with no more digits than tell it from its neighbour, `worth` away: a pixel's worth.
  function written(value, worth) {
    if (!(worth > 0) || !Number.isFinite(worth)) return String(value);
    const digits = Math.ceil(-Math.log10(worth));
    if (digits > 0) return String(Number(value.toFixed(Math.min(digits, 100))));
    const unit = 10 ** -digits;
    return String(Math.round(value / unit) * unit || 0);
  }

  // A place as a line of the field reads it: "-1.8, 0.6"; on a line "2.5".
  const line = (coordinates, worths) => coordinates.map((value, i) => written(value, worths[i])).join(", ");

  const lines = (text) => text.split(/[\n;]/).map((one) => one.trim()).filter(Boolean);

  const isLattice = (one) => /^lattice/i.test(one);

  // The field's text with its places changed; a lattice stays behind them, where paths are not counted.
  function changed(text, change) {
    const places = lines(text).filter((one) => !isLattice(one));
    change(places);
    return [...places, ...lines(text).filter(isLattice)].join("\n");
  }

  // The field's text with the start `which` at another place; of one that is not there, the first.
  const moved = (text, which, place) => changed(text, (starts) => (starts[which < starts.length ? which : 0] = place));

  const added = (text, place) => changed(text, (starts) => starts.push(place));

  const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v);

  // Whether a pointer that was at most so far from where it went down has clicked and not pulled.
  const isClick = (far) => far < STILL;

  // Which of the rings the pointer has hold of, the nearest; -1: of none. Rings that are not drawn are nowhere.
  function nearest(rings, at) {
    let best = -1;
    rings.forEach((ring, i) => {
      const far = distance(ring, at);
      if (far <= NEAR && (best < 0 || far < distance(rings[best], at))) best = i;
    });
    return best;
  }

  root.places = { written, line, moved, added, distance, isClick, nearest };
  if (typeof module !== "undefined") module.exports = root.places;
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
