// The editor of a scheme's text: CodeMirror put together once, behind few words that static/js/scheme_text.js knows.
//
// It lives in a shadow root, because only there its styles come as sheets that are adopted: `style-src 'self'` holds as it is.
// Tab is never taken (WCAG 2.1.2): it leads on to the next field; lines are indented with Ctrl+] and Ctrl+[.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorSelection, EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours are those of tokens.css: properties reach into a shadow root, so that dark screens and print follow by themselves.
const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius)", fontSize: "var(--step--1)" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "var(--leading)", height: "min(70vh, 44rem)", borderRadius: "var(--radius)" },
  ".cm-content": { caretColor: "var(--ink)", padding: "var(--space-2) 0" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-soft)", borderInlineEnd: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 55%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-line::selection, .cm-line ::selection": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--warn-soft)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)", outline: "1px solid var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius)", boxShadow: "var(--shadow)", maxWidth: "min(32rem, 92vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font)", maxHeight: "16rem", maxWidth: "min(26rem, 92vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "var(--space-2) var(--space-3)", lineHeight: "var(--leading-tight)" },
  ".cm-tooltip-autocomplete ul li[aria-selected], .cm-tooltip-autocomplete-disabled ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", color: "inherit", opacity: ".85", marginInlineStart: "var(--space-3)" },
  ".cm-tooltip.cm-completionInfo": { padding: "var(--space-3)", fontFamily: "var(--font)", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-diagnostic": { borderInlineStart: "4px solid var(--bad)", padding: "var(--space-2) var(--space-3)", fontFamily: "var(--font)", whiteSpace: "pre-wrap" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--sunken)", borderColor: "var(--line)", fontFamily: "var(--font)" },
  ".cm-panels.cm-panels-top": { borderBlockEnd: "1px solid var(--line)" },
  ".cm-textfield": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius)", fontSize: "var(--step--1)", minHeight: "1.5rem", padding: "var(--space-1) var(--space-2)" },
  ".cm-panel.cm-search": { padding: "var(--space-2) var(--space-6) var(--space-2) var(--space-3)" },
  ".cm-panel.cm-search label": { fontSize: "var(--step--1)", display: "inline-flex", alignItems: "center", gap: "var(--space-1)", minHeight: "1.5rem" },
  ".cm-panel.cm-search [name=close]": { fontSize: "var(--step-1)", minWidth: "2rem", minHeight: "2rem", color: "inherit" },
  ".cm-button": { color: "var(--accent)", backgroundColor: "var(--surface)", backgroundImage: "none", border: "1px solid var(--line-strong)", borderRadius: "var(--radius)", fontSize: "var(--step--1)", minHeight: "1.75rem" },
  // Where a system gives its own colours to everything, backgrounds vanish: what is chosen keeps a frame.
  "@media (forced-colors: active)": {
    ".cm-tooltip-autocomplete ul li[aria-selected]": { outline: "2px solid Highlight", outlineOffset: "-2px" },
    ".cm-activeLine": { outline: "1px dotted GrayText" },
  },
});

const words = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-soft)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--ink-soft)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

/** Where a problem stands: from its column to the end of that word; the whole line where the checker knows no column. */
function rangeOf(doc, problem) {
  const line = doc.line(Math.min(Math.max(problem.line || 1, 1), doc.lines));
  const before = [...line.text].slice(0, Math.max((problem.column || 1) - 1, 0)).join("").length;
  const rest = line.text.slice(before);
  const word = /^[^\s:,{}[\]#]+/u.exec(rest);
  const indent = line.text.length - line.text.trimStart().length;
  const from = line.from + (problem.column ? Math.min(before, line.text.length) : indent);
  const to = problem.column && word ? from + word[0].length : line.to;
  return { from: Math.min(from, line.to), to: Math.max(to, Math.min(from, line.to)) };
}

/** An editor at this place of the page. `settings`: text, label, description, phrases, changed(text), offers(before, after). */
function open(host, settings) {
  const root = host.attachShadow({ mode: "open" });
  const place = document.createElement("div");
  root.append(place);

  async function offer(context) {
    const doc = context.state.doc;
    const typed = context.matchBefore(/[^\s:,{}[\]#"']+/u);
    const opened = /[:,[{-]\s?$/u.test(context.state.sliceDoc(Math.max(0, context.pos - 2), context.pos));
    if (!context.explicit && !typed && !opened) return null;
    const found = await settings.offers(doc.sliceString(0, context.pos), doc.sliceString(context.pos));
    if (context.aborted || !found || !found.offers.length) return null;
    return {
      from: context.pos - found.typed.length,
      options: found.offers.map((one, at) => ({
        label: one.word, detail: one.detail, info: one.says || undefined, apply: one.put, boost: 50 - Math.min(at, 99),
      })),
      validFor: /^[^\s:,{}[\]#"']*$/u,
    };
  }

  const view = new EditorView({
    parent: place,
    root,
    state: EditorState.create({
      doc: settings.text,
      extensions: [
        EditorState.phrases.of(settings.phrases),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": settings.label, "aria-description": settings.description, spellcheck: "false", autocapitalize: "off" }),
        lineNumbers(), highlightActiveLineGutter(), lintGutter(), history(), bracketMatching(), highlightActiveLine(),
        highlightSelectionMatches(), search({ top: true }), EditorView.lineWrapping, indentUnit.of("  "), yaml(),
        syntaxHighlighting(words), look,
        autocompletion({ override: [offer], icons: false, activateOnTypingDelay: 150, maxRenderedOptions: 60 }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => { if (update.docChanged) settings.changed(update.state.doc.toString()); }),
      ],
    }),
  });

  return {
    /** Mark these problems, and no others. */
    show(problems) {
      const doc = view.state.doc;
      const marks = problems.map((one) => ({ ...rangeOf(doc, one), severity: "error", message: [one.what, one.remedy].filter(Boolean).join("\n") }));
      view.dispatch(setDiagnostics(view.state, marks));
    },
    /** Put the cursor at this line, in sight. */
    goTo(line) {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const selection = EditorSelection.cursor(at.from + at.text.length - at.text.trimStart().length);
      view.dispatch({ selection, effects: EditorView.scrollIntoView(selection, { y: "center" }) });
      view.focus();
    },
  };
}

window.CodeEditor = { open };
