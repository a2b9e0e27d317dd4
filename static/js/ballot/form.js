// ---- reading the form ----
function places(form) {
  return Array.from(form.querySelectorAll("fieldset.item"));
}
function placeOf(fieldset) {
  return Number(fieldset.id.slice(1));
}
function markOf(fieldset) {
  const place = placeOf(fieldset);
  const figure = fieldset.querySelector(".figure");
  const chosen = fieldset.querySelector("input:checked, select");
  const code = chosen ? Number(chosen.value) : 0;
  if (code || !figure || !figure.value.trim()) return code;
  return (state.scales[state.numbers[place]] || {})[figure.value.trim()] || 0;
}
function answered(fieldset) {
  const figure = fieldset.querySelector(".figure");
  const chosen = fieldset.querySelector("input:checked");
  const list = fieldset.querySelector("select");
  return Boolean(chosen || (list && list.value) || (figure && figure.value.trim()));
}
function marksOf(form) {
  const marks = [];
  places(form).forEach(function (fieldset) { marks[placeOf(fieldset)] = markOf(fieldset); });
  return marks;
}
function missing(form) {
  return places(form).filter(function (fieldset) { return fieldset.hasAttribute("data-required") && !answered(fieldset); });
}

// ---- free words: characters as people count them ----
function wordsIn(form) {
  const field = form.elements.comment;
  return field ? { text: field.value.trim(), found: Array.from(field.value.trim()).length, most: Number(field.dataset.most) } : null;
}
function countWords(form) {
  const words = wordsIn(form);
  if (!words) return;
  const told = document.getElementById("comment-most");
  told.className = words.found > words.most ? "error" : "hint";
  if (words.found) write(told, say("written", words));
}

// ---- the bar at the thumb: progress, next open place, limits ----
function prepareBar(form) {
  const box = form.querySelector(".limits");
  state.limits.forEach(function (table) {
    const details = make("details");
    details.hidden = true;
    details.appendChild(make("summary"));
    details.appendChild(make("p", table.why || table.text));
    box.appendChild(details);
  });
  const bar = form.querySelector(".bar");
  shown(bar, true);
  if (window.ResizeObserver) new ResizeObserver(keepClear.bind(null, bar)).observe(bar);
  form.querySelector(".next").addEventListener("click", function () { jump(form); });
}
function refresh(form) {
  const all = places(form);
  const done = all.filter(answered).length;
  form.querySelector("progress").value = done;
  write(form.querySelector(".count"), say("answered", { done: done, all: all.length }));
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
  form.querySelectorAll(".limits details").forEach(function (details, at) {
    const one = done && best.find(function (candidate) { return candidate.at === at; });
    shown(details, Boolean(one)); // nothing is counted, and the first question is left uncovered, before the first answer
    if (one) {
      write(details.firstChild, one.text);
      details.className = one.bad ? "broken" : "";
    }
  });
}
// What gets the focus is scrolled clear of the bar, however tall the bar is just now.
function keepClear(bar) {
  const over = (window.getComputedStyle(bar).position === "fixed" ? bar.offsetHeight + 16 : 0) + "px";
  document.documentElement.style.scrollPaddingBottom = over;
  document.body.style.paddingBottom = over;
}
function write(element, text) {
  if (element.textContent !== text) element.textContent = text; // unchanged live regions stay silent
}
function jump(form) {
  const all = places(form);
  const here = all.findIndex(function (fieldset) { return placeOf(fieldset) === state.last; });
  const open = all.filter(function (fieldset) { return !answered(fieldset); });
  const next = open.find(function (fieldset) { return all.indexOf(fieldset) > here; }) || open[0];
  if (!next) return;
  state.last = placeOf(next);
  reveal(form, "#" + next.id);
  next.scrollIntoView({ block: "center" });
  next.querySelector("input, select").focus({ preventScroll: true });
  refresh(form);
}
