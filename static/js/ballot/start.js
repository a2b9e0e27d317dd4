// @ts-check
// ---- starting a page, loaded or swapped in ----
function readCoach() {
  const block = document.getElementById("coach");
  /** @type {Partial<Coach>} */
  const coach = block ? JSON.parse(block.textContent) : {};
  Object.assign(state, coach);
}
/** @param {Ballot} form */
function takeUp(form) {
  const record = saved(form);
  if (!record) return;
  form.elements.submission.value = record.submission;
  if (!restore(form, record)) return;
  const restored = pick(form, ".restored");
  write(restored, say("restored", {}));
  shown(restored, true);
}
/** @param {Ballot} form */
function startForm(form) {
  form.autocomplete = "off"; // the answers are kept and erased here; where no script runs, only the browser's Back can bring them again
  state.keeps = true;
  const refused = document.getElementById("alias-error");
  if (refused) {
    keep("sessionStorage", "pingyi.secret." + form.dataset.style, null); // that code was not good: let another be typed
    state.secret = "";
  } else {
    takeSecret(form.dataset.style);
    if (form.elements.secret.value) state.secret = form.elements.secret.value;
  }
  form.elements.secret.value = state.secret;
  shown(pick(form, ".recognised"), Boolean(state.secret));
  shown(pick(form, ".typed"), !state.secret);
  if (!form.elements.submission.value) takeUp(form);
  if (!form.elements.submission.value) form.elements.submission.value = randomId();
  prepareControls(form);
  prepareViews(form);
  prepareBar(form);
  prepareUndo(form);
  refresh(form);
  form.addEventListener("input", function (event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.name === "alias" && who(form) && !marksOf(form).some(Boolean)) takeUp(form); // left off on this phone, code typed again
    /** @type {HTMLElement | null} */
    const fieldset = input.closest("fieldset.item");
    if (fieldset) state.last = placeOf(fieldset);
    remember(form);
    refresh(form);
    save(form);
  });
  const view = pick(document, "section.local");
  pick(view, "[data-back]").addEventListener("click", function () {
    window.clearTimeout(state.timer);
    state.again = null;
    state.sending = false;
    guardLeaving();
    aside(false);
    shown(pick(view, ".unsent"), false);
  });
  pick(view, "[data-send]").addEventListener("click", function () {
    /** @type {HTMLInputElement | null} */
    const box = view.querySelector(".warnings input");
    if (box && !box.checked) box.focus();
    else send(form, body(form, "send", box ? box.value : ""), 0);
  });
}
/** @param {Ballot} form */
function startReview(form) {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = form.querySelectorAll("button[name=stage]");
  buttons.forEach(function (button) {
    button.addEventListener("click", function () { state.pressed = button.value; });
  });
}
function start() {
  /** @type {Ballot | null} */
  const form = document.querySelector("form.ballot");
  /** @type {HTMLElement & { dataset: Facts } | null} */
  const end = document.querySelector("[data-receipt], [data-stop]");
  /** @type {HTMLElement | null} */
  const print = document.querySelector("[data-print]");
  state.last = -1;
  if (end) {
    wipe(end.dataset.style);
    forgetPage();
    shown(document.querySelector("[data-erased]"), state.keeps);
    shown(document.querySelector("[data-may-return]"), !state.keeps);
  }
  if (print) {
    shown(print, true);
    print.addEventListener("click", function () { window.print(); });
  }
  state.preview = Boolean(form && form.hasAttribute("data-preview"));
  prepareType();
  prepareInk();
  if (form) warnElsewhere(false);
  if (!form || !canSend()) return;
  readCoach();
  if (form.hasAttribute("data-review")) startReview(form);
  else startForm(form);
  document.querySelectorAll("button[data-tongue]").forEach(function (button) {
    button.addEventListener("click", function () { state.tongue = true; });
  });
  form.addEventListener("submit", function (event) {
    if (state.tongue) return; // another language: the form as it stands, as an ordinary page load
    event.preventDefault();
    if (form.hasAttribute("data-review")) send(form, body(form, state.pressed || "send"), 0);
    else if (!form.hasAttribute("data-signed")) review(form);
    else send(form, body(form, "review"), 0);
  });
}

window.addEventListener("load", function () { // the form comes first
  /** @type {Ballot | null} */
  const form = document.querySelector("form.ballot[data-worker]");
  if (form) keepPage(form);
});
window.addEventListener("offline", guardLeaving);
window.addEventListener("online", function () {
  guardLeaving();
  if (state.again) state.again();
});
window.addEventListener("hashchange", function () {
  if (/^#[0-9A-Za-z]{26}$/.test(window.location.hash)) window.location.reload(); // another slip was scanned into this tab
});
/** @type {Window & { pingyi?: object }} */ (window).pingyi = { judge: judge, line: line };
start();
