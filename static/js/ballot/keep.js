// @ts-check
// The ballot on the phone: keeps answers until they are sent, judges limits live, reviews on the page, sends until it is taken.
// Everything here is an addition: without it the form works by ordinary page loads. No syntax newer than ES2018. The files of this
// folder are joined into one function (survey_app/assets.py), so they share these names and the page sees none of them.

/**
 * The form of a ballot, and what its template always has in it. Not an HTMLFormElement: that type lets every name pass as a field's.
 * @typedef {object} Fields
 * @property {HTMLInputElement} submission
 * @property {HTMLInputElement} secret
 * @property {HTMLInputElement} alias
 * @property {HTMLTextAreaElement} [comment]
 *
 * @typedef {{ style: string, shape: string, worker: string } & DOMStringMap} Facts
 * @typedef {HTMLElement & Pick<HTMLFormElement, "action" | "autocomplete" | "submit"> & { elements: Fields, dataset: Facts }} Ballot
 *
 * A page of the form: one subject with its items, or one item with its subjects.
 * @typedef {HTMLElement & { fieldsets: HTMLFieldSetElement[] }} Page
 *
 * A wording with places for its parts; one for each plural form where the language has several.
 * @typedef {string | Record<string, string>} Wording
 * @typedef {Record<string, string | number>} Parts
 *
 * Answers by the names of their fields.
 * @typedef {Record<string, string>} Answers
 * @typedef {{ who: string, submission: string, fields: Answers }} Kept
 * @typedef {{ before: Answers, typing: string }} Change
 *
 * What the server sends with the form (`coach` in survey_app/forms/ballot_page.py). `numbers`: slot to scale, `scales`: number to code.
 * @typedef {object} Coach
 * @property {Record<string, Wording>} words
 * @property {LimitTable[]} limits
 * @property {Record<number, string>} numbers
 * @property {Record<string, Record<string, number>>} scales
 *
 * @typedef {object} Filling
 * @property {string} secret
 * @property {number} last slot that was touched last, -1 at the beginning
 * @property {number} timer of the next try to send
 * @property {(() => void) | null} again tries to send at once
 * @property {string} pressed the button of the review page
 * @property {boolean} sending
 * @property {boolean} tongue another language was asked for
 * @property {boolean} keeps answers are kept on this phone
 * @property {boolean} preview
 * @property {string} view "subject", "item" or "all"
 * @property {Page[]} pages those of the view
 * @property {number} at which of them is shown
 * @property {Page[]} laid as the server laid them out
 * @property {Page[]} subjects
 * @property {Page[]} items
 * @property {{ fieldset: HTMLFieldSetElement, parent: Node, after: Node | null }[]} homes
 * @property {Change[]} undo
 * @property {Answers} values
 */
/** @type {Coach & Filling} */
const state = {
  secret: "", words: {}, limits: [], numbers: {}, scales: {}, last: -1, timer: 0, again: null, pressed: "", sending: false, tongue: false,
  keeps: false, preview: false, view: "all", pages: [], at: 0, laid: [], subjects: [], items: [], homes: [], undo: [], values: {},
};


// ---- storage: some in-app browsers throw on access, so every touch is guarded and absence means "not kept" ----
/** @param {"localStorage" | "sessionStorage"} store @param {string} key @param {string | null} value */
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
/** @param {"localStorage" | "sessionStorage"} store @param {string} key */
function kept(store, key) {
  if (state.preview) return null;
  try {
    return window[store].getItem(key);
  } catch (blocked) {
    return null;
  }
}

