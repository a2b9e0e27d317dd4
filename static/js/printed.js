// @ts-check
// The sheet just made is saved at once, and the page's address becomes that of the list: loading it again shows what is printed and
// asks nobody to send the form a second time. Without script there is the button, and the list stands below it all the same.
(function () {
  const link = document.getElementById("printed");
  if (!link) return;
  window.history.replaceState(null, "", link.getAttribute("data-here"));
  link.click();
}());
