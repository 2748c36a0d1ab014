// Tabs, folding boxes, folded navigation on narrow screens, the mark in the contents. The page is whole without it.
(function () {
  "use strict";

  function decoded(text) {
    try { return decodeURIComponent(text); } catch (error) { return text; }  // a lone % is no address
  }

  document.querySelectorAll(".panel-tabset").forEach(function (box) {
    var tabs = Array.from(box.querySelectorAll(":scope > .nav-tabs [role=tab]"));
    function choose(chosen, focus) {
      tabs.forEach(function (tab) {
        var on = tab === chosen;
        tab.classList.toggle("active", on);
        tab.setAttribute("aria-selected", on ? "true" : "false");
        tab.tabIndex = on ? 0 : -1;
        var pane = document.getElementById(tab.getAttribute("aria-controls"));
        if (pane) pane.classList.toggle("active", on);
      });
      if (focus) chosen.focus();
    }
    tabs.forEach(function (tab, place) {
      tab.tabIndex = place ? -1 : 0;
      tab.addEventListener("click", function (event) { event.preventDefault(); choose(tab, false); });
      tab.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (event.key === " ") { event.preventDefault(); choose(tab, true); }
        if (step) { event.preventDefault(); choose(tabs[(place + step + tabs.length) % tabs.length], true); }
      });
    });
  });

  document.querySelectorAll(".callout-header[role=button]").forEach(function (head) {
    function turn() {
      var open = head.getAttribute("aria-expanded") !== "true";
      head.setAttribute("aria-expanded", open ? "true" : "false");
      document.getElementById(head.getAttribute("aria-controls")).classList.toggle("show", open);
    }
    head.addEventListener("click", turn);
    head.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); turn(); }
    });
  });

  // Code and charts that run out of their box can be scrolled from the keyboard.
  document.querySelectorAll("pre, .quarto-float-fig > div").forEach(function (box) {
    if (box.scrollWidth <= box.clientWidth) return;
    box.tabIndex = 0;
    var caption = box.parentElement.querySelector("figcaption");
    if (!caption) return;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Scrolls sideways: " + caption.textContent.trim());
  });

  // A link to something inside a closed tab or box opens it first.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decoded(location.hash.slice(1)));
    if (!target) return;
    for (var node = target; node; node = node.parentElement) {
      if (node.classList.contains("tab-pane") && !node.classList.contains("active")) {
        var tab = document.getElementById(node.id + "-tab");
        if (tab) tab.click();
      }
      if (node.classList.contains("collapse") && !node.classList.contains("show")) {
        var head = document.querySelector('[aria-controls="' + node.id + '"]');
        if (head) head.click();
      }
    }
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  var wide = window.matchMedia("(min-width: 1100px)");
  function fold() {
    document.querySelectorAll(".page-details").forEach(function (box) { box.open = wide.matches; });
  }
  fold();
  wide.addEventListener("change", fold);

  var links = Array.from(document.querySelectorAll("#TOC a[href^='#']"));
  var headings = links.map(function (link) { return document.getElementById(decoded(link.hash.slice(1))); });
  function mark() {
    var current = -1;
    headings.forEach(function (heading, place) {
      if (heading && heading.getBoundingClientRect().top < 120) current = place;
    });
    links.forEach(function (link, place) { link.classList.toggle("active", place === current); });
  }
  if (links.length) {
    var waiting = false;
    window.addEventListener("scroll", function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () { waiting = false; mark(); });
    }, { passive: true });
    mark();
  }
})();
