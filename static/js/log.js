// @ts-check
// A slip scanned after the close leads to its form's address. This carries the slip's secret on to a field that looks it up (here
// or on the log's page), as the code on a printed copy's QR is carried there: in the address fragment, which no server sees, until
// the person presses the button. Without script the printed code is typed.
(function () {
  const secret = /^#[0-9A-Za-z]{26}$/.test(window.location.hash) ? window.location.hash : "";
  const code = /^#(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}$/.test(window.location.hash) ? window.location.hash.slice(1) : "";
  /** @type {HTMLAnchorElement | null} */
  const link = document.querySelector("a[data-log]");
  /** @type {HTMLInputElement | null} */
  const field = document.querySelector("input[data-scanned]");
  if (!secret && !code) return;
  if (link) link.hash = secret;
  if (field) {
    field.value = secret || code;
    window.history.replaceState(null, "", window.location.pathname + window.location.search); // no bookmark, no second reader
  }
}());
