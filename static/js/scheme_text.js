// @ts-check
// The text in an editor: problems at their lines while it is typed, and what fits where the cursor stands; both are the server's to say.
// Without script the text is a plain field, checked when saved: the field stays what is sent, and the editor writes into it.
(function () {
  /**
   * @typedef {{where: string, what: string, remedy: string, line: number, column: number}} TextProblem
   * @typedef {{typed: string, offers: {word: string, detail: string, says: string, put: string}[]}} TextOffers
   * @typedef {{show: (problems: TextProblem[]) => void, goTo: (line: number) => void}} TextEditor
   * @typedef {object} EditorSettings
   * @property {string} text
   * @property {string} label
   * @property {string} description
   * @property {{[phrase: string]: string}} phrases
   * @property {(text: string) => void} changed
   * @property {(before: string, after: string) => Promise<TextOffers | null>} offers
   */
  const found = document.getElementById("scheme-text");
  const place = document.querySelector(".editor");
  const live = document.querySelector(".live");
  const made = /** @type {{CodeEditor?: {open: (place: Element, settings: EditorSettings) => TextEditor}}} */ (window).CodeEditor;
  if (!(found instanceof HTMLTextAreaElement) || !(place instanceof HTMLElement) || !live || !made) return;
  const field = found, told = live;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;

  /**
   * @param {string} address
   * @param {{[name: string]: string}} words
   * @returns {Promise<Response>}
   */
  function ask(address, words) {
    const token = document.querySelector("#scheme-text-form input[name=csrf_token]");
    const body = new FormData();
    body.set("csrf_token", token instanceof HTMLInputElement ? token.value : "");
    for (const name of Object.keys(words)) body.set(name, words[name]);
    return fetch(address, { method: "POST", body });
  }

  /**
   * @param {string} before
   * @param {string} after
   * @returns {Promise<TextOffers | null>}
   */
  async function offers(before, after) {
    try {
      const answer = await ask(field.dataset.offers || "", { before, after });
      return answer.ok ? await answer.json() : null;
    } catch (offline) {
      return null; // without a server nothing is offered; typing goes on
    }
  }

  /** @param {string} text */
  function changed(text) {
    field.value = text;
    clearTimeout(timer);
    timer = setTimeout(() => { void check(); }, 500);
  }

  place.hidden = false;
  const editor = made.open(place, {
    text: field.value,
    label: place.dataset.label || "",
    description: place.dataset.description || "",
    phrases: JSON.parse(place.dataset.phrases || "{}"),
    changed,
    offers,
  });

  async function check() {
    asked += 1;
    const mine = asked;
    try {
      const answer = await ask(field.dataset.check || "", { text: field.value });
      const said = answer.ok ? await answer.json() : null;
      if (said && mine === asked) show(said);
    } catch (offline) {
      told.textContent = ""; // without a server nobody checks; what an earlier check said is no longer of this text
    }
  }

  /** @param {{words: string, problems: TextProblem[]}} said */
  function show(said) {
    editor.show(said.problems);
    const list = document.createElement("ol");
    for (const one of said.problems) {
      const line = document.createElement("li");
      const jump = document.createElement("button");
      jump.type = "button";
      jump.className = "button quiet small";
      jump.textContent = one.where;
      jump.addEventListener("click", () => { editor.goTo(one.line); });
      line.append(jump, ` ${one.what} ${one.remedy}`);
      list.append(line);
    }
    const words = document.createElement("p");
    words.textContent = said.words;
    told.replaceChildren(words, ...(said.problems.length ? [list] : []));
    const below = document.getElementById("problems");
    if (below) below.hidden = true; // what the last save found: the list above is of the text as it is now
  }

  field.hidden = true;
  void check();
}());
