// The slider and play: moves all views along the paths that the page already holds; never asks the server.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const WHOLE_RUN = 10; // seconds that a run takes at speed 1
  const SLIDER_EVERY = 100; // milliseconds between moves of the slider while playing

  let resting = null; // waits until the reader lets go of the slider
  let opensElsewhere = false; // whether the address may open elsewhere than at the end where it names no step

  const state = {
    paths: [],
    count: { end: 0, per: 1, digits: 0, noun: "step" }, // what the slider counts; components/clock.py says it
    at: 0,
    follows: true, // the slider stands at the end and stays there while paths grow
    playing: false,
    speed: 1,
    pending: false,
  };

  const set = (id, props) => window.dash_clientside.set_props(id, props);

  // Whether the reader is at the slider: what we tell it comes back to us as a change too, late, and is no wish.
  const LINGERS = 1500; // milliseconds in which the last of the reader's moves may still arrive
  let held = false;
  let touched = -Infinity;

  function readerMoves() {
    return held || performance.now() - touched < LINGERS;
  }

  function takes(event) {
    const moves = event.type === "pointerdown" || /^(Arrow|Page|Home|End)/.test(event.key);
    if (!moves || !event.target.closest || !event.target.closest("#step")) return;
    held = event.type === "pointerdown";
    touched = performance.now();
    halt();
  }

  function letsGo() {
    if (held) touched = performance.now();
    held = false;
  }

  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, takes, true);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, letsGo);

  // New or longer paths of the scene that is shown.
  function take(paths, count, lines) {
    Object.assign(state, { paths, count });
    if (state.follows) state.at = last();
    state.at = Math.min(state.at, count.end);
    set("step", { max: Math.max(1, count.end), step: 1, value: state.at, disabled: count.end === 0 });
    set("play", { disabled: count.end === 0 });
    landscape.quick.take(paths, state.at, lines);
    landscape.overlay.take(paths, state.at);
    landscape.predictions.move();
    landscape.batch.rest();
    say();
  }

  // A new scene: the slider goes to its end, or to the step that the link names or the lesson opens at.
  function reset(step) {
    halt();
    clearTimeout(resting);
    const asked = new URLSearchParams(window.location.search);
    opensElsewhere = asked.has("view.step") ? asked.has("lesson") : step !== null; // of a lesson it may hide its own
    state.follows = step === null;
    if (step !== null) state.at = step;
  }

  const last = () => state.paths.reduce((most, path) => Math.max(most, path.clock.length ? path.clock.at(-1) : 0), 0);

  function moveTo(step) {
    state.at = Math.min(Math.max(0, step), state.count.end);
    state.follows = state.at >= last();
  }

  function show() {
    landscape.quick.move(state.at);
    landscape.overlay.move(state.at);
    landscape.predictions.move();
    say();
  }

  // Shows soon, once for all moves that come before the next frame.
  function showSoon() {
    if (state.pending) return;
    state.pending = true;
    window.requestAnimationFrame(() => {
      state.pending = false;
      show();
    });
  }

  function say() {
    const word = document.getElementById("step-word"); // through Dash it would cost as much as the pictures
    const { moment, losses } = landscape.paths;
    word.textContent = moment(state.at, state.count) + losses(state.paths, state.at);
  }

  function play() {
    if (state.playing) return stop();
    if (!state.count.end) return;
    if (state.at >= last()) state.at = 0;
    state.playing = true;
    touched = -Infinity;
    label();
    let before = null;
    let told = 0;
    let exact = state.at;
    const tick = (now) => {
      if (!state.playing) return;
      if (before !== null) exact += ((now - before) / 1000) * state.speed * (state.count.end / WHOLE_RUN);
      before = now;
      const end = last();
      const at = Math.min(Math.floor(exact), end);
      if (at !== state.at) {
        moveTo(at);
        show();
      }
      if (now - told > SLIDER_EVERY) {
        told = now;
        set("step", { value: state.at });
      }
      if (at >= end && state.paths.every((path) => path.status !== "RUNNING")) return stop();
      window.requestAnimationFrame(tick);
    };
    window.requestAnimationFrame(tick);
  }

  // Ends playing where it is.
  function halt() {
    state.playing = false;
    label();
  }

  function stop() {
    if (!state.playing) return;
    halt();
    set("step", { value: state.at });
    remember();
  }

  function label() {
    const button = document.getElementById("play");
    if (!button) return;
    button.setAttribute("aria-label", state.playing ? "Pause" : "Play");
    button.classList.toggle("playing", state.playing);
  }

  const step = (direction) => goTo(() => landscape.paths.neighbour(state.paths, state.at, direction));

  // Where a button takes the slider; the same seed walks the same path from there.
  function goTo(find) {
    stop();
    moveTo(find());
    showSoon();
    set("step", { value: state.at });
    remember();
  }

  // The slider rests. The address names the step, so that a copied link shows the same moment.
  function remember() {
    landscape.batch.rest();
    const url = new URL(window.location.href);
    url.searchParams.delete("view.step");
    let text = url.search.replace(/^\?/, "");
    text = text.replace(/%2C/g, ",").replace(/%3B/g, ";");
    const step = state.follows ? "none" : Math.round(state.at);
    if (!state.follows || opensElsewhere) text += `${text ? "&" : ""}view.step=${step}`;
    landscape.history.rename(url.pathname + (text ? `?${text}` : ""));
  }

  landscape.scrubber = { state, take, reset, remember };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.scrubber = {
    move(value) {
      if (!readerMoves() || value === null || Math.round(value) === Math.round(state.at)) return;
      moveTo(value);
      showSoon();
      clearTimeout(resting);
      resting = setTimeout(remember, 300);
    },
    play() {
      play();
    },
    rewind() {
      goTo(() => 0);
    },
    back() {
      step(-1);
    },
    forward() {
      step(1);
    },
    speed(value) {
      state.speed = Number(value) || 1;
    },
  };
})();
