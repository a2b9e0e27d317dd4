// ---- thumbs instead of keyboards: steps for numbers, the next free place for ranks; undo; large type; a browser that keeps nothing ----
function prepareControls(form) {
  form.querySelectorAll(".figure").forEach(function (figure) { addSteps(figure); });
  state.limits.forEach(function (table) {
    table.slots.forEach(function (place) {
      const fieldset = document.getElementById("f" + place);
      if (table.kind === "distinct") addRank(form, fieldset, table);
      if (table.kind === "sum") addListSteps(fieldset);
    });
  });
}
function told(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
function button(text, label, act) {
  const made = make("button", text, "step");
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
function addSteps(figure) {
  const place = placeOf(figure.closest("fieldset.item"));
  const numbers = Object.keys(state.scales[state.numbers[place]] || {}).sort(function (a, b) { return a - b; });
  const row = make("div", "", "steps");
  figure.parentNode.insertBefore(row, figure);
  function by(count) {
    const now = numbers.indexOf(figure.value.trim());
    const start = count > 0 ? -1 : numbers.length; // from an empty field upward begins at the least, downward at the most
    const to = now < 0 ? start + Math.sign(count) : now + count;
    figure.value = numbers[Math.min(numbers.length - 1, Math.max(0, to))];
    told(figure);
  }
  const wide = numbers.length > 40 ? [-10, -1, 0, 1, 10] : [-1, 0, 1];
  wide.forEach(function (count) {
    if (!count) row.appendChild(figure);
    else row.appendChild(button((count < 0 ? "−" : "+") + (Math.abs(count) > 1 ? Math.abs(count) : ""),
      say(count < 0 ? "less" : "more", { count: Math.abs(count) }), function () { by(count); }));
  });
}
function addListSteps(fieldset) {
  const list = fieldset.querySelector("select");
  if (!list) return;
  const row = make("div", "", "steps");
  list.parentNode.insertBefore(row, list);
  function by(count) {
    list.selectedIndex = Math.min(list.options.length - 1, Math.max(1, list.selectedIndex + count));
    told(list);
  }
  row.appendChild(button("−", say("less", { count: 1 }), function () { by(-1); }));
  row.appendChild(list);
  row.appendChild(button("+", say("more", { count: 1 }), function () { by(1); }));
}
function codesOf(fieldset) {
  const inputs = Array.from(fieldset.querySelectorAll("input[type=radio], option"));
  return inputs.map(function (input) {
    return { code: Number(input.value), label: (input.tagName === "OPTION" ? input : input.parentNode).textContent.trim() };
  }).filter(function (one) { return one.code > 0; });
}
function setMark(fieldset, code) {
  const list = fieldset.querySelector("select");
  if (list) list.value = code ? String(code) : "";
  fieldset.querySelectorAll("input[type=radio]").forEach(function (input) { input.checked = Number(input.value) === code; });
  told(list || fieldset.querySelector("input"));
}
function freeRank(fieldset, table) {
  const marks = marksOf(fieldset.form);
  const used = table.slots.map(function (slot) { return marks[slot]; });
  return codesOf(fieldset).find(function (one) { return table.codes.includes(one.code) && !used.includes(one.code); });
}
function addRank(form, fieldset, table) {
  if (!codesOf(fieldset).length) return;
  const taker = button("", "", function () {
    if (markOf(fieldset)) return setMark(fieldset, 0);
    const free = freeRank(fieldset, table);
    if (free) setMark(fieldset, free.code);
  });
  taker.className = "step rank";
  fieldset.appendChild(taker);
  function label() {
    const free = freeRank(fieldset, table);
    write(taker, markOf(fieldset) ? say("drop_rank", {}) : free ? say("take_rank", { rank: free.label }) : "");
    shown(taker, Boolean(markOf(fieldset) || free));
  }
  form.addEventListener("input", label);
  label();
}

// ---- undo ----
function valuesOf(form) {
  const found = {};
  new FormData(form).forEach(function (value, name) { if (/^[mn]\d+$/.test(name)) found[name] = value; });
  return found;
}
function prepareUndo(form) {
  state.undo = [];
  state.values = valuesOf(form);
  form.querySelector(".undo").addEventListener("click", function () { undo(form); });
}
function remember(form) {
  const now = valuesOf(form);
  const changed = Object.keys(Object.assign({}, now, state.values)).filter(function (name) { return now[name] !== state.values[name]; });
  const last = state.undo[state.undo.length - 1];
  const typing = changed.length === 1 && changed[0][0] === "n" && last && last.typing === changed[0]; // a number is one change, not one a digit
  if (changed.length && !typing) {
    const before = {};
    changed.forEach(function (name) { before[name] = state.values[name] || ""; });
    state.undo.push({ before: before, typing: changed.length === 1 && changed[0][0] === "n" ? changed[0] : "" });
  }
  state.values = now;
  shown(form.querySelector(".undo"), state.undo.length > 0);
}
function undo(form) {
  const change = state.undo.pop();
  if (!change) return;
  restore(form, { fields: change.before });
  state.values = valuesOf(form);
  const fieldset = document.getElementById("f" + Object.keys(change.before)[0].slice(1));
  reveal(form, "#" + fieldset.id);
  fieldset.scrollIntoView({ block: "center" });
  write(form.querySelector(".undone"), say("undone", { place: fieldset.querySelector("legend").textContent.trim() }));
  shown(form.querySelector(".undo"), state.undo.length > 0);
  refresh(form);
  save(form);
}

// ---- large type: kept on this phone, about nobody ----
function prepareType() {
  const root = document.documentElement;
  root.classList.toggle("large", kept("localStorage", "pingyi.large") === "1");
  document.querySelectorAll(".type").forEach(function (switcher) {
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
function warnElsewhere(blocked) {
  const keeps = keep("localStorage", "pingyi.try", "1") && keep("localStorage", "pingyi.try", null);
  const works = keeps && window.fetch && window.URLSearchParams && window.DOMParser && !blocked;
  shown(document.querySelector(".elsewhere.in-app"), !works && (inApp() || blocked));
  shown(document.querySelector(".elsewhere.no-shelf"), !keeps && !inApp() && !blocked);
}
// What is posted does not arrive, yet pages load: it is not the network, it is the browser.
function suspectBrowser(form) {
  window.fetch(form.action, { method: "HEAD", credentials: "omit", cache: "no-store" }).then(function (response) {
    if (response.ok && state.sending) warnElsewhere(true);
  }).catch(function () {});
}
