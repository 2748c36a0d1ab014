# Reads an export with nothing but base R and the survey's definitions as the methodology states them.

points <- c("Very Good" = 5, "Good" = 4, "Neither Good nor Poor" = 3, "Poor" = 2, "Very Poor" = 1)
directions <- c("Improved A Lot" = "improved", "Improved A Little" = "improved", "No Change" = "no_change",
                "A Little Worse" = "worse", "A Lot Worse" = "worse")
scales <- c("services", "multi-agency", "transitions", "relationships", "support", "leadership", "strategic")
periods <- c("before_covid", "since_covid", "under_4_years")

# Responses, one row each; three header rows are skipped. Text in every column, as the export has it. Previews and tests of
# the survey, exact repetitions and people who refused to take part are left out.
all_responses <- function(path) {
  header <- names(read.csv(path, nrows = 1, check.names = FALSE, fileEncoding = "UTF-8"))
  lines <- read.csv(path, header = FALSE, colClasses = "character", fileEncoding = "UTF-8", na.strings = character())
  names(lines) <- header
  lines <- lines[-(1:3), ]
  trial <- lines$Status %in% c("Survey Preview", "Survey Test") | lines$DistributionChannel %in% c("preview", "test")
  set_aside_unasked(lines[!trial & !duplicated(lines) & lines$consent != "no", ])
}

complete_responses <- function(path) {
  lines <- all_responses(path)
  lines[lines$Finished == "True", ]
}

# Blanks what was not meant for a respondent: transitions are for those who know about them, strategic working for senior
# leaders, and which change questions are asked depends on the years spent in the area.
set_aside_unasked <- function(export) {
  only <- function(columns, asked) export[!asked, setdiff(grep(columns, names(export)), experience)] <<- ""
  experience <- which(names(export) == "transitions_experience")
  only("^transitions_", export$transitions_experience == "yes")
  only("^strategic_", export$role == "senior leader")
  only("_change_(before|since)_covid$", export$time_in_area == "4 years or more")
  only("_change_under_4_years$", export$time_in_area == "under 4 years")
  export
}

# Columns of a scale that hold ratings: neither change questions nor open ones. Named by item.
rating_columns <- function(export, scale) {
  prefix <- paste0("^", gsub("-", "_", scale), "_")
  mine <- grep(prefix, names(export), value = TRUE)
  mine <- grep("_(change|open)_|_experience$", mine, value = TRUE, invert = TRUE)
  setNames(mine, sub(prefix, "", mine))
}

change_column <- function(scale, period) paste0(gsub("-", "_", scale), "_change_", period)

# A respondent's mean of the answered items; NA with fewer than half of the items answered.
scale_score <- function(export, scale) {
  columns <- rating_columns(export, scale)
  scores <- sapply(columns, function(name) unname(points[export[[name]]]))
  answered <- rowSums(!is.na(scores))
  ifelse(answered >= length(columns) / 2, rowMeans(scores, na.rm = TRUE), NA)
}
