// A table of one's own: a file that is chosen or dropped goes to a route of its own, and what comes of it is settled as
// all else. Pure functions first; tests/js/upload.test.mjs mirrors them.
"use strict";

(function (root) {
  const MOST = 5000000; // bytes, as the route takes them
  const BROKEN = "The server does not answer. The last picture stays; try again.";

  // Why a file need not be sent, or nothing.
  function refusal(files) {
    if (files.length !== 1) return "One file at a time, please.";
    const [{ size }] = files;
    if (size > MOST) return `The file must have at most 5,000,000 bytes (5 MB). Got ${size.toLocaleString("en")}.`;
    return size === 0 ? "The file is empty." : "";
  }

  // What is said while a file is under way.
  function under(loaded, total) {
    return loaded < total ? `Sending, ${Math.floor((100 * loaded) / total)} %` : "Reading";
  }

  // What an answer says: {data} or {error}, whatever stands between here and the server has made of it.
  function answer(status, text) {
    let told = null;
    try {
      told = JSON.parse(text);
    } catch {
      // a page of a proxy's own
    }
    if (status === 200 && typeof told?.data === "string") return { data: told.data };
    if (typeof told?.error === "string") return { error: told.error };
    return { error: status === 413 ? "The file is larger than the server takes." : BROKEN };
  }

  const upload = { refusal, under, answer };
  root.upload = upload;
  if (typeof module !== "undefined") module.exports = upload;
  if (typeof document === "undefined") return;

  const input = Object.assign(document.createElement("input"), {
    type: "file",
    accept: ".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain",
    hidden: true,
  });
  let sending = null; // the request that is under way; another file takes its place
  let count = 0;

  function say(word, error = "") {
    for (const place of document.querySelectorAll(".table-word")) place.textContent = word;
    for (const place of document.querySelectorAll(".table-error")) place.textContent = error;
  }

  function send(files) {
    const wrong = refusal(files);
    sending?.abort();
    sending = null;
    if (wrong) return say("", wrong);
    const [file] = files;
    const request = new XMLHttpRequest();
    sending = request;
    request.open("POST", `table?file=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("X-Landscape", "table");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => say(under(loaded, total));
    request.onload = () => done(request, answer(request.status, request.responseText));
    request.onerror = () => done(request, { error: BROKEN });
    request.send(file);
    return say(under(0, file.size));
  }

  function done(request, { data, error }) {
    if (request !== sending) return;
    sending = null;
    say("", error);
    if (!data) return;
    root.stream.renew();
    window.dash_clientside.set_props("table", { data: { data, count: ++count } });
  }

  const drop = (event) => event.target.closest?.(".table-drop");

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".table-choose")) return;
    input.value = ""; // so that the same file can be chosen again
    input.click();
  });
  input.addEventListener("change", () => input.files.length && send(input.files));
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const place = drop(event);
      place?.classList.toggle("over", name === "dragenter" || name === "dragover");
      if (!place || name === "dragleave") return;
      event.preventDefault();
      if (name === "drop") send(event.dataTransfer.files);
    });
  }
  document.body.append(input);
})(typeof window !== "undefined" ? (window.landscape = window.landscape || {}) : {});
