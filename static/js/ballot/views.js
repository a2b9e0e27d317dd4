// @ts-check
// ---- ways through a long form: subject by subject, item by item, or everything at once ----
// Fieldsets are moved, never copied: what is filled in stays. Without script the page is the whole form in one piece.
// The server lays the form out one way (data-shape); the pages of the other way round are made here.
/** @param {Ballot} form */
function prepareViews(form) {
  const tools = pick(document, "main > .tools");
  const chooser = pick(tools, ".views");
  const byItem = form.dataset.shape === "item";
  const all = places(form);
  /** @type {NodeListOf<Page>} */
  const laid = form.querySelectorAll(".subject");
  state.laid = Array.from(laid);
  state.laid.forEach(function (page) { page.fieldsets = all.filter(function (one) { return page.contains(one); }); });
  state.homes = all.map(function (fieldset) { return { fieldset: fieldset, parent: /** @type {Node} */ (fieldset.parentNode), after: fieldset.nextSibling }; });
  state.subjects = byItem ? otherPages(all, "subject", ".who bdi") : state.laid;
  state.items = byItem ? state.laid : otherPages(all, "item", ".what");
  if (!byItem) state.subjects.forEach(namePosts);
  shown(tools, true);
  shown(chooser, state.subjects.length > 1);
  chooser.addEventListener("change", function (event) {
    const view = /** @type {HTMLInputElement} */ (event.target).value;
    keep("sessionStorage", "pingyi.view", view);
    setView(form, view);
  });
  pick(form, ".pager .back").addEventListener("click", function () { turn(form, state.at - 1, true); });
  pick(form, ".pager .on").addEventListener("click", function () { turn(form, state.at + 1, true); });
  const shape = form.dataset.shape === "grid" ? (window.matchMedia("(min-width: 60rem)").matches ? "all" : "subject") : form.dataset.shape;
  /** @type {HTMLInputElement} */
  const choice = chooser.querySelector('input[value="' + (kept("sessionStorage", "pingyi.view") || shape) + '"]') || pick(chooser, 'input[value="all"]');
  choice.checked = true;
  setView(form, state.subjects.length > 1 ? choice.value : "all");
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll("#summary a");
  links.forEach(function (link) { link.addEventListener("click", reveal.bind(null, form, link.hash)); });
}
/** @param {HTMLFieldSetElement[]} all @param {"subject" | "item"} key @param {string} title */
function otherPages(all, key, title) {
  /** @type {Record<string, Page>} */
  const pages = {};
  return all.filter(function (fieldset) {
    const name = String(fieldset.dataset[key]);
    if (pages[name]) {
      pages[name].fieldsets.push(fieldset);
      return false;
    }
    const page = pages[name] = Object.assign(make("section", "", "subject"), { fieldsets: [fieldset] });
    const words = pick(fieldset, title);
    page.appendChild(speak(make("h2", words.textContent, "title"), words));
    return true;
  }).map(function (fieldset) { return pages[String(fieldset.dataset[key])]; });
}
// Two people may have one name: item by item their posts stand beside it.
/** @param {Page} page */
function namePosts(page) {
  const post = page.querySelector(".title small");
  if (post) page.fieldsets.forEach(function (one) { pick(one, ".who bdi").insertAdjacentElement("afterend", /** @type {Element} */ (post.cloneNode(true))); });
}
/** @param {Ballot} form @param {string} view */
function setView(form, view) {
  const anchor = pick(form, ".pager");
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
/** @param {Page} page */
function openIn(page) {
  return page.fieldsets.filter(function (fieldset) { return !answered(fieldset); });
}
/** @param {Ballot} form @param {number} to @param {boolean} moveFocus */
function turn(form, to, moveFocus) {
  state.at = Math.min(state.pages.length - 1, Math.max(0, to));
  if (state.view !== "all") {
    state.pages.forEach(function (page, at) { shown(page, at === state.at); });
    write(pick(form, ".pager .where"), (state.at + 1) + " / " + state.pages.length);
    shown(pick(form, ".pager .back"), state.at > 0);
    shown(pick(form, ".pager .on"), state.at < state.pages.length - 1);
  }
  /** @type {NodeListOf<HTMLElement>} */
  const grids = form.querySelectorAll("table.grid");
  grids.forEach(function (table) { shown(table, Boolean(table.querySelector(".subject:not([hidden])"))); });
  finishing(form);
  if (!moveFocus) return;
  const heading = pick(state.pages[state.at], ".title");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  state.pages[state.at].scrollIntoView();
}
// The words, the signature and the button that ends the form wait for the last page, unless nothing is open any more.
/** @param {Ballot} form */
function finishing(form) {
  const ready = state.view === "all" || state.at === state.pages.length - 1 || !missing(form).length;
  shown(form.querySelector(".comment"), ready);
  shown(form.querySelector(".sign"), ready);
  shown(form.querySelector(".end"), ready);
}
/** @param {Ballot} form @param {string} hash */
function reveal(form, hash) {
  const target = document.getElementById(hash.slice(1));
  if (!target) return;
  const at = state.pages.findIndex(function (page) { return page.contains(target); });
  if (at >= 0) turn(form, at, false);
  else if (form.contains(target)) turn(form, state.pages.length - 1, false); // the code, the name: shown on every page or the last
}
/** @param {Ballot} form */
function fillJumpList(form) {
  const list = pick(form, ".jump ol");
  /** @type {HTMLDetailsElement} */
  const jumps = pick(form, ".jump");
  list.textContent = "";
  state.pages.forEach(function (page, at) {
    const button = make("button", "", "");
    button.type = "button";
    /** @type {HTMLElement} */
    const name = page.querySelector(".title bdi") || pick(page, ".title");
    button.appendChild(speak(make("bdi", name.textContent), name));
    button.appendChild(make("span"));
    button.addEventListener("click", function () {
      jumps.open = false;
      turn(form, at, true);
    });
    list.appendChild(make("li")).appendChild(button);
  });
  refreshJumpList(form);
}
/** @param {Ballot} form */
function refreshJumpList(form) {
  /** @type {NodeListOf<HTMLElement>} */
  const spans = form.querySelectorAll(".jump li span");
  spans.forEach(function (span, at) {
    const open = openIn(state.pages[at]).length;
    write(span, open ? say("open_here", { count: open }) : "✓");
    span.className = open ? "open" : "done";
  });
}
