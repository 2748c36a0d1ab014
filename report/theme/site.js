// Search over the site, and what stands behind a number. Nothing is fetched, so that pages work from a disk too.
(function () {
  "use strict";
  var own = document.currentScript;
  var root = own ? own.getAttribute("data-root") || "" : "";

  function make(name, attributes, inner) {
    var element = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    [].concat(inner || []).forEach(function (part) {
      element.appendChild(typeof part === "string" ? document.createTextNode(part) : part);
    });
    return element;
  }

  // ---- search ----

  var SHOWN = 20, LONGEST = 200;  // results, letters of a query

  function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/’/g, "'"); }

  function load(done) {
    if (window.SURVEY_SEARCH) return done();
    var script = make("script", { src: root + "site_libs/report/search-index.js" });
    script.onload = done;
    document.head.appendChild(script);
  }

  function prepared(index) {
    if (!index.plain) {
      index.plain = index.sections.map(function (row) { return [plain(row[2]), plain(row[3])]; });
    }
    return index.plain;
  }

  // A section is found when every word stands in it at the beginning of a word; titles count more than text.
  function find(index, query) {
    var words = plain(query).split(/[^a-z0-9'.%,-]+/).filter(Boolean);
    if (!words.length) return [];
    var tests = words.map(function (word) {
      if (word.length > 3) word = word.replace(/s$/, "");  // both "time" and "times"
      return new RegExp("(^|[^a-z0-9])" + word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "g");
    });
    var found = [];
    prepared(index).forEach(function (texts, place) {
      var score = 0;
      var all = tests.every(function (test) {
        var inTitle = (texts[0].match(test) || []).length, inText = (texts[1].match(test) || []).length;
        score += 12 * inTitle + Math.min(inText, 5);
        return inTitle + inText > 0;
      });
      if (all) found.push([score, place]);
    });
    return found.sort(function (a, b) { return b[0] - a[0] || a[1] - b[1]; }).map(function (row) {
      return { row: index.sections[row[1]], tests: tests };
    });
  }

  function excerpt(text, tests) {
    var low = plain(text);
    tests[0].lastIndex = 0;
    var hit = tests[0].exec(low);
    if (!hit) return text.slice(0, 140) + (text.length > 140 ? "…" : "");
    var start = Math.max(0, hit.index - 60), end = Math.min(text.length, hit.index + 110);
    if (low.length !== text.length) return text.slice(start, end);
    var at = hit.index + hit[1].length, stop = hit.index + hit[0].length;
    return [(start ? "…" : "") + text.slice(start, at), make("mark", {}, text.slice(at, stop)),
      text.slice(stop, end) + (end < text.length ? "…" : "")];
  }

  function addSearch() {
    var header = document.querySelector("header.site-header");
    var main = document.getElementById("quarto-document-content");
    if (!header && !main) return;
    var field = make("input", { type: "search", id: "site-search", autocomplete: "off", "aria-controls": "search-found" });
    var status = make("p", { id: "search-status", role: "status", "aria-live": "polite" });
    var list = make("ol", { id: "search-list" });
    var box = make("div", { id: "search-found", hidden: "" }, [status, list]);
    var form = make("form", { role: "search", class: "site-search", action: "#" }, [
      make("label", { for: "site-search" }, "Search this site"), field, box
    ]);

    function close() { box.hidden = true; }
    function show() {
      var query = field.value.trim().slice(0, LONGEST);
      if (query.length < 2) { close(); status.textContent = ""; list.textContent = ""; return; }
      load(function () {
        if (field.value.trim().slice(0, LONGEST) !== query) return;
        var found = find(window.SURVEY_SEARCH, query);
        list.textContent = "";
        found.slice(0, SHOWN).forEach(function (hit) {
          var page = window.SURVEY_SEARCH.pages[hit.row[0]];
          var href = root + page[0] + (hit.row[1] ? "#" + hit.row[1] : "");
          list.appendChild(make("li", {}, [
            make("a", { href: href }, [make("span", { class: "search-title" }, hit.row[2] || page[1])]),
            make("span", { class: "search-page" }, page[1]),
            make("p", {}, excerpt(hit.row[3], hit.tests))
          ]));
        });
        status.textContent = !found.length ? "Nothing found for “" + query + "”."
          : found.length > SHOWN ? "The first " + SHOWN + " of " + found.length + " places found."
            : found.length + (found.length === 1 ? " place found." : " places found.");
        box.hidden = false;
      });
    }
    var waiting;
    field.addEventListener("focus", function () { load(function () {}); });
    field.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(show, 120); });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      show();
      var first = list.querySelector("a");
      if (first && !box.hidden) first.focus();
    });
    form.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !box.hidden) { event.preventDefault(); close(); field.focus(); return; }
      var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || box.hidden) return;
      var stops = [field].concat(Array.from(list.querySelectorAll("a")));
      var next = stops[stops.indexOf(document.activeElement) + step];
      if (next) { event.preventDefault(); next.focus(); }
    });
    list.addEventListener("click", function (event) { if (event.target.closest("a")) close(); });
    form.addEventListener("focusout", function (event) {
      if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
    });
    document.addEventListener("click", function (event) { if (!form.contains(event.target)) close(); });
    if (header) header.appendChild(form);
    else main.insertBefore(form, main.firstChild);
  }

  // ---- numbers ----

  var MEANING = {
    reproduced: "Reproduces a figure that the published report states.",
    corrected: "Equals what should stand in print, where the published report contradicts itself.",
    invented: "Invented: it comes from synthetic answers and must not be quoted.",
    real: "Computed from the export’s answers.",
    hidden: "Not shown, to protect the people behind it."
  };

  function addNumbers() {
    var source = document.getElementById("report-numbers");
    if (!source) return;
    var data = JSON.parse(source.textContent);
    var card, opener;

    function link(place, words) {
      var found = data.places[place];
      return found ? make("a", { href: found[1] }, words || found[0]) : null;
    }

    function fact(list, name, value) {
      if (!value) return;
      list.appendChild(make("dt", {}, name));
      list.appendChild(make("dd", {}, value));
    }

    function content(key, text) {
      var number = data.numbers[key];
      var list = make("dl", {});
      number[4].forEach(function (row) {
        var status = make("span", { class: "status-" + row[3] }, row[3]);
        var words = [row[1] || "–", " (", status, ")"];
        if (row[4]) words.push(", " + row[4]);
        if (data.register) words.push(", ", make("a", { href: data.register + "#" + row[0] }, "row in the register"));
        fact(list, "Published", words);
      });
      if (!number[4].length && data.register) fact(list, "Published", "not a single published figure");
      fact(list, "Base", number[1] === null ? "not stated" : "n = " + number[1].toLocaleString("en-GB"));
      fact(list, "Table", link(number[2]));
      fact(list, "Notebook", link(number[3]));
      fact(list, "Key", make("code", {}, key));
      return [make("p", { class: "number-head" }, [make("strong", {}, text), " ", MEANING[number[0]] || ""]), list];
    }

    function close(back) {
      if (!card) return;
      card.remove();
      opener.setAttribute("aria-expanded", "false");
      card = null;
      if (back) opener.focus();
    }

    function open(element) {
      close(false);
      opener = element;
      var text = element.textContent;
      var button = make("button", { type: "button", class: "number-close", "aria-label": "Close" }, "×");
      card = make("div", { id: "number-card", role: "dialog", tabindex: "-1", "aria-label": "About the number " + text },
        [button].concat(content(element.getAttribute("data-key"), text)));
      button.addEventListener("click", function () { close(true); });
      document.body.appendChild(card);
      element.setAttribute("aria-expanded", "true");
      var spot = element.getBoundingClientRect(), width = document.documentElement.clientWidth;
      if (width > 600) {
        card.style.left = Math.max(8, Math.min(spot.left, width - card.offsetWidth - 8)) + window.scrollX + "px";
        var below = spot.bottom + 8 + card.offsetHeight < window.innerHeight || spot.top < card.offsetHeight + 8;
        card.style.top = (below ? spot.bottom + 6 : spot.top - card.offsetHeight - 6) + window.scrollY + "px";
      }
      card.focus({ preventScroll: true });
    }

    document.querySelectorAll("[data-key]").forEach(function (element) {
      if (!data.numbers[element.getAttribute("data-key")]) return;
      // A number inside another link, or in a heading, stays what it is.
      if (element.parentElement.closest("a, button, summary, h1, h2, h3, h4, h5, h6, nav")) return;
      element.classList.add("about-number");
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "0");
      element.setAttribute("aria-haspopup", "dialog");
      element.setAttribute("aria-expanded", "false");
    });
    document.addEventListener("click", function (event) {
      var element = event.target.closest(".about-number");
      if (element && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        if (card && opener === element) close(true);
        else open(element);
      } else if (card && !card.contains(event.target)) close(false);
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && card) { close(true); return; }
      var element = event.target.closest ? event.target.closest(".about-number") : null;
      if (element && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); open(element); }
    });
    document.addEventListener("focusin", function (event) {
      if (card && !card.contains(event.target) && event.target !== opener) close(false);
    });
    // Past the last link of the card the keyboard goes on behind the number, not behind the page.
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Tab" || !card || !card.contains(document.activeElement)) return;
      var stops = Array.from(card.querySelectorAll("a, button"));
      var at = stops.indexOf(document.activeElement);
      if ((event.shiftKey && at <= 0) || (!event.shiftKey && at === stops.length - 1)) {
        if (event.shiftKey) event.preventDefault();
        close(true);
      }
    });
  }

  addSearch();
  addNumbers();
})();
