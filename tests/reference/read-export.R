# Reads an export with nothing but base R and the survey's definitions as the methodology states them.

points <- c("Very Good" = 5, "Good" = 4, "Neither Good nor Poor" = 3, "Poor" = 2, "Very Poor" = 1)
directions <- c("Improved A Lot" = "improved", "Improved A Little" = "improved", "No Change" = "no_change",
                "A Little Worse" = "worse", "A Lot Worse" = "worse")
scales <- c("services", "multi_agency", "transitions", "relationships", "support", "leadership", "strategic")

# Complete responses, one row each; three header rows are skipped. Text in every column, as the export has it.
complete_responses <- function(path) {
  header <- names(read.csv(path, nrows = 1, check.names = FALSE, fileEncoding = "UTF-8"))
  lines <- read.csv(path, skip = 0, header = FALSE, colClasses = "character", fileEncoding = "UTF-8", na.strings = character())
  names(lines) <- header
  lines <- lines[-(1:3), ]
  lines[lines$Finished == "True", ]
}

# Columns of a scale that hold ratings: neither change questions nor open ones.
rating_columns <- function(export, scale) {
  mine <- grep(paste0("^", scale, "_"), names(export), value = TRUE)
  grep("_(change|open)_|_experience$", mine, value = TRUE, invert = TRUE)
}

# A respondent's mean of the answered items; NA with fewer than half of the items answered.
scale_score <- function(export, scale) {
  columns <- rating_columns(export, scale)
  scores <- sapply(columns, function(name) unname(points[export[[name]]]))
  answered <- rowSums(!is.na(scores))
  ifelse(answered >= length(columns) / 2, rowMeans(scores, na.rm = TRUE), NA)
}
