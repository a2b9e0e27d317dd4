// ---- starting a page, loaded or swapped in ----
function readCoach() {
  const block = document.getElementById("coach");
  const coach = block ? JSON.parse(block.textContent) : {};
  ["limits", "words", "numbers", "scales"].forEach(function (name) { if (coach[name]) state[name] = coach[name]; });
}
function takeUp(form) {
  const record = saved(form);
  if (!record) return;
  form.elements.submission.value = record.submission;
  if (!restore(form, record)) return;
  write(form.querySelector(".restored"), say("restored", {}));
  shown(form.querySelector(".restored"), true);
}
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
  shown(form.querySelector(".recognised"), Boolean(state.secret));
  shown(form.querySelector(".typed"), !state.secret);
  if (!form.elements.submission.value) takeUp(form);
  if (!form.elements.submission.value) form.elements.submission.value = randomId();
  prepareControls(form);
  prepareViews(form);
  prepareBar(form);
  prepareUndo(form);
  refresh(form);
  form.addEventListener("input", function (event) {
    if (event.target.name === "alias" && who(form) && !marksOf(form).some(Boolean)) takeUp(form); // left off on this phone, code typed again
    const fieldset = event.target.closest("fieldset.item");
    if (fieldset) state.last = placeOf(fieldset);
    remember(form);
    refresh(form);
    save(form);
  });
  const view = document.querySelector("section.local");
  view.querySelector("[data-back]").addEventListener("click", function () {
    window.clearTimeout(state.timer);
    state.again = null;
    state.sending = false;
    guardLeaving();
    aside(false);
    shown(view.querySelector(".unsent"), false);
  });
  view.querySelector("[data-send]").addEventListener("click", function () {
    const box = view.querySelector(".warnings input");
    if (box && !box.checked) box.focus();
    else send(form, body(form, "send", box ? box.value : ""), 0);
  });
}
function startReview(form) {
  form.querySelectorAll("button[name=stage]").forEach(function (button) {
    button.addEventListener("click", function () { state.pressed = button.value; });
  });
}
function start() {
  const form = document.querySelector("form.ballot");
  const end = document.querySelector("[data-receipt], [data-stop]");
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
  if (!form || !window.fetch || !window.URLSearchParams || !window.DOMParser) return;
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
window.pingyi = { judge: judge, line: line };
start();
