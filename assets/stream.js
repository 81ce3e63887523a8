// Keeps one stream open for the scene that is shown, and hands its frames on.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const PATIENCE = [500, 1000, 2000, 4000]; // milliseconds before trying a broken connection again

  const state = { search: null, stop: null, cancelled: false, isNew: false, stale: false };
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let shown = null;

  // The part of an address that says what the slider counts: another look at the same leaves it where it is.
  function sceneOf(search) {
    const keys = [...new URLSearchParams(search)].filter(([key]) => !key.startsWith("view.") || key === "view.axis");
    return new URLSearchParams(keys).toString();
  }

  function open(search) {
    if (state.stop) state.stop.abort();
    landscape.batch.take({ path: null });
    state.search = search;
    state.stale = false;
    state.stop = new AbortController();
    offer("Stop computing", false);
    landscape.alarm("");
    progress(0, "computing", true);
    if (shown !== sceneOf(search)) {
      const step = new URLSearchParams(search).get("view.step");
      landscape.scrubber.reset(step === null || !/^\d+$/.test(step) ? null : Number(step));
      state.isNew = true;
    }
    shown = sceneOf(search);
    follow(search, state.stop.signal);
  }

  // Reads streams until the scene is done, is replaced, or the connection stays broken.
  async function follow(search, signal) {
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (await read(search, signal)) return;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (failures === PATIENCE.length) {
          progress(0, "", false);
          landscape.alarm("The server does not answer. The last picture stays; reload the page to try again.");
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, PATIENCE[failures++]));
      }
    }
  }

  // One stream, to its end; whether the scene is done.
  async function read(search, signal) {
    const response = await ask(search, signal);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    if (!signal.aborted) state.search = response.headers.get("Scene-Address") ?? search;
    const reader = response.body.getReader();
    let left = new Uint8Array(0);
    let done = false;
    for (;;) {
      const piece = await reader.read();
      if (signal.aborted) reader.cancel();
      if (piece.done || signal.aborted) return done;
      const { frames, rest } = landscape.wire.takeFrames(landscape.wire.join(left, piece.value));
      left = rest;
      for (const frame of frames) {
        if (signal.aborted) return true;
        const meta = landscape.wire.unpack(frame);
        done = meta.done;
        show(meta);
      }
    }
  }

  // The first stream is asked for while the page is still being put together, and shown as soon as it is.
  let ahead = fetch("stream" + window.location.search);
  ahead.catch(() => {}); // whoever uses it will see

  function ask(search, signal) {
    const first = ahead;
    ahead = null;
    return first || fetch("stream" + search, { signal });
  }

  function begin() {
    if (!document.getElementById("runs")) return window.requestAnimationFrame(begin);
    landscape.graphs.begin();
    return open(window.location.search);
  }
  begin();

  function show(meta) {
    if (meta.title) {
      document.title = `${meta.title} - Landscape`;
      set("sentence", { children: meta.title });
    }
    if (meta.error) {
      landscape.alarm(meta.error);
      progress(0, "", false);
      return;
    }
    if (meta.hidden) landscape.graphs.hide(meta.hidden);
    draw(meta);
    for (const [name, told] of Object.entries(meta.told ?? {})) landscape[name].take(told);
    if (meta.paths) {
      if (state.isNew) landscape.scrubber.reset(meta.at); // a lesson may open elsewhere than at the end
      state.isNew = false;
      landscape.scrubber.take(meta.paths, meta.count, meta.lines);
    }
    if (meta.done) landscape.batch.again();
    progress(meta.progress, meta.word, !meta.done);
  }

  function draw({ updates, props }) {
    for (const update of updates) landscape.graphs.update(update);
    for (const [id, values] of Object.entries(props)) set(id, values);
  }

  function progress(share, word, busy) {
    const bar = document.getElementById("progress");
    const holder = bar && bar.closest(".progress");
    if (!holder) return;
    bar.style.transform = `scaleX(${busy ? Math.max(0.02, share) : 0})`;
    holder.classList.toggle("busy", busy);
    set("progress-word", { children: word });
  }

  function cancel() {
    state.stop.abort();
    offer("Go on", true);
    const word = document.getElementById("progress-word").textContent;
    set("progress-word", { children: word.replace(/^(sharpening|finding basins)/, "stopped at").replace(/^[a-z]+ing/, "stopped") });
  }

  // What the button beside the progress does: stop, or go on with what was stopped.
  function offer(label, cancelled) {
    state.cancelled = cancelled;
    const button = document.getElementById("cancel");
    button.setAttribute("aria-label", label);
    button.setAttribute("title", label);
    button.classList.toggle("cancelled", cancelled);
  }

  // Files have come in: the same address may show another picture from now on.
  const renew = () => {
    state.stale = true;
    shown = null;
  };
  landscape.stream = { draw, search: () => state.search, renew };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.stream = {
    open(scene, asked) {
      if (!scene) return;
      if (scene.search !== state.search || state.stale) open(scene.search);
      landscape.history.settled(scene.search, asked);
    },
    toggle() {
      if (state.cancelled) open(state.search);
      else cancel();
    },
  };
})();
