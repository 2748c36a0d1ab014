# Raking and weighted estimates:
#   Rscript tests/reference/weights.R FOLDER     (Debian: r-cran-survey)
# writes FOLDER/weight-respondents.csv (the data) and FOLDER/weights.csv (the values).
#
# apisrs: a simple random sample of 200 Californian schools that comes with the survey package (Lumley 2010, Complex Surveys).
# The margins, of all 6,194 schools by type and by whether the target was met, are not theirs: farther from the sample, they put
# raking to more work.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("survey")
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]
data(api)
schools <- with(apisrs, data.frame(stype = as.character(stype), sch.wide = as.character(sch.wide), api00, target,
                                   award = as.numeric(awards == "Yes")))
types <- c(E = 3097, H = 1858, M = 1239)
met <- c(No = 3716, Yes = 2478)
note("margin", "share", paste("stype", names(types)), "", 100 * types / sum(types))
note("margin", "share", paste("sch.wide", names(met)), "", 100 * met / sum(met))
design <- svydesign(ids = ~1, weights = rep(6194 / 200, 200), data = schools)
raked <- rake(design, list(~stype, ~sch.wide),
              list(data.frame(stype = names(types), Freq = types), data.frame(sch.wide = names(met), Freq = met)),
              control = list(maxit = 1000, epsilon = 1e-13))
w <- weights(raked)
note("raked", "weight", seq_along(w), "", w / mean(w))
note("raked", c("design_effect", "effective_n"), "", "", c(length(w) * sum(w^2) / sum(w)^2, sum(w)^2 / sum(w^2)))
for (largest in c(1.5, 3)) {
  trimmed <- weights(trimWeights(raked, upper = largest * mean(w), strict = TRUE))
  note("trimmed", largest, seq_along(w), "", trimmed / mean(trimmed))
}
estimate <- function(name, formula, of) {
  result <- svymean(formula, of, na.rm = TRUE)
  note("estimate", c("value", "se"), name, "", c(coef(result), SE(result)))
}
# svymean sweeps the margins out of the deviations ten times, which leaves 0.005 % here; least squares is where that leads.
swept <- function(y) {
  given <- !is.na(y)
  mean <- sum(w[given] * y[given]) / sum(w[given])
  deviation <- ifelse(given, y - mean, 0) / sum(w[given])
  residual <- residuals(lm(deviation ~ stype + sch.wide, schools))
  sqrt(200 / 199 * sum((w * residual)^2))
}
estimate("api00", ~api00, raked)
estimate("target", ~target, raked) # 19 are missing
estimate("award", ~award, raked)
estimate("api00 of M", ~api00, subset(raked, stype == "M"))
note("estimate", "se_swept", c("api00", "target", "award", "api00 of M"), "",
     c(swept(schools$api00), swept(schools$target), swept(schools$award), swept(ifelse(schools$stype == "M", schools$api00, NA))))
# Weights without raking: the same function of weights that are given.
plain <- svydesign(ids = ~1, weights = w, data = schools)
estimate("api00 by given weights", ~api00, plain)
estimate("target by given weights", ~target, plain)
# Wilson's interval with the effective size p (1 - p) / se^2.
p <- as.numeric(coef(svymean(~award, raked)))
n <- p * (1 - p) / swept(schools$award)^2
z <- qnorm(0.975)
note("estimate", c("low", "high"), "award", "",
     100 * (p + z^2 / (2 * n) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n))
note("estimate", c("low", "high"), "api00", "", coef(svymean(~api00, raked)) + c(-1, 1) * qt(0.975, 199) * swept(schools$api00))
write.csv(schools, file.path(folder, "weight-respondents.csv"), row.names = FALSE)
keep(folder, "weights.csv")
