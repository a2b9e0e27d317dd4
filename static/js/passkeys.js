// @ts-check
// Passkeys: shows the buttons that ask for one where the browser can, asks, and sends the answer in the form the button stands in.
// Without script, and in browsers that do not read the request as JSON (before 2023), the buttons stay away; password and code remain.
(function () {
  /**
   * @typedef {object} JsonReader
   * @property {(told: object) => PublicKeyCredentialCreationOptions} [parseCreationOptionsFromJSON]
   * @property {(told: object) => PublicKeyCredentialRequestOptions} [parseRequestOptionsFromJSON]
   */
  const reader = /** @type {JsonReader | undefined} */ (/** @type {unknown} */ (window.PublicKeyCredential));
  if (!reader || !reader.parseCreationOptionsFromJSON || !reader.parseRequestOptionsFromJSON) return;
  const unable = document.querySelector("[data-passkey-unable]");
  if (unable) unable.remove();
  /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-passkey]")).forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { ask(button); });
  });

  /**
   * What the browser is asked: a new passkey, or the answer of one there is.
   * @param {HTMLButtonElement} button
   * @returns {Promise<Credential | null>}
   */
  function answer(button) {
    const told = JSON.parse(button.dataset.options || "{}");
    const read = /** @type {Required<JsonReader>} */ (reader);
    return button.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: read.parseCreationOptionsFromJSON(told) })
      : navigator.credentials.get({ publicKey: read.parseRequestOptionsFromJSON(told) });
  }

  /**
   * Asks, and sends the answer; says so where there is none.
   * @param {HTMLButtonElement} button
   */
  function ask(button) {
    const form = button.form;
    /** @type {HTMLElement | null} */
    const failed = form && form.querySelector("[data-passkey-failed]");
    /** @type {HTMLInputElement | null} */
    const field = form && form.querySelector("input[name=credential]");
    if (!form || !field || !failed) return;
    failed.hidden = true;
    button.disabled = true;
    answer(button).then(function (credential) {
      field.value = JSON.stringify(credential); // the credential writes itself as JSON
      form.querySelectorAll("input[type=password], input[name=code]").forEach(function (one) { one.setAttribute("disabled", ""); });
      form.action = button.dataset.address || form.action;
      form.submit(); // past the required fields: they are of the other way in
    }, function () {
      button.disabled = false;
      failed.hidden = false;
      failed.setAttribute("role", "alert");
    });
  }
}());
