# Reference values for Krippendorff's alpha (nominal), with base R only:
#   Rscript tests/reference/alpha.R FOLDER
# writes FOLDER/alpha-answers.csv (one row a unit, one column a coder, an empty cell where not coded) and FOLDER/alpha.csv.
#
# The matrix of coincidences, pair by pair, as in Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, part C.
# The same values come out of the Python package krippendorff 0.9.0, which is no part of this project.
folder <- commandArgs(TRUE)[1]

alpha <- function(answers) {
  values <- sort(unique(as.vector(answers[!is.na(answers)])))
  coincidences <- matrix(0, length(values), length(values), dimnames = list(values, values))
  for (unit in seq_len(nrow(answers))) {
    told <- answers[unit, !is.na(answers[unit, ])]
    for (i in seq_along(told)) for (j in seq_along(told)) if (i != j) {
      a <- as.character(told[i]); b <- as.character(told[j])
      coincidences[a, b] <- coincidences[a, b] + 1 / (length(told) - 1)
    }
  }
  n <- sum(coincidences)
  shares <- rowSums(coincidences)
  observed <- n - sum(diag(coincidences))
  expected <- (n^2 - sum(shares^2)) / (n - 1)
  1 - observed / expected
}

set.seed(1960)
answers <- values <- NULL
for (case in 1:12) {
  coders <- 2 + case %% 4
  units <- 5 * case
  truth <- rbinom(units, 1, 0.15 + 0.05 * case)
  given <- sapply(seq_len(coders), function(coder) ifelse(runif(units) < 0.1 * (1 + case %% 5), 1 - truth, truth))
  given[matrix(runif(units * coders) < 0.08 * (case %% 4), units)] <- NA
  all <- matrix(NA, units, 5)
  all[, seq_len(coders)] <- given
  answers <- rbind(answers, data.frame(case = case, all))
  values <- rbind(values, data.frame(case = case, alpha = format(alpha(given), digits = 10)))
}
names(answers) <- c("case", "a", "b", "c", "d", "e")
write.csv(answers, file.path(folder, "alpha-answers.csv"), row.names = FALSE, na = "", quote = FALSE)
write.csv(values, file.path(folder, "alpha.csv"), row.names = FALSE, quote = FALSE)
