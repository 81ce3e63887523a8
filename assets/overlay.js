// Our own layer on the flat picture: the arrows of the step under the slider, small rings where a rate turned, and the
// ring that the reader drags. It lies inside Plotly's plot, so that it is cut off at the axes and goes along when the
// reader pans and zooms.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const SVG = "http://www.w3.org/2000/svg";
  const shown = { paths: [], at: 0 };
  let graph = null; // the element of the map
  let layer = null; // our own in it
  let drawn = []; // elements of the arrows there: {halo, shaft, head, word}
  let turned = []; // rings where the rate of a path turned
  let ring = null; // {at, path}: where the reader's ring is, in pixels, and whose

  // Where values stand on the two axes in pixels, and back. Private names: _fullLayout, an axis' d2p and p2d.
  function scales() {
    const { xaxis, yaxis } = graph?._fullLayout ?? {};
    return [xaxis, yaxis].filter((axis) => typeof axis?.d2p === "function" && typeof axis.p2d === "function");
  }

  // The pointer in pixels of the plot.
  function at(event) {
    const { left, top } = graph.querySelector(".nsewdrag").getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  // Where the rings of the starts are, in pixels.
  function rings() {
    const [x, y] = scales();
    return y ? landscape.scrubber.state.paths.map((path) => [x.d2p(path.a[0]), y.d2p(path.b[0])]) : [];
  }

  function make(name, parent) {
    const element = document.createElementNS(SVG, name);
    parent.append(element);
    return element;
  }

  // Into the plot as Plotly has it now; whether there is one.
  function attach() {
    const plot = graph?.querySelector(".cartesianlayer .overplot > .xy");
    if (!plot || scales().length < 2) return false;
    layer ??= document.createElementNS(SVG, "g");
    layer.setAttribute("class", "overlay");
    if (plot.lastChild !== layer) plot.append(layer); // on top of what Plotly has put there since
    return true;
  }

  function drawArrows() {
    if (!drawn.length && !isOn()) return;
    const wanted = isOn() && !landscape.graphs.isHidden("surface") ? pictures() : [];
    while (drawn.length < wanted.length) drawn.push(parts());
    const places = landscape.arrows.captions(wanted, scales()[0]?._length ?? 0, type());
    drawn.forEach((elements, i) => show(elements, wanted[i], places[i]));
    layer.append(...drawn.map(({ word }) => word)); // above the arrows of all paths
  }

  function parts() {
    const group = make("g", layer);
    return { group, halo: make("path", group), shaft: make("path", group), head: make("path", group), word: make("text", layer) };
  }

  // The height of the words' type in pixels: it grows with the page.
  const type = () => (drawn.length ? parseFloat(getComputedStyle(drawn[0].word).fontSize) : 0);

  // Which of a path's recorded places the slider stands at.
  const placeOf = (path) => landscape.paths.countUpTo(path.clock, shown.at) - 1;

  function pictures() {
    const [x, y] = scales();
    const place = (a, b) => [x.d2p(a), y.d2p(b)];
    const named = new Set(); // each kind is named once, where it is first drawn
    return shown.paths.flatMap((path, number) => {
      if (!path.step.length) return [];
      return landscape.arrows.picture(path, placeOf(path), place).map((arrow) => {
        const word = named.has(arrow.kind) ? "" : arrow.word;
        named.add(arrow.kind);
        return { ...arrow, word, number };
      });
    });
  }

  function show({ group, halo, shaft, head, word }, arrow, place) {
    word.textContent = place ? arrow.word : "";
    if (!arrow) return group.setAttribute("display", "none");
    group.removeAttribute("display");
    group.setAttribute("class", `arrow arrow-${arrow.kind} path-${arrow.number + 1}`);
    halo.setAttribute("class", "halo");
    halo.setAttribute("d", arrow.shaft + arrow.head);
    shaft.setAttribute("class", "shaft");
    shaft.setAttribute("d", arrow.shaft);
    head.setAttribute("class", "head");
    head.setAttribute("d", arrow.head);
    if (!place) return undefined;
    word.setAttribute("x", place[0]);
    return word.setAttribute("y", place[1] + 4);
  }

  // Small rings where the rate turned, up to the slider.
  function drawTurns() {
    if (!turned.length && !hasTurns()) return;
    const [x, y] = scales();
    const wanted = shown.paths.flatMap((path, number) => landscape.paths.turns(path, shown.at).map((i) => (
      { at: [x.d2p(path.a[i]), y.d2p(path.b[i])], path: number })));
    while (turned.length < wanted.length) turned.push(make("circle", layer));
    turned.forEach((element, i) => encircle(element, "turn", 3.5, wanted[i]));
  }

  function encircle(element, kind, radius, wanted) {
    if (!wanted || !wanted.at.every(Number.isFinite)) return element.setAttribute("display", "none");
    element.removeAttribute("display");
    element.setAttribute("class", `${kind} path-${wanted.path + 1}`);
    element.setAttribute("r", radius);
    element.setAttribute("cx", wanted.at[0]);
    return element.setAttribute("cy", wanted.at[1]);
  }

  let circle = null;

  function drawRing() {
    if (!ring && !circle) return;
    circle ??= make("circle", layer);
    return encircle(circle, "ring", 5.5, ring);
  }

  const hasTurns = () => shown.paths.some((path) => path.turns);

  const isOn = () => landscape.arrows.isTold(shown.paths[0]);

  function say() {
    const [path] = shown.paths;
    const element = document.getElementById("step-facts");
    const on = isOn() && path.step.length > 0;
    if (!element || (!on && !element.textContent)) return;
    const head = shown.paths.length > 1 ? "Path 1: " : "";
    element.textContent = on ? head + landscape.arrows.words(path, placeOf(path), landscape.paths.number) : "";
  }

  function draw() {
    if ((layer || ring || isOn() || hasTurns()) && attach()) {
      drawTurns();
      drawArrows();
      drawRing();
    }
  }

  // The slider stands at another step; nothing to do where nothing of ours moves.
  function move(step) {
    shown.at = step;
    if (!isOn() && !hasTurns()) return;
    draw();
    say();
  }

  function take(paths, step) {
    Object.assign(shown, { paths, at: step });
    if (!landscape.starts.holds()) ring = null;
    draw();
    say();
  }

  // The reader's ring, at a place in pixels and in a path's colour; null: none.
  function setRing(place, path) {
    ring = place && { at: place, path: path % landscape.paint.tracks[0].lines.length };
    draw();
  }

  async function begin() {
    graph = await landscape.graphs.ready("contour");
    graph.on("plotly_afterplot", draw);
    draw();
  }
  window.addEventListener("load", begin);

  landscape.overlay = { take, move, ring: setRing, rings, at, scales };
})();