/** @param {string} name @param {Parts} parts */
function say(name, parts) {
  const wording = state.words[name] || "";
  const text = typeof wording === "string" ? wording
    : wording[new Intl.PluralRules(document.documentElement.lang).select(Number(parts.count))] || wording.other;
  return text.replace(/%\((\w+)\)s/g, function (_all, part) {
    return String(parts[part]);
  });
}
// For failures that do the form no harm: those of these classes are passed over, any other is thrown on, to be seen in the console.
/** @param {Function[]} kinds @returns {(failure: unknown) => void} */
function passOver(...kinds) {
  return function (failure) {
    if (!kinds.some(function (kind) { return failure instanceof kind; })) throw failure;
  };
}
// What the template always has. That it is of the type asked for is taken on trust, as with querySelector itself.
/** @template {HTMLElement} [E=HTMLElement] @param {ParentNode} where @param {string} selector @returns {E} */
function pick(where, selector) {
  /** @type {E | null} */
  const found = where.querySelector(selector);
  if (!found) throw new Error("The page has no " + selector);
  return found;
}
/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [text] @param {string} [className] */
function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}
/** @template {HTMLElement} E @param {E} element @param {HTMLElement} like */
function speak(element, like) { // a copy is in the language of what it was copied from
  if (like.lang) element.lang = like.lang;
  return element;
}
/** @param {HTMLElement | null} element @param {boolean} visible */
function shown(element, visible) {
  if (element) element.hidden = !visible;
}

// ---- keeping answers on this phone until they are sent ----
/** @param {string} text */
function fingerprint(text) {
  let hash = 0x811c9dc5; // FNV-1a: tells one slip from the next without keeping the secret beside the answers
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16);
}
/** @param {Ballot} form */
function who(form) {
  const typed = form.elements.alias.value.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return state.secret || (typed.length === 13 ? typed : ""); // a code typed halfway tells nobody whose answers these are
}
/** @param {Ballot} form @param {(value: string, name: string) => void} act */
function eachField(form, act) {
  new FormData(/** @type {Ballot & HTMLFormElement} */ (form)).forEach(function (value, name) { act(String(value), name); }); // no form here takes a file
}
/** @param {Ballot} form */
function save(form) {
  /** @type {Answers} */
  const fields = {};
  eachField(form, function (value, name) {
    if (/^[mn]\d+$/.test(name) || name === "name" || name === "ink" || name === "comment") fields[name] = value;
  });
  const record = { who: fingerprint(who(form)), submission: form.elements.submission.value, fields: fields };
  const key = "pingyi.answers." + form.dataset.style;
  if (who(form)) keep("localStorage", key, JSON.stringify(record));
  if (state.secret) return;
  fields.alias = form.elements.alias.value; // in this tab the code need not be typed twice
  keep("sessionStorage", key, JSON.stringify(record));
}
/** @param {Ballot} form */
function saved(form) {
  const shelf = who(form) ? "localStorage" : "sessionStorage";
  const key = "pingyi.answers." + form.dataset.style;
  if (state.secret) keep("sessionStorage", key, null); // typed in this tab by whoever held the phone before
  /** @type {Kept | null} */
  let record;
  try {
    record = JSON.parse(kept(shelf, key) || "null");
  } catch (damaged) {
    record = null;
  }
  if (record && (shelf === "sessionStorage" || record.who === fingerprint(who(form)))) return record;
  keep(shelf, key, null); // another slip's answers: the person now holding the phone must not see them
  return null;
}
/** @param {Ballot} form @param {{ fields: Answers }} record */
function restore(form, record) {
  let any = false;
  Object.keys(record.fields).forEach(function (name) {
    const value = record.fields[name];
    /** @type {NodeListOf<HTMLInputElement>} */
    const inputs = form.querySelectorAll('[name="' + name + '"]');
    inputs.forEach(function (input) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = input.value === value;
      else input.value = value;
    });
    any = any || Boolean(value);
  });
  return any;
}
/** @param {string} style */
function wipe(style) {
  ["pingyi.answers." + style, "pingyi.secret." + style].forEach(function (key) {
    keep("localStorage", key, null);
    keep("sessionStorage", key, null);
  });
  state.secret = "";
}
function randomId() {
  const bytes = new Uint8Array(16);
  window.crypto.getRandomValues(bytes);
  return Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join("");
}
/** @param {string} style */
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
