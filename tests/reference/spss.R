# Reads the SPSS samples with R's own package foreign (which shares no code with the reader under test) and writes
# each value as text, one row a case and variable. Run in the root of the checkout: Rscript tests/reference/spss.R

library(foreign)

as_text <- function(value, name) {
  moment <- function(pattern) format(as.POSIXct(value, origin = "1582-10-14", tz = "GMT"), pattern)
  text <- switch(name, mydate = moment("%Y-%m-%d"), dtime = moment("%Y-%m-%d %H:%M:%S"),
                 mytime = format(as.POSIXct(value, origin = "1970-01-01", tz = "GMT"), "%H:%M:%S"),
                 trimws(as.character(value)))
  ifelse(is.na(text), "", text)
}

rows <- list()
for (file in c("spss-sample", "spss-missing-sample")) {
  cases <- suppressWarnings(read.spss(file.path("tests/data", paste0(file, ".sav")), to.data.frame = TRUE))
  labels <- attr(cases, "variable.labels")
  for (name in names(cases)) {
    label <- if (name %in% names(labels)) labels[[name]] else ""
    rows[[length(rows) + 1]] <- data.frame(file = file, variable = name, label = label, case = seq_len(nrow(cases)),
                                           text = as_text(cases[[name]], name))
  }
}
write.csv(do.call(rbind, rows), "tests/reference/spss.csv", row.names = FALSE, quote = FALSE)
