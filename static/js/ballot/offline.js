// ---- opening the form again without a network ----
// Over https a worker keeps the page until the receipt. Over plain http there is none: the browser's own cache serves a slip that is
// scanned again within minutes, but not a reload, so leaving without a network is asked about first. The answers stay either way.
function keepPage(form) {
  const workers = window.navigator.serviceWorker;
  if (!workers) return;
  const files = Array.from(document.querySelectorAll("link[rel=stylesheet], script[src]")).map(function (one) { return one.href || one.src; });
  workers.register(form.dataset.worker, { scope: window.location.pathname }).then(function (registration) {
    const worker = registration.installing || registration.waiting || registration.active;
    worker.postMessage(files.concat(window.location.href));
  }).catch(function () {}); // a private window may refuse: then it is as over plain http
}
function forgetPage() {
  const workers = window.navigator.serviceWorker;
  if (!workers) return;
  workers.getRegistration(window.location.pathname).then(function (registration) {
    return registration && registration.unregister();
  }).then(function () { return window.caches.delete("pingyi " + window.location.pathname); }).catch(function () {});
}
function guardLeaving() {
  const stranded = window.navigator.onLine === false && !(window.navigator.serviceWorker || {}).controller;
  const filling = document.querySelector("form.ballot fieldset.item input:checked, form.ballot .figure");
  window.onbeforeunload = state.sending || (stranded && filling) ? function () { return true; } : null;
}
