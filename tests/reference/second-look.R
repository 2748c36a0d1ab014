# A second look at the committed export, with base R only and nothing of the project:
#   Rscript tests/reference/second-look.R studies/csrr-2023/data/synthetic-export.csv FOLDER
# writes FOLDER/second-look.csv: means of all scales, overall and by group, and percentages of all items and change questions;
# and FOLDER/export.md5, which export it looked at.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "read-export.R"))
given <- commandArgs(TRUE)
export <- complete_responses(given[1])

found <- list()
note <- function(quantity, scale, name, group, n, value) {
  found[[length(found) + 1]] <<- data.frame(quantity, scale, name, group, n, value)
}

note("respondents", "", "", "", nrow(export), nrow(export))
for (question in c("service", "sector", "role", "tenure", "local_authority")) {
  counts <- table(export[[question]])
  note("count", "", question, names(counts), nrow(export), as.vector(counts))
}
for (scale in scales) {
  score <- scale_score(export, scale)
  note("mean", scale, "overall", "", sum(!is.na(score)), mean(score, na.rm = TRUE))
  for (question in c("service", "sector", "role", "tenure")) {
    n <- tapply(!is.na(score), export[[question]], sum)
    means <- tapply(score, export[[question]], mean, na.rm = TRUE)
    note("mean", scale, question, names(means)[n > 0], n[n > 0], means[n > 0])
  }
  for (column in rating_columns(export, scale)) {
    answers <- points[export[[column]]]
    answers <- answers[!is.na(answers)]
    n <- length(answers)
    note("positive", scale, column, "", n, 100 * sum(answers >= 4) / n)
    note("negative", scale, column, "", n, 100 * sum(answers <= 2) / n)
  }
  for (column in grep(paste0("^", scale, "_change_"), names(export), value = TRUE)) {
    answers <- directions[export[[column]]]
    answers <- answers[!is.na(answers)]
    for (side in c("improved", "no_change", "worse")) {
      note(side, scale, column, "", length(answers), 100 * sum(answers == side) / length(answers))
    }
  }
}

values <- do.call(rbind, found)
values$value <- signif(values$value, 10)
write.csv(values, file.path(given[2], "second-look.csv"), row.names = FALSE)
writeLines(unname(tools::md5sum(given[1])), file.path(given[2], "export.md5"))
