// The prize desk: a scanned code stands behind the # of the address, where no server sees it. It is put in the form and
// looked up; on the way through signing in it stays where it is. All of it works by typing, without this script.
(function () {
  "use strict";

  function groups(text) {
    return text.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 16).replace(/(.{4})(?=.)/g, "$1-");
  }

  function lookUp(input) {
    var scanned = window.location.hash.slice(1);
    if (!scanned) return;
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    input.value = groups(scanned);
    input.form.requestSubmit();
  }

  document.querySelectorAll("form[data-keeps-fragment]").forEach(function (form) {
    form.addEventListener("submit", function () {
      form.action = form.action.split("#")[0] + window.location.hash;
    });
  });

  // A second tap must not read as somebody else's: "handed out already".
  document.querySelectorAll("form[data-once]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });

  var input = document.querySelector("input[data-code]");
  if (!input) return;
  input.addEventListener("input", function () {
    // A scanner that types gives the whole address, which stays as it is; so does what is mended in the middle.
    if (!/[/:#]/.test(input.value) && input.selectionStart === input.value.length) input.value = groups(input.value);
  });
  window.addEventListener("hashchange", function () {
    lookUp(input);
  });
  lookUp(input);
})();
