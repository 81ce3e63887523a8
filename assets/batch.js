// The surface of the samples of the step under the slider: asked for when the slider rests, while what was drawn stays.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const RESTS = 300; // milliseconds without a move

  const state = { path: null, asked: null, timer: null, stop: null };

  // Of which path the steps are asked for from now on; null: of none.
  function take({ path }) {
    halt();
    Object.assign(state, { path, asked: null });
    rest();
  }

  function halt() {
    clearTimeout(state.timer);
    if (state.stop) state.stop.abort();
  }

  // What it is drawn over has changed: the same step once more.
  function again() {
    state.asked = null;
    rest();
  }

  // The slider may have moved: soon, unless it does again.
  function rest() {
    if (state.path === null) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(ask, RESTS);
  }

  // The step of the path at which the slider stands; null while there is none, or play goes on.
  function stepUnder() {
    const { paths, at, playing } = landscape.scrubber.state;
    const path = paths[state.path];
    return playing || !path?.step.length ? null : path.step[landscape.paths.countUpTo(path.clock, at) - 1];
  }

  async function ask() {
    const step = stepUnder();
    if (step === null || step === state.asked) return;
    halt();
    state.asked = step;
    state.stop = new AbortController();
    const { signal } = state.stop;
    try {
      const response = await fetch(`batch/${step}${landscape.stream.search()}`, { signal });
      const { frames } = landscape.wire.takeFrames(new Uint8Array(await response.arrayBuffer()));
      if (response.ok && !signal.aborted) for (const frame of frames) landscape.stream.draw(landscape.wire.unpack(frame));
      if (!response.ok) state.asked = null;
    } catch (error) {
      if (!signal.aborted) state.asked = null; // the next rest asks again
    }
  }

  landscape.batch = { take, rest, again };
})();
