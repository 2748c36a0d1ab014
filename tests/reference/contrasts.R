# Two independent groups and the standardised change, base R only:
#   Rscript tests/reference/contrasts.R FOLDER
# writes FOLDER/contrast-answers.csv (the data) and FOLDER/contrasts.csv (the values).
#
# Means: t.test (Welch). Shares: Newcombe's method 10 from the Wilson intervals of prop.test without continuity correction.
# Standardised change: lm on the later wave, predict for the earlier one, HC2 covariance from lm's own hat values.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
folder <- commandArgs(TRUE)[1]
set.seed(23)
sample_wave <- function(n, shares, shift) {
  service <- sample(c("a", "b", "c", "d"), n, TRUE, shares)
  role <- sample(c("front", "manager", "leader"), n, TRUE, c(0.6, 0.3, 0.1))
  effect <- c(a = 0, b = 0.4, c = -0.3, d = 0.1)[service] + c(front = 0, manager = 0.2, leader = 0.5)[role]
  score <- round(3 + effect + shift + rnorm(n, 0, ifelse(service == "b", 0.4, 0.9)), 4)
  score[runif(n) < 0.1] <- NA
  role[runif(n) < 0.08] <- NA
  data.frame(service, role, score)
}
earlier <- sample_wave(160, c(0.4, 0.2, 0.3, 0.1), 0)
later <- sample_wave(140, c(0.2, 0.4, 0.25, 0.15), 0.15)
answers <- rbind(cbind(data = "earlier", earlier), cbind(data = "later", later))
write.csv(answers, file.path(folder, "contrast-answers.csv"), row.names = FALSE, na = "")

names <- c("first", "second", "difference", "se", "df", "low", "high", "p")
contrast <- function(a, b) {
  test <- t.test(a, b)
  c(test$estimate, test$estimate[1] - test$estimate[2], test$stderr, test$parameter, test$conf.int, test$p.value)
}
note("means", names, "later", "earlier", contrast(later$score, earlier$score))
small <- earlier$score[earlier$service == "d"]
note("means", names, "d", "rest", contrast(small, earlier$score[earlier$service != "d"]))

wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
newcombe <- function(x1, n1, x2, n2) {
  p <- c(x1 / n1, x2 / n2)
  one <- wilson(x1, n1)
  two <- wilson(x2, n2)
  d <- p[1] - p[2]
  100 * c(p, d, d - sqrt((p[1] - one[1])^2 + (two[2] - p[2])^2), d + sqrt((one[2] - p[1])^2 + (p[2] - two[1])^2))
}
for (case in list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(0, 12, 30, 400), c(15, 15, 0, 15)))
  note("shares", names[c(1:3, 6:7)], paste(case[1:2], collapse = "/"), paste(case[3:4], collapse = "/"),
       do.call(newcombe, as.list(case)))

standardised <- function(formula) {
  old <- earlier[!is.na(earlier$score), ]
  new <- later[!is.na(later$score), ]
  for (name in c("service", "role")) {
    old[[name]][is.na(old[[name]])] <- "none"
    new[[name]][is.na(new[[name]])] <- "none"
  }
  model <- lm(formula, new)
  x <- model.matrix(model)
  bread <- solve(crossprod(x))
  hc2 <- bread %*% crossprod(x * residuals(model) / sqrt(1 - hatvalues(model))) %*% bread
  terms <- delete.response(terms(model))
  rows <- model.matrix(terms, old, xlev = model$xlevels)
  gaps <- predict(model, old) - old$score
  parts <- c(drop(colMeans(rows) %*% hc2 %*% colMeans(rows)), var(gaps) / nrow(old))
  se <- sqrt(sum(parts))
  df <- sum(parts)^2 / sum(parts^2 / c(df.residual(model), nrow(old) - 1))
  crude <- mean(new$score) - mean(old$score)
  c(crude, mean(gaps), crude - mean(gaps), se, df, mean(gaps) + c(-1, 1) * qt(0.975, df) * se,
    2 * pt(-abs(mean(gaps) / se), df))
}
columns <- c("crude", "adjusted", "composition", "adjusted_se", "adjusted_df", "adjusted_low", "adjusted_high",
             "adjusted_p")
note("standardised", columns, "service", "", standardised(score ~ service))
note("standardised", columns, "service role", "", standardised(score ~ service + role))
# Post-stratification by hand: earlier shares times later means.
shares <- prop.table(table(earlier$service[!is.na(earlier$score)]))
means <- tapply(later$score, later$service, mean, na.rm = TRUE)
note("post-stratified", "adjusted", "service", "", sum(shares * means) - mean(earlier$score, na.rm = TRUE))
keep(folder, "contrasts.csv")
