// Search and sorting of the table of profiles. Without it the table is whole, in its own order.
(function () {
  "use strict";
  var table = document.getElementById("profiles");
  if (!table) return;
  var body = table.tBodies[0];
  var rows = Array.from(body.rows);
  var field = document.getElementById("profile-search");
  var count = document.getElementById("profile-count");
  var heads = Array.from(table.tHead.rows[0].cells).slice(0, 4);

  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
  }

  heads.forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(function (other) { other.setAttribute("aria-sort", "none"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.slice().sort(function (a, b) {
        var x = value(a, column), y = value(b, column);
        var order = typeof x === "number" ? x - y : x.localeCompare(y, document.documentElement.lang);
        return (order || rows.indexOf(a) - rows.indexOf(b)) * (down ? -1 : 1);
      }).forEach(function (row) { body.appendChild(row); });
    });
  });

  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }

  function search() {
    var words = plain(field.value).split(/\s+/).filter(Boolean);
    var shown = 0;
    rows.forEach(function (row) {
      var text = plain(row.cells[0].textContent + " " + row.cells[1].textContent);
      row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      if (!row.hidden) shown += 1;
    });
    count.textContent = shown + " of " + rows.length + " profiles";
  }

  field.addEventListener("input", search);
  field.closest("p").hidden = false;
  search();
})();
