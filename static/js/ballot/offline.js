// @ts-check
// ---- opening the form again without a network ----
// Over https a worker keeps the page until the receipt. Over plain http there is none: the browser's own cache serves a slip that is
// scanned again within minutes, but not a reload, so leaving without a network is asked about first. The answers stay either way.
// Where the browser refuses (a private window) or the worker does not load, it is as over plain http.
/** @param {Ballot} form */
function keepPage(form) {
  const workers = window.navigator.serviceWorker;
  if (!workers) return;
  /** @type {NodeListOf<HTMLLinkElement & HTMLScriptElement>} */
  const parts = document.querySelectorAll("link[rel=stylesheet], script[src]");
  const files = Array.from(parts, function (one) { return one.href || one.src; });
  workers.register(form.dataset.worker, { scope: window.location.pathname }).then(function (registration) {
    const worker = registration.installing || registration.waiting || registration.active;
    if (worker) worker.postMessage(files.concat(window.location.href));
  }, passOver(DOMException, TypeError));
}
// A refused erasure leaves the empty form on the phone, never an answer, and the network is asked before it is shown again.
function forgetPage() {
  const workers = window.navigator.serviceWorker;
  if (!workers) return;
  workers.getRegistration(window.location.pathname).then(function (registration) {
    return registration && registration.unregister();
  }).then(function () { return window.caches.delete("pingyi " + window.location.pathname); }).catch(passOver(DOMException));
}
function guardLeaving() {
  const stranded = window.navigator.onLine === false && !(window.navigator.serviceWorker && window.navigator.serviceWorker.controller);
  const filling = document.querySelector("form.ballot fieldset.item input:checked, form.ballot .figure");
  window.onbeforeunload = state.sending || (stranded && filling) ? function () { return true; } : null;
}
