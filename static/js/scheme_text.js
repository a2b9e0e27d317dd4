// @ts-check
// Line numbers beside the text, and what the checker says while it is typed. Without script the text is a plain field, checked when saved.
(function () {
  const field = document.getElementById("scheme-text");
  const numbers = document.querySelector(".line-numbers");
  const live = document.querySelector(".live");
  if (!(field instanceof HTMLTextAreaElement) || !numbers || !live) return;
  const text = field, margin = numbers, told = live;
  /** @type {Set<number>} */
  let wrong = new Set((text.dataset.lines || "").split(",").map(Number).filter(Boolean));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;

  function number() {
    const lines = text.value.split("\n").length;
    const shown = document.createDocumentFragment();
    for (let line = 1; line <= lines; line += 1) {
      const mark = document.createElement("span");
      mark.textContent = `${line}\n`;
      if (wrong.has(line)) mark.className = "wrong";
      shown.append(mark);
    }
    margin.replaceChildren(shown);
  }

  /** @param {number} line */
  function goTo(line) {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length;
    const start = line > 1 ? before + 1 : 0;
    text.focus();
    text.setSelectionRange(start, start);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
  }

  /** @param {{words?: string, problems: {where: string, what: string, remedy: string, line: number}[]}} found */
  function show(found) {
    wrong = new Set(found.problems.map((one) => one.line));
    number();
    const list = document.createElement("ol");
    for (const one of found.problems) {
      const line = document.createElement("li");
      const jump = document.createElement("button");
      jump.type = "button";
      jump.className = "button quiet small";
      jump.textContent = one.where;
      jump.addEventListener("click", () => { goTo(one.line); });
      line.append(jump, ` ${one.what} ${one.remedy}`);
      list.append(line);
    }
    const words = document.createElement("p");
    words.textContent = found.words || "";
    told.replaceChildren(words, ...(found.problems.length ? [list] : []));
  }

  async function check() {
    asked += 1;
    const mine = asked;
    const token = document.querySelector("#scheme-text-form input[name=csrf_token]");
    const body = new FormData();
    body.set("csrf_token", token instanceof HTMLInputElement ? token.value : "");
    body.set("text", text.value);
    try {
      const answer = await fetch(text.dataset.check || "", { method: "POST", body });
      if (answer.ok && mine === asked) show(await answer.json());
    } catch (offline) {
      told.textContent = ""; // without a server nobody checks; what an earlier check said is no longer of this text
    }
  }

  text.addEventListener("input", () => {
    number();
    clearTimeout(timer);
    timer = setTimeout(() => { void check(); }, 600);
  });
  text.addEventListener("scroll", () => { margin.scrollTop = text.scrollTop; });
  number();
}());
