// The ballot on the phone: keeps answers until they are sent, judges limits live, reviews on the page, sends until it is taken.
// Everything here is an addition: without it the form works by ordinary page loads. No syntax newer than ES2018. The files of this
// folder are joined into one function (survey_app/assets.py), so they share these names and the page sees none of them.
const state = {
  secret: "", words: {}, limits: [], numbers: {}, scales: {}, last: -1, timer: 0, pressed: "", sending: false, keeps: false, preview: false,
  view: "all", pages: [], at: 0, laid: [], subjects: [], items: [], homes: [], undo: [], values: {},
};


// ---- storage: some in-app browsers throw on access, so every touch is guarded and absence means "not kept" ----
function keep(store, key, value) {
  if (state.preview) return true; // an office looks at the form: this phone's own answers stay as they are
  try {
    if (value === null) window[store].removeItem(key);
    else window[store].setItem(key, value);
  } catch (blocked) {
    return false;
  }
  return true;
}
function kept(store, key) {
  if (state.preview) return null;
  try {
    return window[store].getItem(key);
  } catch (blocked) {
    return null;
  }
}

function say(name, parts) {
  const told = state.words[name] || "";
  const text = told.other ? told[new Intl.PluralRules(document.documentElement.lang).select(parts.count)] || told.other : told;
  return text.replace(/%\((\w+)\)s/g, function (_all, part) {
    return String(parts[part]);
  });
}
function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}
function speak(element, like) { // a copy is in the language of what it was copied from
  if (like.lang) element.lang = like.lang;
  return element;
}
function shown(element, visible) {
  if (element) element.hidden = !visible;
}

// ---- keeping answers on this phone until they are sent ----
function fingerprint(text) {
  let hash = 0x811c9dc5; // FNV-1a: tells one slip from the next without keeping the secret beside the answers
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16);
}
function who(form) {
  const typed = form.elements.alias.value.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return state.secret || (typed.length === 13 ? typed : ""); // a code typed halfway tells nobody whose answers these are
}
function save(form) {
  const fields = {};
  new FormData(form).forEach(function (value, name) {
    if (/^[mn]\d+$/.test(name) || name === "name" || name === "ink" || name === "comment") fields[name] = value;
  });
  const record = { who: fingerprint(who(form)), submission: form.elements.submission.value, fields: fields };
  const key = "pingyi.answers." + form.dataset.style;
  if (who(form)) keep("localStorage", key, JSON.stringify(record));
  if (state.secret) return;
  fields.alias = form.elements.alias.value; // in this tab the code need not be typed twice
  keep("sessionStorage", key, JSON.stringify(record));
}
function saved(form) {
  const shelf = who(form) ? "localStorage" : "sessionStorage";
  const key = "pingyi.answers." + form.dataset.style;
  if (state.secret) keep("sessionStorage", key, null); // typed in this tab by whoever held the phone before
  let record = null;
  try {
    record = JSON.parse(kept(shelf, key) || "null");
  } catch (damaged) {
    record = null;
  }
  if (record && (shelf === "sessionStorage" || record.who === fingerprint(who(form)))) return record;
  keep(shelf, key, null); // another slip's answers: the person now holding the phone must not see them
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
