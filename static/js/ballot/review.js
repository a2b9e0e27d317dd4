// @ts-check
// ---- review on the page ----
/** @param {Ballot} form @param {{ target: string, text: string }[]} problems */
function complain(form, problems) {
  const old = document.querySelector("main > .problems");
  if (old) old.remove();
  form.querySelectorAll("fieldset[aria-invalid]").forEach(function (fieldset) { fieldset.removeAttribute("aria-invalid"); });
  if (!problems.length) return;
  const box = make("div", "", "problems");
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  box.appendChild(make("h2", say("fix", { count: problems.length })));
  const list = box.appendChild(make("ul"));
  problems.slice(0, 10).forEach(function (problem) {
    const link = make("a", problem.text);
    const place = document.getElementById(problem.target);
    if (place && place.matches("[role=radiogroup]")) place.setAttribute("aria-invalid", "true");
    link.href = "#" + problem.target;
    link.addEventListener("click", reveal.bind(null, form, link.hash));
    list.appendChild(make("li")).appendChild(link);
  });
  form.insertAdjacentElement("beforebegin", box);
  box.focus();
  box.scrollIntoView();
}
/** @param {Ballot} form */
function objections(form) {
  const found = missing(form).map(function (fieldset) {
    return { target: fieldset.id, text: pick(fieldset, "legend").textContent + " " + say("open", {}) };
  });
  if (!found.length) {
    const marks = marksOf(form);
    state.limits.forEach(function (table) {
      const verdict = judge(table, marks);
      if (verdict.broken && table.effect === "refuse") found.push({ target: "f" + table.slots[0], text: line(table, verdict) });
    });
  }
  const words = wordsIn(form);
  if (words && words.found > words.most) found.push({ target: "comment", text: say("too_long", words) });
  if (!state.secret && !form.elements.alias.value.trim()) found.push({ target: "alias", text: say("code_needed", {}) });
  return found;
}
/** @param {Ballot} form @param {HTMLElement} box */
function warnings(form, box) {
  const marks = marksOf(form);
  /** @type {string[]} */
  const keys = [];
  box.textContent = "";
  state.limits.forEach(function (table) {
    const verdict = judge(table, marks);
    if (!verdict.broken || table.effect === "refuse") return;
    if (!keys.includes(table.rule)) keys.push(table.rule);
    const warning = box.appendChild(make("div", "", "warning"));
    warning.appendChild(make("p", line(table, verdict)));
    if (table.text) warning.appendChild(make("p", table.text));
    warning.appendChild(make("p", say(table.effect, {})));
  });
  if (keys.length) {
    /** @type {HTMLTemplateElement} */
    const template = pick(document, "template.confirm");
    box.appendChild(document.importNode(template.content, true));
    /** @type {HTMLInputElement} */
    const tick = pick(box, "input");
    tick.value = keys.sort().join(",");
  }
}
/** @param {Ballot} form */
function review(form) {
  const problems = objections(form);
  complain(form, problems);
  if (problems.length) return;
  const view = pick(document, "section.local");
  const list = pick(view, ".list");
  list.textContent = "";
  state.subjects.forEach(function (page) {
    const answers = list.appendChild(make("section", "", "answers"));
    const heading = answers.appendChild(make("h2"));
    pick(page, ".title").childNodes.forEach(function (node) { heading.appendChild(node.cloneNode(true)); });
    const pairs = answers.appendChild(make("dl"));
    page.fieldsets.forEach(function (fieldset) {
      const text = answerText(fieldset);
      const what = pick(fieldset, ".what");
      const pair = pairs.appendChild(make("div"));
      pair.appendChild(speak(make("dt", what.textContent), what));
      pair.appendChild(text ? speak(make("dd", text), what) : make("dd", say("open", {}), "open"));
    });
  });
  const words = wordsIn(form);
  if (words) {
    const section = list.appendChild(make("section", "", "answers"));
    section.appendChild(make("h2", pick(form, "#comment-label").textContent));
    section.appendChild(make("p", words.text || say("wrote_nothing", {}), "words")).dir = "auto";
  }
  byGrade(pick(view, ".by-grade"));
  warnings(form, pick(view, ".warnings"));
  aside(true);
  view.focus();
  window.scrollTo(0, 0);
}
/** @param {boolean} reviewing */
function aside(reviewing) {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = document.querySelectorAll("main > header, main > .tools, main > form.ballot");
  parts.forEach(function (part) { shown(part, !reviewing); });
  shown(pick(document, "section.local"), reviewing);
}
/** @param {HTMLFieldSetElement} fieldset */
function answerText(fieldset) {
  /** @type {HTMLInputElement | null} */
  const chosen = fieldset.querySelector("input:checked");
  const list = fieldset.querySelector("select");
  /** @type {HTMLInputElement | null} */
  const figure = fieldset.querySelector(".figure");
  if (chosen && chosen.value !== "0") return /** @type {HTMLElement} */ (chosen.parentNode).textContent.trim();
  if (list && list.value) return list.selectedOptions[0].textContent;
  return figure ? figure.value.trim() : "";
}
// The same answers the other way round: who got which grade, so that one name in the wrong row catches the eye.
/** @param {HTMLElement} details */
function byGrade(details) {
  const box = pick(details, ".grades");
  shown(details, state.subjects.length > 1);
  box.textContent = "";
  state.items.forEach(function (page) {
    /** @type {Record<string, string[]>} */
    const names = {};
    /** @type {Record<string, number>} */
    const order = {};
    page.fieldsets.forEach(function (fieldset) {
      const text = answerText(fieldset) || say("open", {});
      const name = pick(fieldset, ".who bdi").textContent;
      names[text] = (names[text] || []).concat(name);
      order[text] = markOf(fieldset) || Infinity; // what was left open comes last
    });
    const section = box.appendChild(make("section"));
    const what = pick(page, ".title");
    section.appendChild(speak(make("h3", what.textContent), what));
    Object.keys(names).sort(function (a, b) { return order[a] - order[b]; }).forEach(function (text) {
      section.appendChild(make("p", say("grade_line", { grade: text, count: names[text].length, names: names[text].join(say("and", {})) })));
    });
  });
}
