// history.js: where Undo and Redo lead, and which keys ask for them.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const history = createRequire(import.meta.url)("../../assets/history.js");

const ENTRIES = [
  { url: "https://example.org/other" },
  { url: "https://example.org/" },
  { url: "https://example.org/?lesson=valley" },
  { url: "https://example.org/?lesson=ravine#here" },
  { url: null }, // what another page does not tell
];

test("only entries of this page are gone to", () => {
  const ways = [1, 2, 3].map((index) => [-1, 1].map((by) => history.leads(ENTRIES, index, by)));
  assert.deepEqual(ways, [[false, true], [true, true], [true, false]]);
});

test("nothing lies before the first entry or behind the last", () => {
  assert.equal(history.leads(ENTRIES.slice(1, 2), 0, -1), false);
  assert.equal(history.leads(ENTRIES.slice(1, 2), 0, 1), false);
});

const pressed = (key, more) => history.asks({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test("Control or Command with Z undoes, with Shift redoes", () => {
  assert.equal(pressed("z", { ctrlKey: true }), -1);
  assert.equal(pressed("z", { metaKey: true }), -1);
  assert.equal(pressed("Z", { ctrlKey: true, shiftKey: true }), 1);
});

test("other keys, and keys with others, ask for nothing", () => {
  assert.equal(pressed("z"), 0);
  assert.equal(pressed("y", { ctrlKey: true }), 0);
  assert.equal(pressed("z", { ctrlKey: true, altKey: true }), 0);
});

test("a field of text keeps its own undo", () => {
  const inside = (match) => ({ closest: (selector) => (selector.includes(match) ? {} : null) });
  assert.equal(pressed("z", { ctrlKey: true, target: inside("textarea") }), 0);
  assert.equal(pressed("z", { ctrlKey: true, target: inside("button") }), -1);
});
