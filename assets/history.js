// Undo and redo: every scene that was settled is an entry of the browser's own history, so they are its Back and
// Forward, kept to entries of this page. Pure functions first; tests/js/history.test.mjs mirrors them.
"use strict";

(function (root) {
  // Whether the entry `by` places on from the one at `index` is of the same page, whatever scene it shows.
  function leads(entries, index, by) {
    const page = (entry) => entry?.url?.split(/[?#]/)[0];
    return entries[index + by] !== undefined && page(entries[index + by]) === page(entries[index]);
  }

  // What a key asks for: -1 to undo, 1 to redo, 0 nothing. A field of text keeps its own undo.
  function asks({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
    if (key.toLowerCase() !== "z" || !(ctrlKey || metaKey) || altKey) return 0;
    return target?.closest?.("input:not([readonly]), textarea, [contenteditable]") ? 0 : shiftKey ? 1 : -1;
  }

  root.history = { leads, asks };
  if (typeof module !== "undefined") module.exports = root.history;
  if (typeof window === "undefined") return;

  const { navigation, history, location } = window;
  let begun = false;

  const set = (id, props) => window.dash_clientside.set_props(id, props);

  // A browser without the Navigation API tells no entries apart; but only the one that the page was opened at has no
  // state, and Forward where there is nothing does nothing.
  function offer() {
    const [back, on] = navigation
      ? [-1, 1].map((by) => leads(navigation.entries(), navigation.currentEntry.index, by))
      : [history.state !== null, true];
    set("undo", { disabled: !back });
    set("redo", { disabled: !on });
  }

  // A scene was agreed on. Where an address asked for it in other words than its own (`asked`), the entry takes the
  // scene's: a new one would make Forward forget what was undone, and Back lead to where it came from.
  root.history.settled = (search, asked) => {
    begun = true;
    if (search !== asked) history.replaceState(history.state, "", location.pathname + search);
    root.scrubber.remember(); // another look at the same scene leaves the slider where it is
    offer();
    navigation?.addEventListener("currententrychange", offer); // once, however often it is said
  };

  // The address names another step, in the same entry. Before the first scene is settled dcc.Location does not know
  // its own address, and would add an entry for one that has changed.
  root.history.rename = (address) => {
    if (begun && address !== location.pathname + location.search) history.replaceState(history.state, "", address);
  };

  window.addEventListener("keydown", (event) => {
    const by = asks(event);
    if (by === 0) return;
    event.preventDefault();
    document.getElementById(by < 0 ? "undo" : "redo").click(); // which may be disabled
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.history = {
    undo: () => history.back(),
    redo: () => history.forward(),
  };
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
