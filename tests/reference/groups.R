# Comparisons of groups by other methods, sizes of effects, equivalence, power and shares:
#   Rscript tests/reference/groups.R FOLDER     (base R and, to check d, effectsize; Debian: r-cran-effectsize)
# writes FOLDER/group-samples.csv (the data) and FOLDER/groups.csv (the values).
#
# Hedges' g: the difference over the standardiser of Delacre et al. (2021), which is effectsize::cohens_d(pooled_sd = FALSE),
# corrected with the degrees of freedom of that standardiser; effectsize corrects with Welch's, which is biased (see
# tests/statistics/test_effect_sizes.py). Interval: that of effectsize in the units of g, with exact roots. Omega squared: formulas of Carroll and Nordholm (1975), interval of Steiger (2004).
# Brunner-Munzel: the formulas of Brunner and Munzel (2000); the set "pain" and its result (statistic 3.1375, df 17.683,
# p 0.005786) are in their article and in the help of lawstat::brunner.munzel.test.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("effectsize")
folder <- commandArgs(TRUE)[1]

set <- function(data, group, score) data.frame(data, group = as.character(group), score)
likert <- c(4, 4, 5, 3, 2, 4, 5, 5, 3, 4, 4, 2, 1, 4)
samples <- rbind(
  set("PlantGrowth", PlantGrowth$group, PlantGrowth$weight),
  set("chickwts", chickwts$feed, chickwts$weight),
  set("InsectSprays", InsectSprays$spray, InsectSprays$count),
  # Variances a thousand times apart, sizes six times apart.
  set("unequal", rep(c("narrow", "wide"), c(6, 36)), c(5 + (1:6) / 10, 4 + 9 * sin(1:36))),
  set("of two", rep(c("two", "many"), c(2, 15)), c(1.5, 4, 2 + (1:15) %% 4)),
  set("no difference", rep(c("x", "y"), each = 5), c(1:5, 5:1)),
  set("ties", rep(c("all", "few", "flat"), c(14, 6, 5)), c(likert, c(1, 2, 2, 2, 3, 1), rep(3, 5))),
  set("pain", rep(c("Y", "N"), c(14, 11)), c(1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1, 3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4))
)

hedges <- function(x, y, level = 0.95) {
  e <- c(var(x) / length(x), var(y) / length(y))
  df <- sum(e)^2 / sum(e^2 / (c(length(x), length(y)) - 1))
  s <- sqrt((var(x) + var(y)) / 2)
  t <- (mean(x) - mean(y)) / sqrt(sum(e))
  v <- c(var(x), var(y))
  k <- c(length(x), length(y)) - 1
  own <- prod(k) * sum(v)^2 / (k[2] * v[1]^2 + k[1] * v[2]^2)
  j <- gamma(own / 2) / (sqrt(own / 2) * gamma((own - 1) / 2))
  reach <- 20 * sqrt(1 + t^2 / (2 * df))
  ends <- sapply(c((1 + level) / 2, (1 - level) / 2), function(p) {
    root(function(d) pt(t, df, d) - p, max(t - reach, -37), min(t + reach, 37))
  })
  g <- c(mean(x) - mean(y), ends * sqrt(sum(e))) / s * j
  known <- effectsize::cohens_d(x, y, pooled_sd = FALSE)
  stopifnot(abs(g[1] / j - known$Cohens_d) < 1e-10)
  stopifnot(abs(g[2:3] / j - c(known$CI_low, known$CI_high)) < 5e-3 * max(1, abs(g / j)))
  g
}

omega <- function(f, df1, df2, n, alpha = 0.05) {
  lambda <- function(p) if (pf(f, df1, df2) <= p) 0 else root(function(l) pf(f, df1, df2, l) - p, 0, 20 * df1 * (f + 3))
  l <- c(lambda(1 - alpha), lambda(alpha))
  c(max(0, df1 * (f - 1) / (df1 * (f - 1) + n)), l / (l + n))
}

brunner_munzel <- function(x, y) {
  m <- length(x)
  n <- length(y)
  r <- rank(c(x, y))
  r1 <- r[1:m]
  r2 <- r[m + 1:n]
  s1 <- var(r1 - rank(x))
  s2 <- var(r2 - rank(y))
  if (s1 + s2 == 0) return(c(100 * (mean(r1) - (m + 1) / 2) / n, NA, NA))
  w <- m * n * (mean(r1) - mean(r2)) / ((m + n) * sqrt(m * s1 + n * s2))
  df <- (m * s1 + n * s2)^2 / ((m * s1)^2 / (m - 1) + (n * s2)^2 / (n - 1))
  c(100 * (mean(r1) - (m + 1) / 2) / n, w, 2 * pt(-abs(w), df))
}

