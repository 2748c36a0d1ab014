# Cumulative logit models:
#   Rscript tests/reference/ordered.R FOLDER     (Debian: r-cran-mass)
# writes FOLDER/ordered-counts.csv (counts of answers by group) and FOLDER/ordered.csv (the values of MASS::polr).
#
# housing: satisfaction of tenants (Madsen 1976; Venables and Ripley 2002, Modern Applied Statistics with S, section 7.3).
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("MASS")
library(MASS)
folder <- commandArgs(TRUE)[1]
satisfied <- c(Low = 1, Medium = 2, High = 3)[as.character(housing$Sat)]
of_housing <- function(by) {
  data.frame(data = by, aggregate(n ~ group + answer, data.frame(group = as.character(housing[[by]]), answer = satisfied, n = housing$Freq), sum))
}
made <- function(data, counts) {
  data.frame(data, group = rep(names(counts), lengths(counts)), answer = unlist(lapply(counts, seq_along), use.names = FALSE),
             n = unlist(counts, use.names = FALSE))
}
counts <- rbind(
  of_housing("Type"), of_housing("Infl"), of_housing("Cont"),
  made("five points", list(a = c(3, 10, 25, 30, 12), b = c(9, 20, 22, 14, 5), c = c(0, 1, 4, 15, 30), d = c(40, 21, 9, 2, 0))),
  # A group of two, one that uses a single answer, and an answer (3) that nobody gave.
  made("sparse", list(big = c(20, 31, 0, 15, 9), flat = c(0, 12, 0, 0, 0), two = c(0, 1, 0, 1, 0)))
)
for (data in unique(counts$data)) {
  mine <- counts[counts$data == data & counts$n > 0, ]
  mine$group <- factor(mine$group)
  mine$answer <- factor(mine$answer)
  model <- polr(answer ~ group, mine, weights = n, Hess = TRUE, control = list(reltol = 1e-16, maxit = 1000))
  null <- polr(answer ~ 1, mine, weights = n, control = list(reltol = 1e-16, maxit = 1000))
  error <- sqrt(diag(vcov(model)))
  groups <- levels(mine$group)[-1]
  note(data, "coefficient", groups, "", coef(model))
  note(data, "se", groups, "", error[seq_along(groups)])
  note(data, "p", groups, "", 2 * pnorm(-abs(coef(model) / error[seq_along(groups)])))
  note(data, "threshold", names(model$zeta), "", model$zeta)
  lr <- 2 * as.numeric(logLik(model) - logLik(null))
  note(data, c("log_likelihood", "null", "lr", "df", "lr_p"), "", "",
       c(logLik(model), logLik(null), lr, length(groups), pchisq(lr, length(groups), lower.tail = FALSE)))
}
write.csv(counts, file.path(folder, "ordered-counts.csv"), row.names = FALSE)
keep(folder, "ordered.csv")
