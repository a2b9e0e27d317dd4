// @ts-check
// ---- sending until it is taken ----
/** @param {Ballot} form @param {string} stage @param {string} [confirm] */
function body(form, stage, confirm) {
  const data = new URLSearchParams();
  eachField(form, function (value, name) { if (value !== "" && name !== "stage") data.append(name, value); });
  data.append("stage", stage);
  if (confirm) data.set("confirm", confirm);
  return data.toString();
}
/** @param {Ballot} form @param {string} content @param {number} times */
function send(form, content, times) {
  if (state.preview) { // its address says that nothing was sent
    form.submit();
    return;
  }
  /** @type {HTMLElement | null} */
  const unsent = document.querySelector(".unsent");
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll(".end button");
  window.clearTimeout(state.timer);
  if (unsent) {
    write(unsent, times ? say("unsent_now", {}) : say("sending", {}));
    shown(unsent, true);
  }
  buttons.forEach(function (button) { button.disabled = true; });
  state.sending = true;
  guardLeaving();
  const abort = window.AbortController ? new AbortController() : null;
  const limit = window.setTimeout(function () { if (abort) abort.abort(); }, 30000);
  window.fetch(form.action, {
    method: "POST", body: content, credentials: "omit", cache: "no-store", redirect: "error", signal: abort ? abort.signal : undefined,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }).then(function (response) {
    if (response.status >= 500) throw new Error("busy");
    return response.text().then(function (html) { swap(html, response.ok); });
  }).catch(function (lost) {
    if (times === 1 && !(lost && lost.message === "busy")) suspectBrowser(form);
    const seconds = Math.min(30, 2 * Math.pow(2, times));
    buttons.forEach(function (button) { button.disabled = false; });
    if (unsent) write(unsent, say("unsent", { seconds: seconds, times: times + 1 }));
    state.again = function () { send(form, content, times + 1); };
    state.timer = window.setTimeout(state.again, seconds * 1000);
  }).then(function () { window.clearTimeout(limit); });
}
/** @param {string} html @param {boolean} ok */
function swap(html, ok) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const main = fresh.querySelector("main");
  // A hall's sign-in portal answers 200 with a page of its own: only a page of ours counts as an answer.
  if (!main || (ok && !main.querySelector("[data-receipt], [data-stop], form.ballot"))) throw new Error("not our page");
  state.again = null;
  state.sending = false;
  guardLeaving();
  document.title = fresh.title;
  ["nav.speech", "main"].forEach(function (part) { // languages belong to the page: after a receipt they lead to no empty form
    const found = fresh.querySelector(part); // an error page has no languages of its own
    if (found) pick(document, part).replaceWith(document.importNode(found, true));
  });
  start();
  window.scrollTo(0, 0);
  /** @type {HTMLElement | null} */
  const first = document.querySelector("main #summary") || document.querySelector("main h1");
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
}
