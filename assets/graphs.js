// Gathers what is to be drawn and hands it to Plotly, one call per graph and frame: each call redraws everything,
// and a scene in three dimensions costs a tenth of a second.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  landscape.paint = JSON.parse(document.getElementById("paint").textContent);
  const waiting = {}; // graph id -> {traces: Map(index -> {attribute: value}), layout}
  const busy = {}; // graph id -> promise of the call under way
  const seen = {}; // graph id -> the `once` of the layout it last took

  function ready(id) {
    return new Promise((resolve) => {
      const look = () => {
        const holder = document.getElementById(id);
        const graph = holder && holder.querySelector(".js-plotly-plot");
        if (graph && graph._fullLayout && window.Plotly) resolve(graph);
        else window.requestAnimationFrame(look);
      };
      look();
    });
  }

  // data: attribute -> one value per trace; the promise is kept when it is on the screen.
  function put(id, data, traces, layout) {
    const want = (waiting[id] = waiting[id] || { traces: new Map(), layout: {} });
    Object.assign(want.layout, layout);
    traces.forEach((trace, i) => {
      const attributes = want.traces.get(trace) || {};
      for (const [name, values] of Object.entries(data)) if (values[i] !== undefined) attributes[name] = values[i];
      want.traces.set(trace, attributes);
    });
    if (!busy[id]) busy[id] = drain(id);
    return busy[id];
  }

  // The first drawings are slow: each waits for the browser to show the one before it.
  let first = Promise.resolve();
  const queued = new Set();
  const shown = new Set();

  function turn(id) {
    if (queued.has(id)) return null;
    queued.add(id);
    return (first = first.then(() => new Promise((resolve) => setTimeout(resolve, 20))));
  }

  // Draws until nothing is waiting; what comes in meanwhile goes into the next call together.
  async function drain(id) {
    const graph = await ready(id);
    await turn(id);
    while (waiting[id]) {
      const { traces, layout } = waiting[id];
      delete waiting[id];
      const { data, indices } = landscape.paths.columns(traces);
      try {
        if (indices.length) await window.Plotly.update(graph, data, layout, indices);
        else if (Object.keys(layout).length) await window.Plotly.relayout(graph, layout);
      } catch (error) {
        landscape.alarm(`The picture could not be drawn: ${error.message}`);
      }
    }
    shown.add(id);
    begun();
    delete busy[id]; // in the same breath: what comes from now on begins another
  }

  // The controls wait for the first pictures, but not for those that come with the controls, and not for ever.
  const waits = (id) => hidden.has(id) || !document.getElementById(id);
  const GRACE = 4000; // milliseconds
  let told = false;

  function begun(late) {
    if (told || (!late && !landscape.paint.tracks.every(({ graph }) => shown.has(graph) || waits(graph)))) return;
    told = true;
    window.dash_clientside.set_props("begun", { data: true });
  }

  // A double click takes the reader back to the range that the picture came with, wherever they zoomed.
  const ranges = {};

  async function keepRange(id, layout) {
    const given = Object.entries(layout).filter(([name]) => /^[xy]axis\.range$/.test(name));
    if (!given.length) return;
    const known = ranges[id];
    ranges[id] = Object.fromEntries(given.map(([name, range]) => [name, [...range]])); // a pan writes into Plotly's own
    if (!known) (await ready(id)).on("plotly_doubleclick", () => put(id, {}, [], structuredClone(ranges[id])));
  }

  function update(change) {
    keepRange(change.graph, change.layout);
    const fresh = change.once === null || change.once !== seen[change.graph];
    if (change.once !== null) seen[change.graph] = change.once;
    return put(change.graph, change.data, change.traces, fresh ? change.layout : {});
  }

  // Views that have nothing to show of a scene, or whose tab is not open, leave their place to the others.
  const hidden = new Set();

  function hide(ids) {
    for (const id of landscape.paint.views) {
      if (ids.includes(id)) {
        if (!hidden.has(id)) letGo(id);
        hidden.add(id);
      } else hidden.delete(id);
      cover(id);
    }
  }

  // A tab that nobody sees holds nothing on the graphics card, where a browser has few places: Plotly makes its scenes
  // anew when it draws there again. Private names: _fullLayout, of a scene _scene with destroy.
  async function letGo(id) {
    const graph = document.querySelector(`[role="tabpanel"] #${id} .js-plotly-plot`);
    const solid = (graph?.data ?? []).flatMap(({ type, visible }, i) => (/3d|surface/.test(type) && visible === true ? [i] : []));
    if (!solid.length) return;
    await put(id, { visible: solid.map(() => false) }, solid, {});
    for (const layout of Object.values(graph._fullLayout)) {
      if (!isHidden(id) || typeof layout?._scene?.destroy !== "function") continue;
      layout._scene.destroy();
      layout._scene = null;
    }
  }

  // Soon, where the view is not on the page yet.
  function cover(id) {
    const view = document.getElementById(id)?.closest(".view");
    if (!view) window.requestAnimationFrame(() => cover(id));
    else if (view.hidden !== hidden.has(id)) view.hidden = hidden.has(id);
  }

  const isHidden = (id) => hidden.has(id);

  const idle = () => Object.keys(busy).length === 0 && landscape.quick.settled();

  landscape.graphs = { put, update, ready, idle, hide, isHidden, begin: () => setTimeout(begun, GRACE, true) };
  landscape.alarm = (text) => window.dash_clientside.set_props("alarm", { children: text });
})();
