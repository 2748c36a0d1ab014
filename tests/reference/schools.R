# The samples of Californian schools that come with survey, as surveys (GPL: the answers are not kept here):
#   Rscript tests/reference/schools.R FOLDER     (Debian: r-cran-survey, r-cran-lme4, r-cran-nlme)
# writes FOLDER/schools-answers.csv (three figures of each school cut to five points, the third saying the opposite of the
# others: apisrs, a simple random sample; apistrat, stratified by type; apiclus1, whole districts) and FOLDER/schools.csv.
#
# A school's score is the mean of its three points. Weights: raked to the types and targets of all 6,194 schools (apipop).
# Errors of means: the margins swept out by least squares, where svymean goes by ten steps (see weights.R). Districts: lme4,
# with nlme's degrees of freedom. Equivalence: two one-sided t tests by hand (Schuirmann 1987).
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("survey", "lme4", "nlme")
suppressMessages({
  library(survey)
  library(nlme)
  library(lme4)
})
folder <- commandArgs(TRUE)[1]
data(api)
points <- function(x, breaks) findInterval(x, breaks) + 1
answers <- do.call(rbind, lapply(c("apisrs", "apistrat", "apiclus1"), function(name) {
  x <- get(name)
  data.frame(sample = name, stype = as.character(x$stype), target = as.character(x$sch.wide), district = x$dnum,
             now = points(x$api00, c(550, 625, 700, 775)), before = points(x$api99, c(525, 600, 675, 750)),
             unschooled = points(x$not.hsg, c(5, 15, 25, 40)))
}))
write.csv(answers, file.path(folder, "schools-answers.csv"), row.names = FALSE)
answers$score <- (answers$now + answers$before + 6 - answers$unschooled) / 3

share <- function(name, values) note("margin", "share", paste(name, names(values)), "", 100 * prop.table(values))
share("stype", table(apipop$stype))
share("target", table(apipop$sch.wide))
for (name in c("apisrs", "apistrat")) {
  mine <- answers[answers$sample == name, ]
  total <- nrow(apipop)
  design <- svydesign(ids = ~1, weights = rep(total / nrow(mine), nrow(mine)), data = mine)
  raked <- rake(design, list(~stype, ~target),
                list(as.data.frame(table(stype = apipop$stype)), as.data.frame(table(target = apipop$sch.wide))),
                control = list(maxit = 1000, epsilon = 1e-13))
  w <- weights(raked)
  result <- svymean(~score, raked)
  weighted <- as.numeric(coef(result))
  residual <- residuals(lm(I((score - weighted) / sum(w)) ~ stype + target, mine))
  se <- sqrt(nrow(mine) / (nrow(mine) - 1) * sum((w * residual)^2))
  stopifnot(abs(se / SE(result) - 1) < 1e-3, max(w / mean(w)) > 0)
  ends <- weighted + c(-1, 1) * qt(0.975, nrow(mine) - 1) * se
  note(name, c("plain", "mean", "se", "low", "high", "design_effect", "effective_n", "largest"), "", "",
       c(mean(mine$score), weighted, se, ends, length(w) * sum(w^2) / sum(w)^2, sum(w)^2 / sum(w^2), max(w) / mean(w)))
}

mine <- answers[answers$sample == "apiclus1", ]
mine$district <- factor(mine$district)
mine$level <- factor(paste0("level-", (as.integer(mine$district) - 1) %% 3 + 1))
k <- nlevels(mine$level)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12), calc.derivs = FALSE, check.conv.singular = "ignore")
model <- lmer(score ~ 0 + level + (1 | district), mine, REML = TRUE, control = tight)
df <- anova(lme(score ~ level, random = ~ 1 | district, data = mine))["level", "denDF"]
wald <- function(method, means, covariance) {
  contrast <- cbind(-1, diag(k - 1))
  d <- contrast %*% means
  f <- as.numeric(t(d) %*% solve(contrast %*% covariance %*% t(contrast), d)) / (k - 1)
  note("apiclus1", c("f", "df", "p"), method, "", c(f, df, pf(f, k - 1, df, lower.tail = FALSE)))
}
wald("mixed", fixef(model), as.matrix(vcov(model)))
variances <- as.data.frame(VarCorr(model))$vcov
note("apiclus1", "icc", "mixed", "", variances[1] / sum(variances))
v <- as.matrix(vcov(model))
raw <- numeric()
for (i in 1:(k - 1)) for (j in (i + 1):k) {
  d <- fixef(model)[i] - fixef(model)[j]
  se <- sqrt(v[i, i] + v[j, j] - 2 * v[i, j])
  pair <- paste(levels(mine$level)[i], levels(mine$level)[j])
  raw[pair] <- 2 * pt(-abs(d / se), df)
  note("apiclus1", c("difference", "se", "low", "high", "pair_p"), "mixed", pair,
       c(d, se, d + c(-1, 1) * qt(0.975, df) * se, raw[pair]))
  for (bound in c(0.5, 1, 2))
    note("apiclus1", "equivalence_p", bound, pair, max(pt((d + bound) / se, df, lower.tail = FALSE), pt((d - bound) / se, df)))
}
note("apiclus1", "p_holm", "mixed", names(raw), p.adjust(raw, "holm"))
by_district <- aggregate(score ~ district + level, mine, mean)
by_district$n <- as.vector(table(mine$district)[as.character(by_district$district)])
for (method in c("plain", "weighted")) {
  by_district$w <- if (method == "weighted") by_district$n else 1
  means <- lm(score ~ 0 + level, by_district, weights = w)
  wald(method, coef(means), vcov(means))
}
keep(folder, "schools.csv")
