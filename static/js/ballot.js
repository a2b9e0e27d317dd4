// The ballot on the phone: keeps answers until they are sent, judges limits live, reviews on the page, sends until it is taken.
// Everything here is an addition: without this file the form works by ordinary page loads. No syntax newer than ES2018.
(function () {
  "use strict";

  const state = { secret: "", words: {}, limits: [], numbers: {}, scales: {}, last: -1, timer: 0, pressed: "" };

  // ---- storage: some in-app browsers throw on access, so every touch is guarded and absence means "not kept" ----
  function keep(store, key, value) {
    try {
      if (value === null) window[store].removeItem(key);
      else window[store].setItem(key, value);
    } catch (blocked) {
      return false;
    }
    return true;
  }
  function kept(store, key) {
    try {
      return window[store].getItem(key);
    } catch (blocked) {
      return null;
    }
  }

  function say(name, parts) {
    return (state.words[name] || "").replace(/%\((\w+)\)s/g, function (_all, part) {
      return String(parts[part]);
    });
  }
  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  }
  function shown(element, visible) {
    if (element) element.hidden = !visible;
  }

  // ---- limits: the same tables and the same verdicts as analysis.limits.judge (tests/vectors/limits.json holds both to it) ----
  function judge(table, marks) {
    const given = table.slots.map(function (slot) { return marks[slot] || 0; });
    const answered = given.filter(Boolean);
    if (table.kind === "count") {
      const bound = table.bounds[table.per ? answered.length : given.length];
      const found = answered.filter(function (code) { return table.codes.includes(code); }).length;
      return { broken: found < bound[0] || found > bound[1], found: found, least: bound[0], most: bound[1] };
    }
    if (table.kind === "uniform") {
      const least = table.bounds[0][0];
      const same = answered.length >= least && new Set(answered).size === 1 && table.codes.includes(answered[0]);
      return { broken: same, found: answered.length, least: least, most: table.bounds[0][1] };
    }
    if (table.kind === "sum") {
      const sum = given.reduce(function (total, code) { return total + table.weights[code]; }, 0);
      const range = table.bounds[0];
      return { broken: sum < range[0] || sum > range[1], found: sum, least: range[0], most: range[1] };
    }
    const doubled = answered.length - new Set(answered).size;
    return { broken: doubled > 0, found: doubled, least: 0, most: 0 };
  }
  function line(table, verdict) {
    const parts = { label: table.label, found: verdict.found, least: verdict.least, most: verdict.most };
    if (table.kind !== "count") return verdict.broken || table.kind === "sum" ? say(table.kind, parts) : "";
    parts.left = verdict.most - verdict.found;
    parts.change = verdict.found - verdict.most;
    if (parts.change > 0) return say("over", parts);
    if (verdict.found < verdict.least) return say("under", parts);
    if (verdict.most >= table.slots.length) return verdict.least ? say("enough", parts) : "";
    return say(parts.left ? "room" : "full", parts);
  }

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

  // ---- keeping answers on this phone until they are sent ----
  function fingerprint(text) {
    let hash = 0x811c9dc5; // FNV-1a: tells one slip from the next without keeping the secret beside the answers
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
    return hash.toString(16);
  }
  function shelf() {
    return state.secret ? "localStorage" : "sessionStorage"; // a typed code tells nobody whose answers these are: this tab only
  }
  function save(form) {
    const fields = {};
    new FormData(form).forEach(function (value, name) {
      if (/^[mn]\d+$/.test(name) || name === "name" || name === "ink") fields[name] = value;
    });
    const record = { who: fingerprint(state.secret), submission: form.elements.submission.value, fields: fields };
    keep(shelf(), "pingyi.answers." + form.dataset.style, JSON.stringify(record));
  }
  function saved(form) {
    const key = "pingyi.answers." + form.dataset.style;
    let record = null;
    try {
      record = JSON.parse(kept(shelf(), key) || "null");
    } catch (damaged) {
      record = null;
    }
    if (record && record.who === fingerprint(state.secret)) return record;
    keep(shelf(), key, null); // another slip's answers: the person now holding the phone must not see them
    return null;
  }
  function restore(form, record) {
    let any = false;
    Object.keys(record.fields).forEach(function (name) {
      const value = record.fields[name];
      form.querySelectorAll('[name="' + name + '"]').forEach(function (input) {
        if (input.type === "radio" || input.type === "checkbox") input.checked = input.value === value;
        else input.value = value;
      });
      any = any || Boolean(value);
    });
    return any;
  }
  function wipe(style) {
    ["localStorage", "sessionStorage"].forEach(function (store) {
      keep(store, "pingyi.answers." + style, null);
      keep(store, "pingyi.secret." + style, null);
    });
    state.secret = "";
  }
  function randomId() {
    const bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    return Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join("");
  }
  function takeSecret(style) {
    const hash = window.location.hash.slice(1);
    if (/^[0-9A-Za-z]{26}$/.test(hash)) {
      state.secret = hash;
      keep("sessionStorage", "pingyi.secret." + style, hash);
      // Out of the address bar at once: no screenshot, history or shared link shall carry the slip.
      window.history.replaceState(null, "", window.location.pathname + window.location.search);
    } else if (!state.secret) {
      state.secret = kept("sessionStorage", "pingyi.secret." + style) || "";
    }
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
    shown(form.querySelector(".bar"), true);
    form.querySelector(".next").addEventListener("click", function () { jump(form); });
  }
  function refresh(form) {
    const all = places(form);
    const done = all.filter(answered).length;
    form.querySelector("progress").value = done;
    write(form.querySelector(".count"), say("answered", { done: done, all: all.length }));
    shown(form.querySelector(".next"), done < all.length);
    const marks = marksOf(form);
    const ranked = state.limits.map(function (table, at) {
      const verdict = judge(table, marks);
      const full = table.slots.every(function (slot) { return marks[slot]; });
      const bad = verdict.broken && (full || table.kind !== "count" || verdict.found > verdict.most); // "at least" may still come
      return { at: at, text: line(table, verdict), bad: bad, weight: (bad ? 2 : 0) + (table.slots.includes(state.last) ? 1 : 0) };
    });
    const best = ranked.filter(function (one) { return one.text; }).sort(function (a, b) { return b.weight - a.weight || a.at - b.at; }).slice(0, 2);
    form.querySelectorAll(".limits details").forEach(function (details, at) {
      const one = best.find(function (candidate) { return candidate.at === at; });
      shown(details, Boolean(one));
      if (one) {
        write(details.firstChild, one.text);
        details.className = one.bad ? "broken" : "";
      }
    });
  }
  function write(element, text) {
    if (element.textContent !== text) element.textContent = text; // unchanged live regions stay silent
  }
  function jump(form) {
    const open = places(form).filter(function (fieldset) { return !answered(fieldset); });
    const next = open.find(function (fieldset) { return placeOf(fieldset) > state.last; }) || open[0];
    if (!next) return;
    state.last = placeOf(next);
    next.scrollIntoView({ block: "center" });
    next.querySelector("input, select").focus({ preventScroll: true });
    refresh(form);
  }

  // ---- review on the page ----
  function complain(form, problems) {
    const old = document.querySelector("main > .problems");
    if (old) old.remove();
    if (!problems.length) return;
    const box = make("div", "", "problems");
    box.tabIndex = -1;
    box.setAttribute("role", "alert");
    box.appendChild(make("h2", say("fix", { count: problems.length })));
    const list = box.appendChild(make("ul"));
    problems.slice(0, 10).forEach(function (problem) {
      const link = make("a", problem.text);
      link.href = "#" + problem.target;
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
    form.querySelectorAll("section.subject").forEach(function (section) {
      const answers = list.appendChild(make("section", "", "answers"));
      answers.appendChild(section.querySelector("h2").cloneNode(true)).removeAttribute("id");
      const pairs = answers.appendChild(make("dl"));
      section.querySelectorAll("fieldset.item").forEach(function (fieldset) {
        const chosen = fieldset.querySelector("input:checked");
        const select = fieldset.querySelector("select");
        const figure = fieldset.querySelector(".figure");
        const legend = fieldset.querySelector("legend").cloneNode(true);
        legend.querySelectorAll("span").forEach(function (span) { span.remove(); });
        const text = chosen && chosen.value !== "0" ? chosen.parentNode.textContent.trim()
          : select && select.value ? select.selectedOptions[0].textContent : figure ? figure.value.trim() : "";
        const pair = pairs.appendChild(make("div"));
        pair.appendChild(make("dt", legend.textContent.trim()));
        pair.appendChild(make("dd", text || say("open", {}), text ? "" : "open"));
      });
    });
    warnings(form, view.querySelector(".warnings"));
    aside(true);
    view.focus();
    window.scrollTo(0, 0);
  }
  function aside(reviewing) {
    document.querySelectorAll("main > header, main > form.ballot").forEach(function (part) { shown(part, !reviewing); });
    shown(document.querySelector("section.local"), reviewing);
  }

  // ---- sending until it is taken ----
  function body(form, stage, confirm) {
    const data = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (value !== "" && name !== "stage") data.append(name, value); });
    data.append("stage", stage);
    if (confirm) data.set("confirm", confirm);
    return data.toString();
  }
  function send(form, content, times) {
    const unsent = document.querySelector(".unsent");
    const buttons = document.querySelectorAll(".end button");
    window.clearTimeout(state.timer);
    if (unsent) {
      write(unsent, times ? say("unsent_now", {}) : say("sending", {}));
      shown(unsent, true);
    }
    buttons.forEach(function (button) { button.disabled = true; });
    window.onbeforeunload = function () { return true; };
    const abort = window.AbortController ? new AbortController() : null;
    const limit = window.setTimeout(function () { if (abort) abort.abort(); }, 30000);
    window.fetch(form.action, {
      method: "POST", body: content, credentials: "omit", cache: "no-store", redirect: "error", signal: abort ? abort.signal : undefined,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    }).then(function (response) {
      if (response.status >= 500) throw new Error("busy");
      return response.text().then(function (html) { swap(html, response.ok); });
    }).catch(function () {
      const seconds = Math.min(30, 2 * Math.pow(2, times));
      buttons.forEach(function (button) { button.disabled = false; });
      if (unsent) write(unsent, say("unsent", { seconds: seconds, times: times + 1 }));
      state.again = function () { send(form, content, times + 1); };
      state.timer = window.setTimeout(state.again, seconds * 1000);
    }).then(function () { window.clearTimeout(limit); });
  }
  function swap(html, ok) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const main = fresh.querySelector("main");
    // A hall's sign-in portal answers 200 with a page of its own: only a page of ours counts as an answer.
    if (!main || (ok && !main.querySelector("[data-receipt], [data-stop], form.ballot"))) throw new Error("not our page");
    window.onbeforeunload = null;
    state.again = null;
    document.title = fresh.title;
    document.querySelector("main").replaceWith(document.importNode(main, true));
    start();
    document.dispatchEvent(new Event("pingyi:main"));
    window.scrollTo(0, 0);
    const first = document.querySelector("main #summary, main [data-receipt], main [data-stop], main h1");
    if (first) {
      if (!first.hasAttribute("tabindex")) first.tabIndex = -1;
      first.focus();
    }
  }

  // ---- starting a page, loaded or swapped in ----
  function readCoach() {
    const block = document.getElementById("coach");
    const coach = block ? JSON.parse(block.textContent) : {};
    ["limits", "words", "numbers", "scales"].forEach(function (name) { if (coach[name]) state[name] = coach[name]; });
  }
  function startForm(form) {
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
    const record = form.elements.submission.value ? null : saved(form);
    if (record && restore(form, record)) {
      write(form.querySelector(".restored"), say("restored", {}));
      shown(form.querySelector(".restored"), true);
    }
    if (!form.elements.submission.value) form.elements.submission.value = (record && record.submission) || randomId();
    prepareBar(form);
    refresh(form);
    form.addEventListener("input", function (event) {
      const fieldset = event.target.closest("fieldset.item");
      if (fieldset) state.last = placeOf(fieldset);
      refresh(form);
      save(form);
    });
    const view = document.querySelector("section.local");
    view.querySelector("[data-back]").addEventListener("click", function () {
      window.clearTimeout(state.timer);
      state.again = null;
      window.onbeforeunload = null;
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
    if (end) wipe(end.dataset.style);
    if (print) {
      shown(print, true);
      print.addEventListener("click", function () { window.print(); });
    }
    if (!form || !window.fetch || !window.URLSearchParams || !window.DOMParser) return;
    readCoach();
    if (form.hasAttribute("data-review")) startReview(form);
    else startForm(form);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (form.hasAttribute("data-review")) send(form, body(form, state.pressed || "send"), 0);
      else if (!form.hasAttribute("data-signed")) review(form);
      else send(form, body(form, "review"), 0);
    });
  }

  window.addEventListener("online", function () { if (state.again) state.again(); });
  window.addEventListener("hashchange", function () {
    if (/^#[0-9A-Za-z]{26}$/.test(window.location.hash)) window.location.reload(); // another slip was scanned into this tab
  });
  window.pingyi = { judge: judge };
  start();
}());
