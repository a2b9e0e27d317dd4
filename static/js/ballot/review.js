// ---- review on the page ----
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
    if (place.matches("[role=radiogroup]")) place.setAttribute("aria-invalid", "true");
    link.href = "#" + problem.target;
    link.addEventListener("click", reveal.bind(null, form, link.hash));
    list.appendChild(make("li")).appendChild(link);
  });
  form.parentNode.insertBefore(box, form);
  box.focus();
  box.scrollIntoView();
}
function objections(form) {
  const found = missing(form).map(function (fieldset) {
    return { target: fieldset.id, text: fieldset.querySelector("legend").textContent + " " + say("open", {}) };
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
function warnings(form, box) {
  const marks = marksOf(form);
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
    box.appendChild(document.importNode(document.querySelector("template.confirm").content, true));
    box.querySelector("input").value = keys.sort().join(",");
  }
}
function review(form) {
  const problems = objections(form);
  complain(form, problems);
  if (problems.length) return;
  const view = document.querySelector("section.local");
  const list = view.querySelector(".list");
  list.textContent = "";
  state.subjects.forEach(function (page) {
    const answers = list.appendChild(make("section", "", "answers"));
    const heading = answers.appendChild(make("h2"));
    page.querySelector(".title").childNodes.forEach(function (node) { heading.appendChild(node.cloneNode(true)); });
    const pairs = answers.appendChild(make("dl"));
    page.fieldsets.forEach(function (fieldset) {
      const text = answerText(fieldset);
      const what = fieldset.querySelector(".what");
      const pair = pairs.appendChild(make("div"));
      pair.appendChild(speak(make("dt", what.textContent), what));
      pair.appendChild(text ? speak(make("dd", text), what) : make("dd", say("open", {}), "open"));
    });
  });
  const words = wordsIn(form);
  if (words) {
    const section = list.appendChild(make("section", "", "answers"));
    section.appendChild(make("h2", document.getElementById("comment-label").textContent));
    section.appendChild(make("p", words.text || say("wrote_nothing", {}), "words")).dir = "auto";
  }
  byGrade(form, view.querySelector(".by-grade"));
  warnings(form, view.querySelector(".warnings"));
  aside(true);
  view.focus();
  window.scrollTo(0, 0);
}
function aside(reviewing) {
  document.querySelectorAll("main > header, main > .tools, main > form.ballot").forEach(function (part) { shown(part, !reviewing); });
  shown(document.querySelector("section.local"), reviewing);
}
function answerText(fieldset) {
  const chosen = fieldset.querySelector("input:checked");
  const list = fieldset.querySelector("select");
  const figure = fieldset.querySelector(".figure");
  if (chosen && chosen.value !== "0") return chosen.parentNode.textContent.trim();
  if (list && list.value) return list.selectedOptions[0].textContent;
  return figure ? figure.value.trim() : "";
}
// The same answers the other way round: who got which grade, so that one name in the wrong row catches the eye.
function byGrade(form, details) {
  const box = details.querySelector(".grades");
  shown(details, state.subjects.length > 1);
  box.textContent = "";
  state.items.forEach(function (page) {
    const names = {};
    const order = {};
    page.fieldsets.forEach(function (fieldset) {
      const text = answerText(fieldset) || say("open", {});
      const name = fieldset.querySelector(".who bdi").textContent;
      names[text] = (names[text] || []).concat(name);
      order[text] = markOf(fieldset) || Infinity; // what was left open comes last
    });
    const section = box.appendChild(make("section"));
    const what = page.querySelector(".title");
    section.appendChild(speak(make("h3", what.textContent), what));
    Object.keys(names).sort(function (a, b) { return order[a] - order[b]; }).forEach(function (text) {
      section.appendChild(make("p", say("grade_line", { grade: text, count: names[text].length, names: names[text].join(say("and", {})) })));
    });
  });
}
