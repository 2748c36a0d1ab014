// The explore page: a choice of scale, item and grouping shows one protected table with its chart. The address keeps it.
(function () {
  "use strict";
  var data = window.SURVEY_EXPLORE, place = document.getElementById("explore");
  if (!data || !place || !data.scales.length) return;

  function make(name, attributes, inner) {
    var element = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    [].concat(inner || []).forEach(function (part) {
      element.appendChild(typeof part === "string" ? document.createTextNode(part) : part);
    });
    return element;
  }

  function select(id, label) {
    var field = make("select", { id: "explore-" + id, "aria-controls": "explore-result" });
    form.appendChild(make("div", {}, [make("label", { for: "explore-" + id }, label), field]));
    field.addEventListener("change", function () { choose(); });
    return field;
  }

  function fill(field, options, chosen) {
    field.textContent = "";
    options.forEach(function (option) {
      var element = make("option", { value: option[0] }, option[1]);
      element.selected = option[0] === chosen;
      field.appendChild(element);
    });
  }

  var form = make("form", { class: "explore-form", "aria-label": "What to show" });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  var scales = select("scale", "Scale"), items = select("item", "Item"), groupings = select("grouping", "Grouping");
  var result = make("div", { id: "explore-result" });
  var status = make("p", { id: "explore-status", role: "status", "aria-live": "polite", class: "visually-hidden" });

  function scaleOf(id) { return data.scales.find(function (scale) { return scale.id === id; }) || data.scales[0]; }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch (error) { return text; }  // a lone % is no address
  }

  function read() {
    var found = { scale: "", item: "", grouping: "" };
    location.hash.slice(1).split("&").forEach(function (part) {
      var at = part.indexOf("=");
      if (at > 0 && part.slice(0, at) in found) found[part.slice(0, at)] = decoded(part.slice(at + 1));
    });
    return found;
  }

  function cell(name, attributes, value) {
    var kind = value[1];
    var mark = kind === "invented" ? make("em", { class: "invented" }, value[0])
      : kind === "hidden" ? make("span", { class: "hidden-value" }, value[0]) : value[0];
    return make(name, attributes, value[0] ? [mark] : []);
  }

  function table(view) {
    var head = make("tr", {}, view.columns.map(function (words, number) {
      return make("th", number ? { scope: "col", class: "number-column" } : { scope: "col" }, words);
    }));
    var body = view.rows.map(function (row) {
      return make("tr", {}, [make("th", { scope: "row" }, row[0])].concat(row[1].map(function (value) {
        return cell("td", { class: "number-column" }, value);
      })));
    });
    var whole = make("table", { class: "table" }, [
      make("caption", {}, view.title), make("thead", {}, head), make("tbody", {}, body)
    ]);
    return make("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": view.title }, whole);
  }

  var SVG = "http://www.w3.org/2000/svg";
  function shape(parent, name, attributes) {
    var element = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    parent.appendChild(element);
    return element;
  }

  function drawing(row, view, ends) {
    var svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 10");
    svg.setAttribute("preserveAspectRatio", "none");
    shape(svg, "rect", { x: 0, y: 0, width: 100, height: 10, class: "chart-ground" });
    if (row[2].mean) {
      var at = function (value) { return 100 * (value - ends[0]) / (ends[1] - ends[0]); };
      var mean = row[2].mean, low = mean[1] === null ? mean[0] : mean[1], high = mean[2] === null ? mean[0] : mean[2];
      for (var tick = ends[0] + 1; tick < ends[1]; tick += 1) {
        shape(svg, "rect", { x: at(tick) - 0.1, y: 0, width: 0.2, height: 10, class: "chart-tick" });
      }
      shape(svg, "rect", { x: at(low), y: 4, width: at(high) - at(low), height: 2, class: "chart-interval" });
      shape(svg, "rect", { x: at(mean[0]) - 0.5, y: 1.5, width: 1, height: 7, class: "chart-mean" });
    } else {
      var start = 0;
      row[2].bars.forEach(function (share, number) {
        var side = row[2].side || view.sides[number];
        shape(svg, "rect", { x: start, y: 0, width: share, height: 10, class: "chart-" + side });
        start += share;
      });
    }
    return svg;
  }

  // The chart repeats the table for the eye; whoever listens has the table.
  function chart(view, scale) {
    var rows = view.rows.map(function (row) {
      var value = row[1].map(function (part) { return part[0]; }).filter(Boolean)[0] || "";
      return make("div", { class: "chart-row" }, [
        make("span", { class: "chart-label" }, row[0]),
        row[2] ? drawing(row, view, scale.ends) : make("span", { class: "hidden-value" }, "not shown"),
        make("span", { class: "chart-value" }, row[2] ? value : "")
      ]);
    });
    var ends = view.rows.some(function (row) { return row[2] && row[2].mean; });
    var foot = ends ? [make("p", { class: "chart-foot" }, "The line runs from " + scale.ends[0] + " to " + scale.ends[1] +
      "; the thick mark is the mean, the bar its 95% interval.")] : [];
    if (view.columns.length > 4) {
      foot = [make("p", { class: "chart-foot" }, view.columns.slice(1, 4).map(function (words, number) {
        return make("span", { class: "chart-key chart-key-" + view.sides[number] }, words);
      }))];
    }
    return make("div", { class: "explore-chart", "aria-hidden": "true" }, rows.concat(foot));
  }

  function show(chosen, told) {
    var scale = scaleOf(chosen.scale);
    fill(scales, data.scales.map(function (one) { return [one.id, one.title]; }), scale.id);
    fill(items, [["", "All items, and the mean score"]].concat(scale.items), chosen.item);
    fill(groupings, [["", "All respondents"]].concat(scale.groupings), chosen.grouping);
    var view = scale.views[items.value + "|" + groupings.value];
    result.textContent = "";
    if (data.notice) result.appendChild(make("p", { class: "notice" }, data.notice));
    if (!view) {
      var words = "Not shown: of single items the report gives the answers of all respondents only. " +
        "Choose all items to compare groups, or all respondents to see this item.";
      result.appendChild(make("p", { class: "explore-note" }, words));
      status.textContent = words;
      return;
    }
    result.appendChild(make("h2", {}, view.title));
    if (view.rows.length) {
      result.appendChild(chart(view, scale));
      result.appendChild(table(view));
    }
    if (view.note) result.appendChild(make("p", { class: "explore-note" }, view.note));
    status.textContent = told ? "Shown: " + view.title + (data.synthetic ? " (synthetic data)" : "") : "";
  }

  function choose() {
    var chosen = { scale: scales.value, item: items.value, grouping: groupings.value };
    if (chosen.scale !== read().scale && chosen.item) {
      var known = scaleOf(chosen.scale).items.some(function (item) { return item[0] === chosen.item; });
      if (!known) chosen.item = "";
    }
    var parts = Object.keys(chosen).filter(function (key) { return chosen[key]; });
    history.replaceState(null, "", "#" + parts.map(function (key) {
      return key + "=" + encodeURIComponent(chosen[key]);
    }).join("&"));
    show(chosen, true);
  }

  place.textContent = "";
  place.appendChild(form);
  place.appendChild(status);
  place.appendChild(result);
  window.addEventListener("hashchange", function () { show(read(), true); });
  show(read(), false);
})();
