// A slip scanned after the close leads to its form's address. This carries the slip's secret on to the log's look-up: in the
// address fragment, which no server sees, until the person presses the button. Without script the printed code is typed.
(function () {
  const scanned = /^#[0-9A-Za-z]{26}$/.test(window.location.hash) ? window.location.hash : "";
  const link = document.querySelector("a[data-log]");
  const field = document.querySelector("input[data-scanned]");
  if (!scanned) return;
  if (link) link.hash = scanned;
  if (field) {
    field.value = scanned;
    window.history.replaceState(null, "", window.location.pathname + window.location.search); // no bookmark, no second reader
  }
}());
