// Shows what the model does at the slider's step: the last of the predictions that the page holds at or before it.
// A canvas below Plotly's axes, a sheet of images and a table; nothing is drawn where the slider stays on one frame.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const { joined, frameAt, pixels, picture, shares, rgb, words } = landscape.film;
  const OTHERS = ["#8a6d4f", "#9aa0a6"]; // of a ninth and a tenth class, as components/figures/palette.py has them
  const AWAY = 1e5; // pixels: farther out no line need go

  let film = null; // what is held: film.js says how
  let shown = null; // the frame that is on the page
  let stale = false; // whether it is of another scene than the one that is shown
  let opened = null; // promise of the view
  let graph = null;
  let isBuilt = false; // whether what stands still is on the page
  let sheet = []; // {figure, word, truth} of each image
  let cells = []; // of the table

  const find = (part) => document.getElementById(`predictions-${part}`);
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = () => [...Array.from({ length: 8 }, (_, i) => token(`--path-${i + 1}`)), ...OTHERS];

  // A message of the stream: which scene is shown now, or predictions of it.
  function take(told) {
    if (!told.frames) {
      stale = film !== null && film.key !== told.key;
      return mark();
    }
    if (!told.fresh && film?.key !== told.key) return undefined;
    film = joined(film, told);
    isBuilt = isBuilt && !told.fresh;
    [stale, shown] = [false, null];
    opened ??= watched();
    return opened.then(refresh);
  }

  // The view comes after the first picture of the page.
  async function watched() {
    graph = await landscape.graphs.ready("predictions");
    const again = () => shown && draw(shown);
    graph.on("plotly_afterplot", again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
  }

  function refresh() {
    if (!isBuilt) build();
    mark();
    move();
  }

  function mark() {
    const section = document.getElementById("tabs-panel-predictions");
    if (!section) return;
    section.classList.toggle("stale", stale);
    if (!film) return;
    section.dataset.form = film.form;
    section.classList.toggle("named", isNamed());
  }

  // The slider stands elsewhere, or predictions came in.
  function move() {
    if (!film || stale || !graph || landscape.graphs.isHidden("predictions")) return;
    const frame = film.frames[frameAt(film, stepNow())];
    if (!frame || frame === shown) return;
    shown = frame;
    show(frame);
  }

  // The step that the path has come to where the slider stands.
  function stepNow() {
    const { paths, at } = landscape.scrubber.state;
    const path = paths[film.path];
    return path?.step.length ? path.step[landscape.paths.countUpTo(path.clock, at) - 1] : 0;
  }

  function show(frame) {
    const word = find("word");
    word.setAttribute("aria-live", landscape.scrubber.state.playing ? "off" : "polite");
    word.textContent = words(film, frame);
    if (frame.confusion) fill(frame.confusion);
    if (film.form === "sheet") turn(frame.classes);
    else draw(frame);
  }

  // What stands still: the images, and the table with its heads.
  function build() {
    isBuilt = true;
    sheet = [];
    cells = [];
    find("sheet").replaceChildren(...(film.form === "sheet" ? Array.from(film.truth, image) : []));
    find("table").replaceChildren(...(film.frames[0]?.confusion ? [table()] : []));
  }

  function make(name, className, text = "") {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  }

  function image(truth, number) {
    const [, height, width, channels] = film.shape;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const bytes = film.images.subarray(number * width * height * channels, (number + 1) * width * height * channels);
    canvas.getContext("2d").putImageData(new ImageData(picture(bytes, channels), width, height), 0, 0);
    const [figure, word] = [make("figure", "sample"), make("figcaption", "")];
    figure.append(canvas, word);
    figure.setAttribute("role", "img");
    sheet.push({ figure, word, truth });
    return figure;
  }

  function turn(classes) {
    sheet.forEach(({ figure, word, truth }, i) => {
      const [said, so] = [film.labels[classes[i]] ?? "nothing", film.labels[truth]];
      const right = classes[i] === truth;
      const text = right ? said : `✗ ${said}`;
      if (word.textContent === text) return;
      word.textContent = text;
      figure.classList.toggle("wrong", !right);
      figure.setAttribute("aria-label", right ? `${so}, right` : `${so}, taken for ${said}`);
      figure.title = right ? so : `${so}, taken for ${said}`;
    });
  }

  const isNamed = () => film.labels.some((label) => label.length > 3);

  function table() {
    const { labels } = film;
    const whole = make("table", isNamed() ? "confusion long" : "confusion");
    const head = make("tr", "");
    head.append(make("td", ""), ...labels.map((label) => heading("col", label)));
    whole.append(make("caption", "", "true (rows), predicted (columns)"), head);
    labels.forEach((label, i) => {
      const row = make("tr", "");
      const own = labels.map((_, j) => make("td", i === j ? "right" : "wrong"));
      cells.push(...own);
      row.append(heading("row", label), ...own);
      whole.append(row);
    });
    return whole;
  }

  function heading(scope, label) {
    const head = make("th", "");
    head.scope = scope;
    head.append(make("span", "", label));
    return head;
  }

  function fill(confusion) {
    const part = shares(confusion, film.labels.length);
    cells.forEach((cell, i) => {
      const text = String(confusion[i]);
      if (cell.textContent === text && cell.style.length) return;
      cell.textContent = text;
      cell.style.setProperty("--share", `${Math.round(100 * part[i])}%`);
      cell.classList.toggle("none", confusion[i] === 0);
    });
  }

  // The canvas lies where Plotly's axes are; `place` turns values into its pixels.
  function draw(frame) {
    if (film.form === "sheet" || film.form === "table") return;
    const { xaxis, yaxis } = graph._fullLayout ?? {};
    if (typeof xaxis?.l2p !== "function" || typeof yaxis?.l2p !== "function") return;
    const canvas = find("canvas");
    const [width, height, sharp] = [xaxis._length, yaxis._length, window.devicePixelRatio || 1];
    const size = [Math.round(width * sharp), Math.round(height * sharp)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    Object.assign(canvas.style, {
      left: `${xaxis._offset}px`, top: `${yaxis._offset}px`, width: `${width}px`, height: `${height}px`,
    });
    const context = canvas.getContext("2d");
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, width, height);
    const place = (x, y) => [xaxis.l2p(x), yaxis.l2p(y)].map((at) => Math.max(-AWAY, Math.min(AWAY, at)));
    ({ curve: drawCurve, regions: drawRegions, scatter: drawScatter })[film.form](context, frame, place);
  }

  function drawCurve(context, frame, place) {
    context.beginPath();
    let pen = "moveTo";
    film.x.forEach((x, i) => {
      const at = place(x, frame.y[i]);
      const there = at.every(Number.isFinite);
      if (there) context[pen](...at);
      pen = there ? "lineTo" : "moveTo";
    });
    Object.assign(context, { strokeStyle: token("--path-2"), lineWidth: 3, lineJoin: "round" });
    context.stroke();
  }

  const small = document.createElement("canvas");

  function drawRegions(context, frame, place) {
    const { side, mesh, x, y, truth } = film;
    const rows = frame.regions.length / side;
    Object.assign(small, { width: side, height: rows });
    const image_ = new ImageData(pixels(frame.regions, frame.sure, side, colours().map(rgb)), side, rows);
    small.getContext("2d").putImageData(image_, 0, 0);
    const [left, bottom] = place(mesh[0], mesh[2]);
    const [right, top] = place(mesh[1], mesh[3]);
    const [across, up] = [(right - left) / (side - 1), (bottom - top) / (rows - 1)]; // a cell lies around its place
    context.drawImage(small, left - across / 2, top - up / 2, right - left + across, bottom - top + up);
    Object.assign(context, { strokeStyle: token("--ink"), lineWidth: 1.75 });
    truth.forEach((own, i) => {
      if (frame.classes[i] !== own) circle(context, place(x[i], y[i]), 7.5, "stroke");
    });
  }

  function drawScatter(context, frame, place) {
    Object.assign(context, { fillStyle: token("--path-2"), strokeStyle: token("--paper"), lineWidth: 1 });
    film.x.forEach((x, i) => {
      circle(context, place(x, frame.y[i]), 3.5, "fill");
      context.stroke();
    });
  }

  function circle(context, [x, y], radius, how) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context[how]();
  }

  landscape.predictions = { take, move, held: () => ({ film, shown, stale }) };
})();
