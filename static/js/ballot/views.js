// ---- ways through a long form: subject by subject, item by item, or everything at once ----
// Fieldsets are moved, never copied: what is filled in stays. Without script the page is the whole form in one piece.
// The server lays the form out one way (data-shape); the pages of the other way round are made here.
function prepareViews(form) {
  const tools = document.querySelector("main > .tools");
  const chooser = tools.querySelector(".views");
  const byItem = form.dataset.shape === "item";
  const all = places(form);
  state.laid = Array.from(form.querySelectorAll(".subject"));
  state.laid.forEach(function (page) { page.fieldsets = all.filter(function (one) { return page.contains(one); }); });
  state.homes = all.map(function (fieldset) { return { fieldset: fieldset, parent: fieldset.parentNode, after: fieldset.nextSibling }; });
  state.subjects = byItem ? otherPages(all, "subject", ".who bdi") : state.laid;
  state.items = byItem ? state.laid : otherPages(all, "item", ".what");
  if (!byItem) state.subjects.forEach(namePosts);
  shown(tools, true);
  shown(chooser, state.subjects.length > 1);
  chooser.addEventListener("change", function (event) {
    keep("sessionStorage", "pingyi.view", event.target.value);
    setView(form, event.target.value);
  });
  form.querySelector(".pager .back").addEventListener("click", function () { turn(form, state.at - 1, true); });
  form.querySelector(".pager .on").addEventListener("click", function () { turn(form, state.at + 1, true); });
  const said = form.dataset.shape === "grid" ? (window.matchMedia("(min-width: 60rem)").matches ? "all" : "subject") : form.dataset.shape;
  const choice = chooser.querySelector('input[value="' + (kept("sessionStorage", "pingyi.view") || said) + '"]') || chooser.querySelector('input[value="all"]');
  choice.checked = true;
  setView(form, state.subjects.length > 1 ? choice.value : "all");
  document.querySelectorAll("#summary a").forEach(function (link) { link.addEventListener("click", reveal.bind(null, form, link.hash)); });
}
function otherPages(all, key, title) {
  const pages = {};
  return all.filter(function (fieldset) {
    const name = fieldset.dataset[key];
    if (pages[name]) {
      pages[name].fieldsets.push(fieldset);
      return false;
    }
    const page = pages[name] = make("section", "", "subject");
    const words = fieldset.querySelector(title);
    page.appendChild(speak(make("h2", words.textContent, "title"), words));
    page.fieldsets = [fieldset];
    return true;
  }).map(function (fieldset) { return pages[fieldset.dataset[key]]; });
}
// Two people may have one name: item by item their posts stand beside it.
function namePosts(page) {
  const post = page.querySelector(".title small");
  if (post) page.fieldsets.forEach(function (one) { one.querySelector(".who bdi").insertAdjacentElement("afterend", post.cloneNode(true)); });
}
function setView(form, view) {
  const anchor = form.querySelector(".pager");
  const pages = view === "item" ? state.items : view === "subject" ? state.subjects : state.laid;
  state.view = view;
  state.homes.slice().reverse().forEach(function (home) { home.parent.insertBefore(home.fieldset, home.after); });
  [state.subjects, state.items].forEach(function (family) {
    family.forEach(function (page) {
      if (family === state.laid) shown(page, family === pages);
      else if (family === pages) {
        page.fieldsets.forEach(function (fieldset) { page.appendChild(fieldset); });
        form.insertBefore(page, anchor);
      } else page.remove();
    });
  });
  form.classList.toggle("by-items", pages === state.items);
  state.pages = pages;
  shown(anchor, view !== "all");
  turn(form, view === "all" ? 0 : firstOpen(), false);
  fillJumpList(form);
}
function firstOpen() {
  const at = state.pages.findIndex(function (page) { return openIn(page).length; });
  return Math.max(0, at);
}
function openIn(page) {
  return page.fieldsets.filter(function (fieldset) { return !answered(fieldset); });
}
function turn(form, to, moveFocus) {
  state.at = Math.min(state.pages.length - 1, Math.max(0, to));
  if (state.view !== "all") {
    state.pages.forEach(function (page, at) { shown(page, at === state.at); });
    write(form.querySelector(".pager .where"), (state.at + 1) + " / " + state.pages.length);
    shown(form.querySelector(".pager .back"), state.at > 0);
    shown(form.querySelector(".pager .on"), state.at < state.pages.length - 1);
  }
  form.querySelectorAll("table.grid").forEach(function (table) { shown(table, table.querySelector(".subject:not([hidden])")); });
  finishing(form);
  if (!moveFocus) return;
  const heading = state.pages[state.at].querySelector(".title");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  state.pages[state.at].scrollIntoView();
}
// The words, the signature and the button that ends the form wait for the last page, unless nothing is open any more.
function finishing(form) {
  const ready = state.view === "all" || state.at === state.pages.length - 1 || !missing(form).length;
  shown(form.querySelector(".comment"), ready);
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
    const name = page.querySelector(".title bdi") || page.querySelector(".title");
    button.appendChild(speak(make("bdi", name.textContent), name));
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
