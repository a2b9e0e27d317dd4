// @ts-check
// ---- thumbs instead of keyboards: steps for numbers, the next free place for ranks; undo; large type; a browser that keeps nothing ----
/** @param {Ballot} form */
function prepareControls(form) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const figures = form.querySelectorAll(".figure");
  figures.forEach(addSteps);
  state.limits.forEach(function (table) {
    table.slots.forEach(function (place) {
      /** @type {HTMLFieldSetElement} */
      const fieldset = pick(form, "#f" + place);
      if (table.kind === "distinct") addRank(form, fieldset, table);
      if (table.kind === "sum") addListSteps(fieldset);
    });
  });
}
/** @param {HTMLElement} element */
function fireInput(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
/** @param {string} text @param {string} label @param {() => void} act */
function button(text, label, act) {
  const made = make("button", text, "step");
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
/** @param {HTMLInputElement} figure */
function addSteps(figure) {
  const place = placeOf(/** @type {HTMLFieldSetElement} */ (figure.closest("fieldset.item")));
  const numbers = Object.keys(state.scales[state.numbers[place]] || {}).sort(function (a, b) { return Number(a) - Number(b); });
  const row = make("div", "", "steps");
  figure.insertAdjacentElement("beforebegin", row);
  /** @param {number} count */
  function by(count) {
    const now = numbers.indexOf(figure.value.trim());
    const start = count > 0 ? -1 : numbers.length; // from an empty field upward begins at the least, downward at the most
    const to = now < 0 ? start + Math.sign(count) : now + count;
    figure.value = numbers[Math.min(numbers.length - 1, Math.max(0, to))];
    fireInput(figure);
  }
  const wide = numbers.length > 40 ? [-10, -1, 0, 1, 10] : [-1, 0, 1];
  wide.forEach(function (count) {
    if (!count) row.appendChild(figure);
    else row.appendChild(button((count < 0 ? "−" : "+") + (Math.abs(count) > 1 ? Math.abs(count) : ""),
      say(count < 0 ? "less" : "more", { count: Math.abs(count) }), function () { by(count); }));
  });
}
/** @param {HTMLFieldSetElement} fieldset */
function addListSteps(fieldset) {
  const list = fieldset.querySelector("select");
  if (!list) return;
  const row = make("div", "", "steps");
  list.insertAdjacentElement("beforebegin", row);
  /** @param {number} count */
  const by = function (count) {
    list.selectedIndex = Math.min(list.options.length - 1, Math.max(1, list.selectedIndex + count));
    fireInput(list);
  };
  row.appendChild(button("−", say("less", { count: 1 }), function () { by(-1); }));
  row.appendChild(list);
  row.appendChild(button("+", say("more", { count: 1 }), function () { by(1); }));
}
/** @param {HTMLFieldSetElement} fieldset */
function codesOf(fieldset) {
  /** @type {NodeListOf<HTMLInputElement | HTMLOptionElement>} */
  const inputs = fieldset.querySelectorAll("input[type=radio], option");
  return Array.from(inputs).map(function (input) {
    const label = input.tagName === "OPTION" ? input : /** @type {HTMLElement} */ (input.parentNode);
    return { code: Number(input.value), label: label.textContent.trim() };
  }).filter(function (one) { return one.code > 0; });
}
/** @param {HTMLFieldSetElement} fieldset @param {number} code */
function setMark(fieldset, code) {
  const list = fieldset.querySelector("select");
  if (list) list.value = code ? String(code) : "";
  /** @type {NodeListOf<HTMLInputElement>} */
  const radios = fieldset.querySelectorAll("input[type=radio]");
  radios.forEach(function (input) { input.checked = Number(input.value) === code; });
  fireInput(list || pick(fieldset, "input"));
}
/** @param {Ballot} form @param {HTMLFieldSetElement} fieldset @param {LimitTable} table */
function freeRank(form, fieldset, table) {
  const marks = marksOf(form);
  const used = table.slots.map(function (slot) { return marks[slot]; });
  return codesOf(fieldset).find(function (one) { return table.codes.includes(one.code) && !used.includes(one.code); });
}
/** @param {Ballot} form @param {HTMLFieldSetElement} fieldset @param {LimitTable} table */
function addRank(form, fieldset, table) {
  if (!codesOf(fieldset).length) return;
  const taker = button("", "", function () {
    const free = freeRank(form, fieldset, table);
    if (markOf(fieldset)) setMark(fieldset, 0);
    else if (free) setMark(fieldset, free.code);
  });
  taker.className = "step rank";
  fieldset.appendChild(taker);
  function label() {
    const free = freeRank(form, fieldset, table);
    write(taker, markOf(fieldset) ? say("drop_rank", {}) : free ? say("take_rank", { rank: free.label }) : "");
    shown(taker, Boolean(markOf(fieldset) || free));
  }
  form.addEventListener("input", label);
  label();
}

// ---- undo ----
/** @param {Ballot} form */
function valuesOf(form) {
  /** @type {Answers} */
  const found = {};
  eachField(form, function (value, name) { if (/^[mn]\d+$/.test(name)) found[name] = value; });
  return found;
}
/** @param {Ballot} form */
function prepareUndo(form) {
  state.undo = [];
  state.values = valuesOf(form);
  pick(form, ".undo").addEventListener("click", function () { undo(form); });
}
/** @param {Ballot} form */
function remember(form) {
  const now = valuesOf(form);
  const changed = Object.keys(Object.assign({}, now, state.values)).filter(function (name) { return now[name] !== state.values[name]; });
  const last = state.undo[state.undo.length - 1];
  const typing = changed.length === 1 && changed[0][0] === "n" && last && last.typing === changed[0]; // a number is one change, not one a digit
  if (changed.length && !typing) {
    /** @type {Answers} */
    const before = {};
    changed.forEach(function (name) { before[name] = state.values[name] || ""; });
    state.undo.push({ before: before, typing: changed.length === 1 && changed[0][0] === "n" ? changed[0] : "" });
  }
  state.values = now;
  shown(pick(form, ".undo"), state.undo.length > 0);
}
/** @param {Ballot} form */
function undo(form) {
  const change = state.undo.pop();
  if (!change) return;
  restore(form, { fields: change.before });
  state.values = valuesOf(form);
  const fieldset = pick(form, "#f" + Object.keys(change.before)[0].slice(1));
  reveal(form, "#" + fieldset.id);
  fieldset.scrollIntoView({ block: "center" });
  write(pick(form, ".undone"), say("undone", { place: pick(fieldset, "legend").textContent.trim() }));
  shown(pick(form, ".undo"), state.undo.length > 0);
  refresh(form);
  save(form);
}

// ---- large type: kept on this phone, about nobody ----
function prepareType() {
  const root = document.documentElement;
  root.classList.toggle("large", kept("localStorage", "pingyi.large") === "1");
  /** @type {NodeListOf<HTMLElement>} */
  const switchers = document.querySelectorAll(".type");
  switchers.forEach(function (switcher) {
    shown(switcher, true);
    switcher.setAttribute("aria-pressed", String(root.classList.contains("large")));
    switcher.addEventListener("click", function () {
      const large = root.classList.toggle("large");
      keep("localStorage", "pingyi.large", large ? "1" : null);
      switcher.setAttribute("aria-pressed", String(large));
    });
  });
}

// ---- browsers inside other apps: nothing is said while everything works ----
function inApp() {
  return /MicroMessenger|\bQQ\/|DingTalk|Lark\/|Feishu|AliApp|AlipayClient|aweme|BytedanceWebview|Weibo|\bLine\/|FBA[NV]|Instagram|; wv\)/i.test(window.navigator.userAgent);
}
function canSend() {
  return [window.fetch, window.URLSearchParams, window.DOMParser].every(Boolean);
}
/** @param {boolean} blocked what is posted does not arrive */
function warnElsewhere(blocked) {
  const keeps = keep("localStorage", "pingyi.try", "1") && keep("localStorage", "pingyi.try", null);
  const works = keeps && canSend() && !blocked;
  shown(document.querySelector(".elsewhere.in-app"), !works && (inApp() || blocked));
  shown(document.querySelector(".elsewhere.no-shelf"), !keeps && !inApp() && !blocked);
}
// What is posted does not arrive, yet pages load: it is not the network, it is the browser.
/** @param {Ballot} form */
function suspectBrowser(form) {
  window.fetch(form.action, { method: "HEAD", credentials: "omit", cache: "no-store" }).then(function (response) {
    if (response.ok && state.sending) warnElsewhere(true);
  }, passOver(TypeError)); // pages do not load either: it is the network
}
