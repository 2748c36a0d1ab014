# The data set bfi of psych as a survey, read from the installed package (GPL: the answers are not kept here):
#   Rscript tests/reference/big-five.R FOLDER     (Debian: r-cran-psych, r-cran-effectsize)
# writes FOLDER/bfi.csv (25 items of the Big Five from 2,800 people, gender and education) and FOLDER/big-five.csv: means of
# persons who answered half of a scale, alpha (complete answers), the difference of women and men with d by effectsize.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("psych", "effectsize")
folder <- commandArgs(TRUE)[1]
bfi <- tryCatch(get(data("bfi", package = "psych")), warning = function(e) psychTools::bfi)
write.csv(bfi, file.path(folder, "bfi.csv"), row.names = FALSE, na = "")
# Revelle's keys of the manual of psych; neuroticism has none that is reversed.
keys <- list(A = c("-A1", "A2", "A3", "A4", "A5"), C = c("C1", "C2", "C3", "-C4", "-C5"), E = c("-E1", "-E2", "E3", "E4", "E5"),
             N = c("N1", "N2", "N3", "N4", "N5"), O = c("O1", "-O2", "O3", "O4", "-O5"))
scored <- psych::scoreItems(keys, bfi, missing = TRUE, impute = "none")
for (scale in names(keys)) {
  items <- sub("-", "", keys[[scale]])
  score <- ifelse(rowSums(!is.na(bfi[items])) >= 2.5, scored$scores[, scale], NA)
  turned <- psych::reverse.code(ifelse(grepl("-", keys[[scale]]), -1, 1), bfi[items], mini = 1, maxi = 6)
  alpha <- suppressWarnings(psych::alpha(as.data.frame(turned[complete.cases(turned), ]), warnings = FALSE))
  women <- score[bfi$gender == 2 & !is.na(score)]
  men <- score[bfi$gender == 1 & !is.na(score)]
  d <- effectsize::cohens_d(women, men, pooled_sd = FALSE)$Cohens_d
  welch <- t.test(women, men)
  note("bfi", c("n", "mean", "alpha", "difference", "low", "high", "p", "d"), scale, "",
       c(sum(!is.na(score)), mean(score, na.rm = TRUE), alpha$total$raw_alpha, mean(women) - mean(men), welch$conf.int,
         welch$p.value, d))
}
keep(folder, "big-five.csv")
