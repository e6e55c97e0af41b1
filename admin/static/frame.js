// Menus of the frame are details elements, which open and close without this: here they close by themselves as well.
// On a phone the tabs of a campaign are wider than the page: the one that one is on is brought into view.
(function () {
  "use strict";

  var here = document.querySelector(".tabs [aria-current]");
  if (here) {
    var tabs = here.closest(".tabs"), edges = tabs.getBoundingClientRect(), its = here.getBoundingClientRect();
    if (its.right > edges.right) tabs.scrollLeft += its.left - edges.left - (edges.width - its.width) / 2;
  }

  function openMenus() {
    return document.querySelectorAll("details.menu[open]");
  }

  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("focusin", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    openMenus().forEach(function (menu) {
      var within = menu.contains(document.activeElement);
      menu.open = false;
      if (within) menu.querySelector("summary").focus();
    });
  });
})();
