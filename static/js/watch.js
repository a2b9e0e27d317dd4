// @ts-check
// The field for what one's watch says is filled with this device's own time until somebody types. Without script it is typed.
(function () {
  const field = document.getElementById("watch");
  if (!(field instanceof HTMLInputElement) || field.value) return;
  let typed = false;
  field.addEventListener("input", () => { typed = true; });
  const tell = () => { if (!typed) field.value = new Date().toTimeString().slice(0, 8); };
  tell();
  window.setInterval(tell, 1000);
}());
