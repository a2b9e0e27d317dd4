// ---- ways through a long form: subject by subject, item by item, or everything at once ----
// Fieldsets are moved, never copied: what is filled in stays. Without script the page is the whole form in one piece.
function prepareViews(form) {
  const tools = document.querySelector("main > .tools");
  const chooser = tools.querySelector(".views");
  state.sections = Array.from(form.querySelectorAll("section.subject"));
  state.homes = state.sections.map(function (section) { return Array.from(section.childNodes); });
  state.itemPages = itemPages(form);
  shown(tools, true);
  shown(chooser, state.sections.length > 1);
  chooser.addEventListener("change", function (event) {
    keep("sessionStorage", "pingyi.view", event.target.value);
    setView(form, event.target.value);
  });
  form.querySelector(".pager .back").addEventListener("click", function () { turn(form, state.at - 1, true); });
  form.querySelector(".pager .on").addEventListener("click", function () { turn(form, state.at + 1, true); });
  const long = places(form).length > 24 && state.sections.length > 1;
  const view = kept("sessionStorage", "pingyi.view") || form.dataset.layout || (long ? "subject" : "all");
  const choice = chooser.querySelector('input[value="' + view + '"]') || chooser.querySelector('input[value="all"]');
  choice.checked = true;
  setView(form, state.sections.length > 1 ? choice.value : "all");
  document.querySelectorAll("#summary a").forEach(function (link) { link.addEventListener("click", reveal.bind(null, form, link.hash)); });
}
function itemPages(form) {
  const pages = [];
  const byItem = {};
  places(form).forEach(function (fieldset) {
    const item = fieldset.dataset.item;
    if (!byItem[item]) {
      const page = byItem[item] = make("section", "", "subject by-item");
      const what = fieldset.querySelector(".what");
      page.appendChild(speak(make("h2", what.textContent), what)).id = "i" + fieldset.id;
      page.setAttribute("aria-labelledby", "i" + fieldset.id);
      page.fieldsets = [];
      pages.push(page);
    }
    byItem[item].fieldsets.push(fieldset);
  });
  return pages;
}
function setView(form, view) {
  const anchor = form.querySelector(".pager");
  state.view = view;
  form.classList.toggle("by-items", view === "item");
  state.sections.forEach(function (section, at) {
    state.homes[at].forEach(function (child) { section.appendChild(child); });
    shown(section, view !== "item");
  });
  state.itemPages.forEach(function (page) {
    if (view === "item") {
      page.fieldsets.forEach(function (fieldset) { page.appendChild(fieldset); });
      form.insertBefore(page, anchor);
      shown(page, true);
    } else page.remove();
  });
  state.pages = view === "item" ? state.itemPages : state.sections;
  shown(anchor, view !== "all");
  turn(form, view === "all" ? 0 : firstOpen(), false);
  fillJumpList(form);
}
function firstOpen() {
  const at = state.pages.findIndex(function (page) { return openIn(page).length; });
  return Math.max(0, at);
}
function openIn(page) {
  return Array.from(page.querySelectorAll("fieldset.item")).filter(function (fieldset) { return !answered(fieldset); });
}
function turn(form, to, moveFocus) {
  state.at = Math.min(state.pages.length - 1, Math.max(0, to));
  if (state.view !== "all") {
    state.pages.forEach(function (page, at) { shown(page, at === state.at); });
    write(form.querySelector(".pager .where"), (state.at + 1) + " / " + state.pages.length);
    shown(form.querySelector(".pager .back"), state.at > 0);
    shown(form.querySelector(".pager .on"), state.at < state.pages.length - 1);
  }
  finishing(form);
  if (!moveFocus) return;
  const heading = state.pages[state.at].querySelector("h2");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  state.pages[state.at].scrollIntoView();
}
// The signature and the button that ends the form wait for the last page, unless nothing is open any more.
function finishing(form) {
  const ready = state.view === "all" || state.at === state.pages.length - 1 || !missing(form).length;
  shown(form.querySelector(".sign"), ready);
  shown(form.querySelector(".end"), ready);
}
function reveal(form, hash) {
  const target = hash && document.getElementById(hash.slice(1));
  if (!target) return;
  const at = state.pages.findIndex(function (page) { return page.contains(target); });
  if (at >= 0) turn(form, at, false);
  else if (form.contains(target)) turn(form, state.pages.length - 1, false); // the code, the name: shown on every page or the last
}
function fillJumpList(form) {
  const list = form.querySelector(".jump ol");
  list.textContent = "";
  state.pages.forEach(function (page, at) {
    const button = make("button", "", "");
    button.type = "button";
    const heading = page.querySelector("h2");
    button.appendChild(speak(make("bdi", heading.textContent), heading.querySelector("bdi") || heading));
    button.appendChild(make("span"));
    button.addEventListener("click", function () {
      form.querySelector(".jump").open = false;
      turn(form, at, true);
    });
    list.appendChild(make("li")).appendChild(button);
  });
  refreshJumpList(form);
}
function refreshJumpList(form) {
  form.querySelectorAll(".jump li span").forEach(function (span, at) {
    const open = openIn(state.pages[at]).length;
    write(span, open ? say("open_here", { count: open }) : "✓");
    span.className = open ? "open" : "done";
  });
}