for (data in unique(samples$data)) {
  mine <- samples[samples$data == data, ]
  groups <- split(mine$score, mine$group)
  pairs <- combn(names(groups), 2, simplify = FALSE)
  note(data, c("anova_F", "anova_df1", "anova_df2", "anova_p"), "", "", {
    fit <- summary(aov(score ~ group, mine))[[1]]
    c(fit[1, "F value"], fit[, "Df"], fit[1, "Pr(>F)"])
  })
  ss <- fit[, "Sum Sq"]
  hays <- (ss[1] - fit[1, "Df"] * fit[2, "Mean Sq"]) / (sum(ss) + fit[2, "Mean Sq"])
  size <- omega(fit[1, "F value"], fit[1, "Df"], fit[2, "Df"], nrow(mine))
  stopifnot(abs(max(0, hays) - size[1]) < 1e-12)
  note(data, c("omega2", "omega2_low", "omega2_high"), "", "", size)
  test <- kruskal.test(score ~ factor(group), mine)
  note(data, c("kruskal_H", "kruskal_df", "kruskal_p"), "", "", c(test$statistic, test$parameter, test$p.value))
  if (all(sapply(groups, var) > 0)) {
    welch <- oneway.test(score ~ group, mine)
    size <- omega(welch$statistic, welch$parameter[1], welch$parameter[2], nrow(mine))
    note(data, c("welch_F", "welch_df1", "welch_df2", "welch_omega2", "welch_omega2_low", "welch_omega2_high"), "", "",
         c(welch$statistic, welch$parameter, size))
  }
  tukey <- TukeyHSD(aov(score ~ group, mine))$group
  orders <- list()
  for (pair in pairs) {
    x <- groups[[pair[1]]]
    y <- groups[[pair[2]]]
    note(data, c("tukey_difference", "tukey_low", "tukey_high", "tukey_p"), pair[1], pair[2], {
      row <- tukey[paste(pair[2], pair[1], sep = "-"), ]
      c(-row["diff"], -row["upr"], -row["lwr"], row["p adj"])
    })
    orders[[length(orders) + 1]] <- brunner_munzel(x, y)
    if (var(x) + var(y) > 0) note(data, c("g", "g_low", "g_high"), pair[1], pair[2], hedges(x, y))
  }
  p <- sapply(orders, function(found) found[3])
  for (k in seq_along(pairs)) {
    note(data, "superiority", pairs[[k]][1], pairs[[k]][2], orders[[k]][1])
    if (is.na(p[k])) next # groups that lie apart: their ranks do not vary
    note(data, c("bm", "bm_p", "bm_holm"), pairs[[k]][1], pairs[[k]][2], c(orders[[k]][-1], p.adjust(p, "holm")[k]))
  }
}

# Equivalence: two one-sided t tests with separate variances; the interval of 90 %.
for (bound in c(0.5, 1, 2)) {
  x <- PlantGrowth$weight[PlantGrowth$group == "ctrl"]
  y <- PlantGrowth$weight[PlantGrowth$group == "trt1"]
  upper <- t.test(x, y, mu = bound, alternative = "less")
  lower <- t.test(x, y, mu = -bound, alternative = "greater")
  ends <- t.test(x, y, conf.level = 0.9)
  note("tost", c("p", "low", "high", "se", "df"), bound, "",
       c(max(upper$p.value, lower$p.value), ends$conf.int, ends$stderr, ends$parameter))
}

# Detectable differences: equal groups by power.t.test, others by the same equation with Welch's degrees of freedom.
for (n in c(2, 10, 100)) for (power in c(0.8, 0.9)) {
  found_delta <- power.t.test(n = n, sd = 1.3, sig.level = 0.05, power = power, strict = TRUE, tol = 1e-13)$delta
  note("detectable", "equal", n, power, found_delta)
}
detect <- function(se, df, alpha, power) {
  q <- qt(alpha / 2, df, lower.tail = FALSE)
  se * root(function(l) pt(q, df, l, lower.tail = FALSE) + pt(-q, df, l) - power, 0, 30)
}
for (n in c(12, 300)) for (sd in c(0.4, 3)) {
  e <- c(sd^2 / n, 1 / 25)
  note("detectable", "unequal", n, sd, detect(sqrt(sum(e)), sum(e)^2 / sum(e^2 / (c(n, 25) - 1)), 0.01, 0.8))
}

for (k in c(0, 1, 7, 20)) note("share", c("low", "high"), k, 20, 100 * prop.test(k, 20, correct = FALSE)$conf.int)
note("share", c("low", "high"), 700, 1399, 100 * prop.test(700, 1399, correct = FALSE, conf.level = 0.99)$conf.int)

write.csv(samples, file.path(folder, "group-samples.csv"), row.names = FALSE)
keep(folder, "groups.csv")
