# Net balances of answers about change, base R only:
#   Rscript tests/reference/change.R FOLDER
# writes FOLDER/change-answers.csv (the data) and FOLDER/change.csv (the values).
#
# One balance: the interval of Agresti and Min (2005) for the difference of matched proportions, as published by Agresti.
# Two: t.test where everybody answered for both periods (paired) or nobody did (Welch); otherwise the test for partly overlapping
# samples of Derrick, Russ, Toher and White (2017) by their formulas.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
folder <- commandArgs(TRUE)[1]
set.seed(8)
answers <- function(n, p) sample(c(1, 0, -1), n, TRUE, p)
first <- answers(60, c(0.2, 0.4, 0.4))
second <- ifelse(runif(60) < 0.5, first, answers(60, c(0.4, 0.4, 0.2)))
sets <- list(
  paired = data.frame(earlier = first, later = second),
  independent = data.frame(earlier = c(first, rep(NA, 25)), later = c(rep(NA, 60), answers(25, c(0.5, 0.3, 0.2)))),
  partly = data.frame(earlier = c(first[1:50], rep(NA, 10)), later = c(rep(NA, 20), second[21:60])),
  two = data.frame(earlier = c(1, -1), later = c(1, 0))
)
adjusted_wald <- function(better, worse, n, level) {
  z <- qnorm(1 - (1 - level) / 2)
  difference <- (better - worse) / (n + 2)
  sd <- sqrt((worse + better + 1) - (better - worse)^2 / (n + 2)) / (n + 2)
  c(max(-1, difference - z * sd), min(1, difference + z * sd))
}
for (data in names(sets)) for (period in c("earlier", "later")) {
  x <- sets[[data]][[period]]
  x <- x[!is.na(x)]
  n <- length(x)
  p <- c(sum(x > 0), sum(x < 0)) / n
  note(data, c("n", "better", "worse", "balance", "se", "low", "high"), period, "",
       c(n, 100 * c(p, p[1] - p[2], sqrt((sum(p) - (p[1] - p[2])^2) / n), adjusted_wald(n * p[1], n * p[2], n, 0.95))))
}
note("edge", c("low", "high"), "all better", "", 100 * adjusted_wald(12, 0, 12, 0.95))
note("edge", c("low", "high"), "no change", "", 100 * adjusted_wald(0, 0, 12, 0.95))

overlapping <- function(a, b) {
  both <- !is.na(a) & !is.na(b)
  x <- a[!is.na(a)]
  y <- b[!is.na(b)]
  nc <- sum(both)
  na <- length(x) - nc
  nb <- length(y) - nc
  e <- c(var(x) / length(x), var(y) / length(y))
  r <- cor(a[both], b[both])
  se <- sqrt(sum(e) - 2 * r * sd(x) * sd(y) * nc / (length(x) * length(y)))
  gamma <- sum(e)^2 / sum(e^2 / (c(length(x), length(y)) - 1))
  df <- (nc - 1) + (gamma - nc + 1) / (na + nb + 2 * nc) * (na + nb)
  d <- mean(y) - mean(x)
  c(100 * c(d, se), df, 100 * (d + c(-1, 1) * qt(0.975, df) * se), 2 * pt(-abs(d / se), df))
}
names <- c("difference", "change_se", "df", "change_low", "change_high", "p")
for (data in c("paired", "independent", "two")) {
  mine <- sets[[data]]
  test <- if (data == "independent") t.test(na.omit(mine$later), na.omit(mine$earlier)) else
    t.test(mine$later, mine$earlier, paired = TRUE)
  difference <- mean(mine$later, na.rm = TRUE) - mean(mine$earlier, na.rm = TRUE)
  note(data, names, "", "", c(100 * c(difference, test$stderr), test$parameter, 100 * test$conf.int, test$p.value))
}
note("partly", names, "", "", overlapping(sets$partly$earlier, sets$partly$later))
rows <- lapply(names(sets), function(data) data.frame(data, sets[[data]]))
write.csv(do.call(rbind, rows), file.path(folder, "change-answers.csv"), row.names = FALSE)
keep(folder, "change.csv")
