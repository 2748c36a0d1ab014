# Reference values for a scale with a reversed item and one that only some were asked, with psych (Debian: r-cran-psych):
#   Rscript tests/reference/routed.R FOLDER
# writes FOLDER/routed-answers.csv (one row a person: group, items from 1 to 5 as they were ticked, empty where there is
# no answer; `four` was put to women only) and FOLDER/routed.csv with what follows from them.
#
# Means are of persons who answered at least half of the items put to them; alpha and the correlations of an item with
# the rest are of those who answered all, with psych::alpha, whose `keys` turn the item `two`.
if (!requireNamespace("psych", quietly = TRUE)) quit(status = 77)
folder <- commandArgs(TRUE)[1]

set.seed(1951)
people <- 420
women <- rep(c(TRUE, FALSE), times = c(250, 170))
likes <- rnorm(people, ifelse(women, 0.3, 0))
ticked <- sapply(c(one = 1, two = -1, three = 1, four = 1), function(sign) {
  pmin(5, pmax(1, round(3 + sign * (0.4 + 0.8 * likes) + rnorm(people, 0, 0.8))))
})
ticked[matrix(runif(4 * people) < 0.12, people)] <- NA
ticked[!women, "four"] <- NA
group <- ifelse(women, "Women", "Men")

turned <- psych::reverse.code(c(1, -1, 1, 1), ticked, mini = rep(1, 4), maxi = rep(5, 4))
colnames(turned) <- colnames(ticked)
asked <- ifelse(women, 4, 3)
score <- rowMeans(turned, na.rm = TRUE)
score[rowSums(!is.na(turned)) < asked / 2] <- NA
complete <- as.data.frame(ticked[complete.cases(ticked), ])
found <- psych::alpha(complete, keys = c(1, -1, 1, 1), warnings = FALSE)

value <- function(what, item, number) data.frame(what, item, value = format(number, digits = 12))
values <- rbind(
  value("n", "", sum(!is.na(score))),
  value("mean", "", mean(score, na.rm = TRUE)),
  value("mean", "women", mean(score[women], na.rm = TRUE)),
  value("mean", "men", mean(score[!women], na.rm = TRUE)),
  value("p", "", t.test(score[women], score[!women])$p.value),
  value("complete", "", nrow(complete)),
  value("alpha", "", found$total$raw_alpha)
)
for (item in colnames(ticked)) {
  given <- ticked[!is.na(ticked[, item]), item]
  row <- sub("-$", "", rownames(found$item.stats)) == item
  values <- rbind(
    values,
    value("base", item, length(given)),
    value("positive", item, 100 * mean(given > 3)),
    value("neutral", item, 100 * mean(given == 3)),
    value("negative", item, 100 * mean(given < 3)),
    value("rest", item, found$item.stats$r.drop[row])
  )
}
write.csv(data.frame(group, ticked), file.path(folder, "routed-answers.csv"), row.names = FALSE, na = "", quote = FALSE)
write.csv(values, file.path(folder, "routed.csv"), row.names = FALSE, quote = FALSE)
