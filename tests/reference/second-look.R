# A second look at the committed export, with base R only and no code of the project:
#   Rscript tests/reference/second-look.R studies/csrr-2023/data/synthetic-export.csv FOLDER
# writes FOLDER/second-look.csv: counts, means, percentages and p values of every scale, item, change question and group;
# FOLDER/second-look-rows.csv: each row of the register that rests on answers, the number or numbers that R arrives at, and
# whether the row holds; and FOLDER/export.md5, which export it looked at.
# Answers come from the export; the study's own tables beside it say what is printed and which answer belongs to which group.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
given <- commandArgs(TRUE)
for (part in c("read-export.R", "compare-groups.R", "quantities.R", "rules.R")) source(file.path(here, part))

# Every quantity, whether the register states it or not.
found <- list()
note <- function(quantity, scale, name, group, n, value) {
  found[[length(found) + 1]] <<- data.frame(quantity, scale, name, group, n, value)
}
note("n_complete", "", "", "", nrow(export), nrow(export))
for (k in names(members)) for (g in levels(members[[k]])) note("n", "", k, g, nrow(export), words$n(k, g))
for (s in scales) {
  note("mean", s, "", "", sum(!is.na(scores[[s]])), words$mean(s))
  for (k in groupings) {
    for (g in levels(members[[k]])) {
      n <- sum(!is.na(scores[[s]][which(members[[k]] == g)]))
      if (n > 0) note("group_mean", s, k, g, n, words$group_mean(s, k, g))
    }
    if (length(samples[[s]][[k]]) < 2) next
    n <- sum(lengths(samples[[s]][[k]]))
    note("p_welch", s, k, "", n, words$p_welch(s, k))
    for (x in pairs_of(s, k)) note("p_pair", s, k, paste(x, collapse = "|"), n, words$p_pair(s, k, x[1], x[2]))
  }
  for (i in names(items[[s]])) for (side in c("pct_positive", "pct_negative")) {
    note(side, s, i, "", sum(!is.na(ratings[[i]])), words[[side]](i))
  }
  for (p in periods) for (side in c("pct_improved", "pct_no_change", "pct_worse")) {
    note(side, s, p, "", sum(!is.na(directions[export[[change_column(s, p)]]])), words[[side]](s, p))
  }
}

# The register, row by row.
register <- table_of("published.csv")
vocabulary <- list2env(c(words, reducers))
compares <- list("=" = `==`, "<" = `<`, "<=" = `<=`, ">" = `>`, ">=" = `>=`)

# Sums of the counts of each grouping that stands in the row's printed table.
totals <- function(row) {
  stands <- register$where == row$where & register$measure == "n" & register$scale == ""
  sapply(unique(register$group_by[stands]), function(k) sum(!is.na(members[[k]])))
}

# The row's own number or numbers by its measure; NULL where only the rule says what is counted.
own_numbers <- function(row) {
  pair <- strsplit(row$group, "|", fixed = TRUE)[[1]]
  one <- function(name) {
    if (row$item %in% names(ratings)) words[[name]](row$item)
    else if (row$period %in% periods) words[[name]](row$scale, row$period)
  }
  switch(row$measure,
    n = if (row$scale == "") words$n(row$group_by, row$group) else words$answering(row$scale),
    pct = words$pct(row$group_by, row$group),
    n_total = unique(totals(row)),
    pct_total = unique(100 * totals(row) / nrow(export)),
    n_local_authorities = sum(table(members$local_authority) > 0),
    n_categories = sum(table(members[[row$group_by]]) > 0),
    n_all_methods = words$n_complete + words$n_participants,
    mean = if (row$group == "all") words$mean(row$scale) else words$group_mean(row$scale, row$group_by, row$group),
    significant_pair =
      if (row$scale == "all") min(sapply(scales, function(s) words$p_min(s, row$group_by)))
      else if (row$group == "all") words$p_min(row$scale, row$group_by)
      else words$p_pair(row$scale, row$group_by, pair[1], pair[2]),
    if (grepl("^pct_", row$measure)) unlist(lapply(strsplit(row$measure, "_vs_")[[1]], one)) else words[[row$measure]]
  )
}

judge <- function(row) {
  pair <- strsplit(row$group, "|", fixed = TRUE)[[1]]
  own <- c(as.list(row), a = pair[1], b = pair[2])
  own[c("value", "value_high")] <- as.numeric(own[c("value", "value_high")])
  scope <- list2env(own, parent = vocabulary)
  numbers <- own_numbers(row)
  if (row$rule == "") {
    holds <- all(compares[[row$relation]](half_up(numbers, as.integer(row$decimals)), scope$value))
  } else {
    rule <- as_r(row$rule)
    if (is.null(numbers)) numbers <- unlist(lapply(beside_value(rule), eval, scope))
    holds <- eval(rule, scope)
  }
  stopifnot(length(numbers) > 0 || row$rule != "", holds %in% c(TRUE, FALSE))
  data.frame(id = row$id, first = c(numbers, NA)[1], second = c(numbers, NA, NA)[2], holds = holds)
}

survey_rows <- register[register$source == "responses", ]
judged <- do.call(rbind, lapply(seq_len(nrow(survey_rows)), function(i) judge(survey_rows[i, ])))

write_table <- function(rows, name) {
  numeric <- sapply(rows, is.numeric)
  rows[numeric] <- lapply(rows[numeric], signif, 10)
  write.csv(rows, file.path(given[2], name), row.names = FALSE, na = "")
}
write_table(do.call(rbind, found), "second-look.csv")
write_table(judged, "second-look-rows.csv")
writeLines(unname(tools::md5sum(given[1])), file.path(given[2], "export.md5"))
