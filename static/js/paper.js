// @ts-check
// Typing from paper with the keyboard alone: Enter and the arrows go from field to field, and past the last one to the button.
// Nothing is kept in the browser; without this script Tab goes on and Enter sends, and what is missing comes back marked.
(() => {
  const form = document.querySelector("form[data-keyed]");
  if (!(form instanceof HTMLFormElement)) return;
  /** @type {HTMLInputElement[]} */
  const fields = Array.from(form.querySelectorAll("input:not([type=hidden])"));
  // The desk's two fields are sent by Enter itself.
  const after = form.dataset.keyed === "send" ? null : form.querySelector("textarea") || form.querySelector("button[type=submit]");
  let sent = false;

  /** @param {number} at */
  const go = (at) => {
    const field = fields[at];
    if (field) {
      field.focus();
      field.select();
      field.scrollIntoView({ block: "center" });
    } else if (after instanceof HTMLElement) {
      after.focus();
      after.scrollIntoView({ block: "center" });
    }
  };

  form.addEventListener("keydown", (event) => {
    const at = fields.indexOf(/** @type {HTMLInputElement} */ (event.target));
    if (at < 0 || event.isComposing) return;
    let to = -1;
    if (event.key === "Enter" && (fields[at + 1] || after)) to = at + 1;
    else if (event.key === "ArrowDown") to = Math.min(at + 1, fields.length - 1);
    else if (event.key === "ArrowUp") to = Math.max(at - 1, 0);
    else if (event.key === "Backspace" && fields[at].value === "" && at > 0) to = at - 1;
    if (to < 0) return;
    event.preventDefault();
    go(to);
  });

  // A key held too long sends once.
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });

  const first = fields.find((field) => field.getAttribute("aria-invalid") === "true") || fields.find((field) => field.value === "");
  go(fields.indexOf(first || fields[0]));
})();
