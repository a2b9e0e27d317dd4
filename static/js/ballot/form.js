// @ts-check
// ---- reading the form ----
/** @param {ParentNode} form */
function places(form) {
  /** @type {NodeListOf<HTMLFieldSetElement>} */
  const found = form.querySelectorAll("fieldset.item");
  return Array.from(found);
}
/** @param {HTMLElement} fieldset */
function placeOf(fieldset) {
  return Number(fieldset.id.slice(1));
}
/** @param {HTMLFieldSetElement} fieldset */
function markOf(fieldset) {
  const place = placeOf(fieldset);
  /** @type {HTMLInputElement | null} */
  const figure = fieldset.querySelector(".figure");
  /** @type {HTMLInputElement | HTMLSelectElement | null} */
  const chosen = fieldset.querySelector("input:checked, select");
  const code = chosen ? Number(chosen.value) : 0;
  if (code || !figure || !figure.value.trim()) return code;
  return (state.scales[state.numbers[place]] || {})[figure.value.trim()] || 0;
}
/** @param {HTMLFieldSetElement} fieldset */
function answered(fieldset) {
  /** @type {HTMLInputElement | null} */
  const figure = fieldset.querySelector(".figure");
  const chosen = fieldset.querySelector("input:checked");
  const list = fieldset.querySelector("select");
  return Boolean(chosen || (list && list.value) || (figure && figure.value.trim()));
}
/** @param {Ballot} form */
function marksOf(form) {
  /** @type {number[]} */
  const marks = [];
  places(form).forEach(function (fieldset) { marks[placeOf(fieldset)] = markOf(fieldset); });
  return marks;
}
/** @param {Ballot} form */
function missing(form) {
  return places(form).filter(function (fieldset) { return fieldset.hasAttribute("data-required") && !answered(fieldset); });
}

// ---- free words: characters as people count them ----
/** @param {Ballot} form */
function wordsIn(form) {
  const field = form.elements.comment;
  return field ? { text: field.value.trim(), found: Array.from(field.value.trim()).length, most: Number(field.dataset.most) } : null;
}
/** @param {Ballot} form */
function countWords(form) {
  const words = wordsIn(form);
  if (!words) return;
  const most = pick(form, "#comment-most");
  most.className = words.found > words.most ? "error" : "hint";
  if (words.found) write(most, say("written", words));
}

// ---- the bar at the thumb: progress, next open place, limits ----
/** @param {Ballot} form */
function prepareBar(form) {
  const box = pick(form, ".limits");
  state.limits.forEach(function (table) {
    const details = make("details");
    details.hidden = true;
    details.appendChild(make("summary"));
    details.appendChild(make("p", table.why || table.text));
    box.appendChild(details);
  });
  const bar = pick(form, ".bar");
  shown(bar, true);
  if (window.ResizeObserver) new ResizeObserver(keepClear.bind(null, bar)).observe(bar);
  pick(form, ".next").addEventListener("click", function () { jump(form); });
}
/** @param {Ballot} form */
function refresh(form) {
  const all = places(form);
  const done = all.filter(answered).length;
  /** @type {HTMLProgressElement} */
  const progress = pick(form, "progress");
  progress.value = done;
  write(pick(form, ".count"), say("answered", { done: done, all: all.length }));
  shown(form.querySelector(".next"), done < all.length);
  refreshJumpList(form);
  countWords(form);
  finishing(form);
  const marks = marksOf(form);
  const ranked = state.limits.map(function (table, at) {
    const verdict = judge(table, marks);
    const full = table.slots.every(function (slot) { return marks[slot]; });
    const bad = verdict.broken && (full || !(table.kind in { count: 1, sum: 1 }) || verdict.found > verdict.most); // "at least" may still come
    return { at: at, text: line(table, verdict), bad: bad, weight: (bad ? 2 : 0) + (table.slots.includes(state.last) ? 1 : 0) };
  });
  const best = ranked.filter(function (one) { return one.text; }).sort(function (a, b) { return b.weight - a.weight || a.at - b.at; }).slice(0, 2);
  /** @type {NodeListOf<HTMLElement>} */
  const lines = form.querySelectorAll(".limits details");
  lines.forEach(function (details, at) {
    const one = done && best.find(function (candidate) { return candidate.at === at; });
    shown(details, Boolean(one)); // nothing is counted, and the first question is left uncovered, before the first answer
    if (one) {
      write(pick(details, "summary"), one.text);
      details.className = one.bad ? "broken" : "";
    }
  });
}
// What gets the focus is scrolled clear of the bar, however tall the bar is just now.
/** @param {HTMLElement} bar */
function keepClear(bar) {
  const over = (window.getComputedStyle(bar).position === "fixed" ? bar.offsetHeight + 16 : 0) + "px";
  document.documentElement.style.scrollPaddingBottom = over;
  document.body.style.paddingBottom = over;
}
/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text; // unchanged live regions stay silent
}
/** @param {Ballot} form */
function jump(form) {
  const all = places(form);
  const here = all.findIndex(function (fieldset) { return placeOf(fieldset) === state.last; });
  const open = all.filter(function (fieldset) { return !answered(fieldset); });
  const next = open.find(function (fieldset) { return all.indexOf(fieldset) > here; }) || open[0];
  if (!next) return;
  state.last = placeOf(next);
  reveal(form, "#" + next.id);
  next.scrollIntoView({ block: "center" });
  pick(next, "input, select").focus({ preventScroll: true });
  refresh(form);
}
