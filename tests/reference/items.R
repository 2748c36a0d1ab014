# The items of a scale: reliability, one factor, and means adjusted for answers that are missing:
#   Rscript tests/reference/items.R FOLDER     (Debian: r-cran-psych)
# writes FOLDER/item-answers.csv (the data) and FOLDER/items.csv (the values).
#
# attitude comes with R (Chatterjee and Price 1977). "survey" is made here: five points, a fifth of answers missing, and the
# more often the lower an item is rated. Alpha and Feldt's interval: psych::alpha. Loadings: factanal (maximum likelihood).
# Omega: McDonald's formula from these. Adjusted means: lm(score ~ person + item), predicted for every cell.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("psych")
folder <- commandArgs(TRUE)[1]
set.seed(47)
persons <- 90
trait <- rnorm(persons)
easy <- c(0.6, 0.2, -0.1, -0.4, -1, 0.3)
strength <- c(0.8, 0.7, 0.6, 0.5, 0.7, 0.3)
survey <- sapply(1:6, function(item) {
  score <- pmin(5, pmax(1, round(3.2 + easy[item] + strength[item] * trait + rnorm(persons, 0, 0.7))))
  ifelse(runif(persons) < 0.15 - 0.12 * easy[item], NA, score)
})
sets <- list(attitude = as.data.frame(attitude), survey = as.data.frame(survey), three = as.data.frame(attitude)[2:4])
names(sets$survey) <- paste0("i", 1:6)

rows <- list()
for (data in names(sets)) {
  items <- sets[[data]]
  rows[[data]] <- data.frame(data, person = rep(seq_len(nrow(items)), ncol(items)), item = rep(names(items), each = nrow(items)),
                             score = unlist(items, use.names = FALSE))
  complete <- items[complete.cases(items), ]
  result <- suppressWarnings(suppressMessages(psych::alpha(complete)))
  alpha <- result$total$raw_alpha
  n <- nrow(complete)
  k <- ncol(complete)
  feldt <- 1 - (1 - alpha) * qf(c(0.975, 0.025), n - 1, (n - 1) * (k - 1))
  known <- result$feldt
  stopifnot(abs(feldt - c(known$lower.ci[[1]], known$upper.ci[[1]])) < 1e-10)
  note(data, c("n", "alpha", "alpha_low", "alpha_high"), "", "", c(n, alpha, feldt))
  note(data, "item_rest", names(items), "", result$item.stats$r.drop)
  note(data, "mean", names(items), "", result$item.stats$mean)
  note(data, "sd", names(items), "", result$item.stats$sd)
  if (k > 3) note(data, "alpha_without", names(items), "", result$alpha.drop$raw_alpha)
  factor <- factanal(complete, 1, control = list(opt = list(factr = 1e4)))
  loading <- factor$loadings[, 1] * sign(sum(factor$loadings[, 1]))
  sd <- sapply(complete, stats::sd)
  note(data, "loading", names(items), "", loading)
  note(data, "uniqueness", names(items), "", factor$uniquenesses)
  note(data, "omega", "", "", sum(loading * sd)^2 / (sum(loading * sd)^2 + sum(factor$uniquenesses * sd^2)))
  if (factor$dof > 0) note(data, c("statistic", "df", "p"), "", "", c(factor$STATISTIC, factor$dof, factor$PVAL))

  long <- rows[[data]]
  long$person <- factor(long$person)
  long$item <- factor(long$item, levels = names(items))
  answered <- droplevels(long[!is.na(long$score), ])
  model <- lm(score ~ person + item, answered)
  cells <- expand.grid(person = levels(answered$person), item = levels(answered$item))
  cells$fitted <- predict(model, cells)
  note(data, c("adjusted", "plain", "answers", "persons"), "", "",
       c(mean(cells$fitted), mean(tapply(answered$score, answered$person, mean)), nrow(answered), nlevels(answered$person)))
  note(data, "adjusted_item", levels(cells$item), "", tapply(cells$fitted, cells$item, mean))
  note(data, "adjusted_person", levels(cells$person), "", tapply(cells$fitted, cells$person, mean))
}
write.csv(do.call(rbind, rows), file.path(folder, "item-answers.csv"), row.names = FALSE)
keep(folder, "items.csv")
