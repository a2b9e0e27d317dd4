// @ts-check
// The form without a network, where a browser allows it (https): this form's page and its two files, until the receipt.
// Never an answer and never a slip: what is posted is not touched, and what stands behind a "#" is cut off before keeping.
// The checker knows `self` as any kind of worker; this one serves a page.
const here = /** @type {ServiceWorkerGlobalScope & typeof globalThis} */ (/** @type {unknown} */ (self));
const FORM = new URL(here.registration.scope).pathname;
const STORE = "pingyi " + FORM;
const PATIENCE = 4000; // milliseconds for the network to answer before the kept page is shown

/** @param {string} address */
function bare(address) {
  return address.split("#")[0];
}
/** @param {string} address */
function ours(address) {
  const url = new URL(address);
  return url.origin === self.location.origin && (url.pathname === FORM || url.pathname.indexOf("/assets/") === 0);
}
/** @param {string} address */
function kept(address) {
  return self.caches.open(STORE).then(function (store) {
    return store.match(address, { ignoreVary: true }).then(function (found) {
      return found || store.match(address, { ignoreVary: true, ignoreSearch: true }); // in another language rather than not at all
    });
  });
}
/** @param {string[]} addresses */
function keepAll(addresses) {
  const wanted = addresses.map(bare).filter(ours);
  return self.caches.open(STORE).then(function (store) {
    return Promise.all(wanted.map(function (address) {
      return self.fetch(address).then(function (response) {
        if (!response.ok || response.redirected) throw new Error("not the form");
        return store.put(address, response);
      });
    })).then(function () { return store.keys(); }).then(function (keys) { // what an older version loaded goes
      return Promise.all(keys.filter(function (key) { return !wanted.includes(key.url); }).map(function (key) { return store.delete(key); }));
    });
  });
}
// The network first, so that the end of a round is seen; the kept page where it fails or is too slow.
/** @param {Request} request */
function page(request) {
  const address = bare(request.url);
  const fresh = self.fetch(request);
  const late = new Promise(function (resolve) { self.setTimeout(resolve, PATIENCE); }).then(function () { return kept(address); });
  return Promise.race([fresh, late.then(function (found) { return found || fresh; })]).catch(function () {
    return kept(address).then(function (found) { return found || Response.error(); });
  });
}

here.addEventListener("install", function () { here.skipWaiting(); });
here.addEventListener("message", function (event) { event.waitUntil(keepAll(event.data)); });
here.addEventListener("fetch", function (event) {
  const request = event.request;
  if (request.method !== "GET" || !ours(request.url)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else event.respondWith(kept(bare(request.url)).then(function (found) { return found || self.fetch(request); }));
});
