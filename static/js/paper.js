// @ts-check
// Typing from paper with the keyboard alone: Enter and the arrows go from field to field, the last Enter sends.
// Nothing is kept in the browser; without this script Tab goes on and Enter sends, and what is missing comes back marked.
(() => {
  "use strict";
  const form = document.querySelector("form[data-keyed]");
  if (!(form instanceof HTMLFormElement)) return;
  /** @type {HTMLInputElement[]} */
  const fields = Array.from(form.querySelectorAll("input:not([type=hidden])"));
  const last = form.querySelector("textarea") || form.querySelector("button[type=submit]");

  /** @param {number} at */
  const go = (at) => {
    const field = fields[at];
    if (field) {
      field.focus();
      field.select();
      field.scrollIntoView({ block: "center" });
    } else if (at >= fields.length && last instanceof HTMLElement) {
      last.focus();
    }
  };

  form.addEventListener("keydown", (event) => {
    const at = fields.indexOf(/** @type {HTMLInputElement} */ (event.target));
    if (at < 0 || event.isComposing) return;
    if (event.key === "Enter" && fields[at + 1]) {
      event.preventDefault();
      go(at + 1);
    } else if (event.key === "Enter" && form.querySelector("textarea")) {
      event.preventDefault();
      go(fields.length);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      go(Math.min(at + 1, fields.length - 1));
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      go(Math.max(at - 1, 0));
    } else if (event.key === "Backspace" && fields[at].value === "" && at > 0) {
      event.preventDefault();
      go(at - 1);
    }
  });

  const first = fields.find((field) => field.getAttribute("aria-invalid") === "true") || fields.find((field) => field.value === "");
  go(fields.indexOf(first || fields[0]));
})();
