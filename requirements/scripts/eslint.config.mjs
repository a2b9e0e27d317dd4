// What tsc does not see. ES2018 is the parser's own limit: newer syntax is an error here as it is on an old phone.
import js from "@eslint/js";

export default [
  { ignores: ["static/js/vendor/**"] }, // built of others' packages: requirements/editor
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    files: ["static/js/**/*.js"],
    languageOptions: { ecmaVersion: 2018, sourceType: "script" },
    rules: {
      "no-undef": "off", // tsc knows every name, with its type
      // A function of one file is called by another: tsc's job again. ES2018 has no `catch` without a name.
      "no-unused-vars": ["error", { vars: "local", args: "all", argsIgnorePattern: "^_", caughtErrors: "none" }],
      "array-callback-return": "error",
      "eqeqeq": "error",
      "no-alert": "error",
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unused-expressions": "error",
      "no-use-before-define": ["error", { functions: false }],
      "no-var": "error",
      "prefer-const": "error",
      "radix": "error",
      "strict": ["error", "never"], // the bundle says it once (survey_app/assets.py)
      // Names and words come from offices and voters: as markup they would have to be escaped by hand.
      "no-restricted-properties": ["error", ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map(
        (property) => ({ property, message: "Make elements and set their textContent." }),
      )],
      "no-restricted-syntax": ["error", {
        selector: ":matches(FunctionExpression, ArrowFunctionExpression) > BlockStatement[body.length=0]",
        message: "A function that does nothing swallows what it is handed: say which class of failure is passed over (passOver).",
      }],
      "no-warning-comments": ["error", { terms: ["@ts-ignore", "@ts-nocheck", "@ts-expect-error", "fixme", "todo", "xxx"], location: "anywhere" }],
    },
  },
];
