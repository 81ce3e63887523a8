// The page's own switches: theme, controls, sharing, and fitting the ranges to the paths.
"use strict";

(function () {
  const landscape = (window.landscape = window.landscape || {});
  const NEXT = { light: "dark", dark: "light" };
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.page = {
    theme(clicks, kept) {
      const { paint } = landscape;
      const preferred = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
      const before = kept || preferred;
      const theme = clicks ? NEXT[before] : before;
      const size = parseFloat(getComputedStyle(document.body).fontSize) - 2;
      for (const { graph } of paint.themes[theme]) {
        const most = graph === "surface" ? 13 : 24; // letters in three dimensions stand in each other's way
        landscape.graphs.put(graph, {}, [], { "font.size": Math.min(size, most) });
      }
      if (clicks || theme !== "light") for (const update of paint.themes[theme]) landscape.graphs.update(update);
      return [theme, theme];
    },
    async share() {
      const field = document.getElementById("share");
      const say = (text) => field && set("share", { children: text });
      try {
        await navigator.clipboard.writeText(window.location.href);
        say("Link copied");
      } catch {
        say("Copy the address bar");
      }
      setTimeout(() => say("Share"), 2000);
    },
    rail() {
      document.querySelector(".page").classList.toggle("rail-away");
      window.dispatchEvent(new Event("resize"));
    },
    // On a narrow screen the strip scrolls: the open tab is brought into it.
    tab() {
      window.requestAnimationFrame(() => {
        const strip = document.getElementById("tabs");
        const open = strip && strip.querySelector("[aria-selected='true']");
        if (open) strip.scrollLeft = open.offsetLeft - (strip.clientWidth - open.clientWidth) / 2;
      });
    },
    // An error in a part of the rail that is folded away unfolds it.
    reveal(errors) {
      if (!errors.some(Boolean)) return;
      window.requestAnimationFrame(() => {
        for (const fold of document.querySelectorAll(".rail details")) {
          if (fold.querySelector(".mantine-InputWrapper-error")) fold.open = true;
        }
      });
    },
    fit(clicks) {
      const asked = window.dash_clientside.callback_context.triggered_id;
      if (asked?.name === "fetch") landscape.stream.renew();
      if (!asked || asked.name !== "fit" || !clicks.some(Boolean)) return;
      for (const axis of landscape.graphs.isHidden("surface") ? ["a"] : ["a", "b"]) {
        const text = landscape.paths.range(landscape.scrubber.state.paths, axis);
        if (text) set({ type: "field", key: `grid.${axis}`, part: 0 }, { value: text });
      }
    },
  };
})();
