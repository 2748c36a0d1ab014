# Reference values for comparisons of groups, with base R only:
#   Rscript tests/reference/comparisons.R studies/csrr-2023/data/synthetic-export.csv FOLDER
# writes FOLDER/samples.csv (the data) and FOLDER/comparisons.csv (the values), ten significant digits.
#
# Welch's ANOVA: oneway.test(var.equal = FALSE). Intervals of means: t.test. Games-Howell by the published formula (Games and
# Howell 1976): q = |d| / sqrt((s_a^2 / n_a + s_b^2 / n_b) / 2) on the studentised range with Welch-Satterthwaite degrees of freedom.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "read-export.R"))
given <- commandArgs(TRUE)

samples <- rbind(
  data.frame(data = "PlantGrowth", group = as.character(PlantGrowth$group), score = PlantGrowth$weight),
  data.frame(data = "chickwts", group = as.character(chickwts$feed), score = chickwts$weight),
  data.frame(data = "InsectSprays", group = as.character(InsectSprays$spray), score = InsectSprays$count),
  data.frame(data = "iris", group = as.character(iris$Species), score = iris$Sepal.Length)
)

found <- list()
note <- function(data, quantity, a, b, value) {
  found[[length(found) + 1]] <<- data.frame(data = data, quantity = quantity, a = a, b = b, value = value)
}

describe <- function(data, groups) {
  for (name in names(groups)) {
    x <- groups[[name]]
    interval <- t.test(x)$conf.int
    note(data, c("n", "mean", "sd", "low", "high"), name, "", c(length(x), mean(x), sd(x), interval))
  }
}

compare <- function(data, score, group) {
  groups <- split(score, group)
  describe(data, groups)
  groups <- groups[sapply(groups, length) >= 10]
  kept <- group %in% names(groups)
  welch <- oneway.test(score ~ group, data.frame(score = score[kept], group = group[kept]), var.equal = FALSE)
  note(data, c("F", "df_between", "df_within", "p"), "", "", c(welch$statistic, welch$parameter, welch$p.value))
  n <- sapply(groups, length)
  m <- sapply(groups, mean)
  e <- sapply(groups, var) / n
  k <- length(groups)
  for (i in seq_len(k - 1)) for (j in (i + 1):k) {
    d <- m[i] - m[j]
    df <- (e[i] + e[j])^2 / (e[i]^2 / (n[i] - 1) + e[j]^2 / (n[j] - 1))
    scale <- sqrt((e[i] + e[j]) / 2)
    p <- ptukey(abs(d) / scale, k, df, lower.tail = FALSE)
    half <- qtukey(0.95, k, df) * scale
    note(data, c("difference", "pair_low", "pair_high", "pair_p"), names(groups)[i], names(groups)[j],
         c(d, d - half, d + half, p))
  }
}

for (data in unique(samples$data)) {
  mine <- samples[samples$data == data, ]
  compare(data, mine$score, mine$group)
}
export <- complete_responses(given[1])
services <- scale_score(export, "services")
answered <- !is.na(services)
compare("services", services[answered], export$service[answered])

for (k in c(2, 4, 8)) for (df in c(9, 11.7, 60, 1000)) {
  note("studentised range", c("q90", "q95", "q99"), k, df, qtukey(c(0.90, 0.95, 0.99), k, df))
}

values <- do.call(rbind, found)
values$value <- signif(values$value, 10)
write.csv(samples, file.path(given[2], "samples.csv"), row.names = FALSE)
write.csv(values, file.path(given[2], "comparisons.csv"), row.names = FALSE)
