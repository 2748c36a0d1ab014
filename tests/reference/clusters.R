# Groups of respondents in clusters:
#   Rscript tests/reference/clusters.R FOLDER     (Debian: r-cran-lme4, r-cran-nlme)
# writes FOLDER/cluster-scores.csv (the data) and FOLDER/clusters.csv (the values).
#
# Orthodont and BodyWeight come with nlme (Pinheiro and Bates 2000); the others are made here. Estimates: lme4 with a tight
# tolerance (its criterion is the same as nlme's). Degrees of freedom: nlme's, between and within clusters.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("lme4", "nlme")
suppressMessages({
  library(nlme)
  library(lme4)
})
folder <- commandArgs(TRUE)[1]
set <- function(data, cluster, group, score) {
  data.frame(data, cluster = as.character(cluster), group = as.character(group), score)
}
points <- function(x) pmin(5, pmax(1, round(x, 1)))
set.seed(2023)
sizes <- c(60, 45, 31, 24, 20, 17, 15, 12, 11, 9, 8, 7, 5, 4, 3, 2, 1, 1)
cluster <- rep(seq_along(sizes), sizes)
n <- length(cluster)
of_clusters <- c("north", "south", "south", "west", "north", "west")[(cluster - 1) %% 6 + 1]
role <- sample(c("manager", "practitioner", "support"), n, TRUE, c(0.2, 0.6, 0.2))
between <- rnorm(length(sizes), 0, 0.5)[cluster]
data <- rbind(
  set("Orthodont", Orthodont$Subject, Orthodont$Sex, Orthodont$distance),
  set("BodyWeight", BodyWeight$Rat, paste0("d", BodyWeight$Diet), BodyWeight$weight),
  set("areas", paste0("c", cluster), of_clusters, points(3.2 + between + (of_clusters == "south") * 0.4 + rnorm(n, 0, 0.8))),
  set("roles", paste0("c", cluster), role, points(3 + between + (role == "manager") * 0.3 + rnorm(n, 0, 0.8))),
  # Clusters that do not differ: the estimate lies at the edge, where the variance between clusters is 0.
  set("alike", paste0("c", cluster), role, points(3 + sin(seq_len(n) * 7) + (role == "support") * 0.2))
)

tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12), calc.derivs = FALSE, check.conv.singular = "ignore")
fit_means <- function(data, mine) {
  groups <- levels(mine$group)
  k <- length(groups)
  model <- lmer(score ~ 0 + group + (1 | cluster), mine, REML = TRUE, control = tight)
  variances <- as.data.frame(VarCorr(model))$vcov
  nested <- all(rowSums(table(mine$cluster, mine$group) > 0) == 1)
  by_lme <- lme(score ~ group, random = ~ 1 | cluster, data = mine, control = lmeControl(returnObject = TRUE))
  df <- anova(by_lme)["group", "denDF"]
  stopifnot(df == if (nested) nlevels(mine$cluster) - k else nrow(mine) - nlevels(mine$cluster) - (k - 1))
  wald(data, "mixed", fixef(model), as.matrix(vcov(model)), df, groups)
  note(data, c("between", "within", "icc"), "mixed", "", c(variances, variances[1] / sum(variances)))
  if (variances[1] > 0) {
    f <- anova(by_lme)["group", "F-value"]
    stopifnot(abs(f / found_f - 1) < 1e-4)
  }
  empty <- as.data.frame(VarCorr(lmer(score ~ 1 + (1 | cluster), mine, REML = TRUE, control = tight)))$vcov
  note(data, c("between", "within", "icc"), "empty", "", c(empty, empty[1] / sum(empty)))
}
wald <- function(data, method, means, covariance, df, groups) {
  k <- length(groups)
  contrast <- cbind(-1, diag(k - 1))
  d <- contrast %*% means
  found_f <<- as.numeric(t(d) %*% solve(contrast %*% covariance %*% t(contrast), d)) / (k - 1)
  note(data, c("F", "df_between", "df_within", "p"), method, "", c(found_f, k - 1, df, pf(found_f, k - 1, df, lower.tail = FALSE)))
  for (i in seq_len(k - 1)) for (j in (i + 1):k) {
    d <- means[i] - means[j]
    se <- sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])
    pair <- paste(groups[i], groups[j])
    note(data, c("difference", "se", "low", "high", "pair_p"), method, pair,
         c(d, se, d - qt(0.975, df) * se, d + qt(0.975, df) * se, 2 * pt(-abs(d / se), df)))
  }
}

for (name in unique(data$data)) {
  mine <- data[data$data == name, ]
  mine$group <- factor(mine$group)
  mine$cluster <- factor(mine$cluster)
  fit_means(name, mine)
  if (all(rowSums(table(mine$cluster, mine$group) > 0) == 1)) {
    by_cluster <- aggregate(score ~ cluster + group, mine, mean)
    by_cluster$n <- as.vector(table(mine$cluster)[as.character(by_cluster$cluster)])
    for (method in c("weighted", "unweighted")) {
      by_cluster$w <- if (method == "weighted") by_cluster$n else 1
      model <- lm(score ~ 0 + group, by_cluster, weights = w)
      wald(name, method, coef(model), vcov(model), df.residual(model), levels(mine$group))
      stopifnot(abs(anova(lm(score ~ group, by_cluster, weights = w))[1, "F value"] / found_f - 1) < 1e-10)
    }
  }
}
write.csv(data, file.path(folder, "cluster-scores.csv"), row.names = FALSE)
keep(folder, "clusters.csv")
