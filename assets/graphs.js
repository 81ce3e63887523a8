// Hands updates to the graphs they name. Plotly redraws one thing at a time, so that updates queue per graph.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const queues = {}; // graph id -> promise of its last update
  const seen = {}; // graph id -> the `once` of the layout it last took

  function element(id) {
    const holder = document.getElementById(id);
    const graph = holder && holder.querySelector(".js-plotly-plot");
    return graph && graph._fullLayout ? graph : null;
  }

  function ready(id) {
    return new Promise((resolve) => {
      const look = () => (element(id) ? resolve(element(id)) : window.requestAnimationFrame(look));
      look();
    });
  }

  // Runs `draw(graph)` after everything that this graph was given before.
  function queue(id, draw) {
    queues[id] = (queues[id] || Promise.resolve()).then(() => ready(id)).then(draw);
    queues[id] = queues[id].catch((error) => landscape.alarm(`The picture could not be drawn: ${error.message}`));
    return queues[id];
  }

  function update(change) {
    const layout = change.once !== null && change.once === seen[change.graph] ? {} : change.layout;
    if (change.once !== null) seen[change.graph] = change.once;
    return queue(change.graph, (graph) => {
      if (change.traces.length) return window.Plotly.update(graph, { ...change.data }, { ...layout }, change.traces);
      return Object.keys(layout).length ? window.Plotly.relayout(graph, { ...layout }) : null;
    });
  }

  landscape.graphs = { update, queue };
  landscape.alarm = (text) => window.dash_clientside.set_props("alarm", { children: text });
})();
