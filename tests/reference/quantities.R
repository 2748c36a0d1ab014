# The quantities that rows of the register speak of, under the register's names; read from the export named by `given[1]`.

study <- dirname(dirname(given[1]))
table_of <- function(name) {
  read.csv(file.path(study, name), colClasses = "character", na.strings = character(), encoding = "UTF-8")
}
everybody <- all_responses(given[1])
export <- complete_responses(given[1])

# Respondents' groups by id: the answer's, and for structural integration the area's level.
answers <- table_of("categories.csv")
areas <- table_of("areas.csv")
members <- lapply(setNames(nm = c("service", "sector", "role", "tenure", "local_authority")), function(k) {
  mine <- answers[answers$question == k, ]
  factor(mine$id[match(export[[k]], mine$answer)], mine$id)
})
members$integration <- factor(areas$integration[match(members$local_authority, areas$id)],
                              answers$id[answers$question == "integration"])
groupings <- c("service", "sector", "role", "tenure", "integration")

items <- lapply(setNames(nm = scales), function(s) rating_columns(export, s))
ratings <- lapply(unlist(unname(items)), function(column) unname(points[export[[column]]]))
scores <- lapply(setNames(nm = scales), function(s) scale_score(export, s))
samples <- lapply(scores, function(score) lapply(members[groupings], function(group) tested_groups(score, group)))

half_up <- function(x, decimals) floor(round(x * 10^decimals, 8) + 0.5) / 10^decimals
share <- function(meets) 100 * mean(meets, na.rm = TRUE)
change <- function(s, p, side) share(directions[export[[change_column(s, p)]]] == side)
pairs_of <- function(s, k) combn(names(samples[[s]][[k]]), 2, simplify = FALSE)

# The register's vocabulary.
words <- list(
  scales = scales, groupings = groupings, periods = periods,
  n_complete = nrow(export),
  n_incomplete = sum(everybody$Finished == "False"),
  n_open_answer = sum(rowSums(export[grep("_open_", names(export))] != "") > 0),
  n_participants = sum(as.integer(table_of("participants.csv")$participants)),
  r0 = function(x) half_up(x, 0),
  r2 = function(x) half_up(x, 2),
  items = function(s) names(items[[s]]),
  categories = function(k) levels(members[[k]]),
  n = function(k, g) sum(members[[k]] == g, na.rm = TRUE),
  pct = function(k, g) 100 * words$n(k, g) / nrow(export),
  answering = function(s) sum(rowSums(!is.na(as.data.frame(ratings[names(items[[s]])]))) > 0),
  pct_positive = function(i) share(ratings[[i]] >= 4),
  pct_negative = function(i) share(ratings[[i]] <= 2),
  pct_good = function(i) share(ratings[[i]] == 4),
  pct_very_good = function(i) share(ratings[[i]] == 5),
  pct_improved = function(s, p) change(s, p, "improved"),
  pct_worse = function(s, p) change(s, p, "worse"),
  pct_no_change = function(s, p) change(s, p, "no_change"),
  mean = function(s) mean(scores[[s]], na.rm = TRUE),
  group_mean = function(s, k, g) mean(scores[[s]][which(members[[k]] == g)], na.rm = TRUE),
  pairs = pairs_of,
  p_pair = function(s, k, a, b) games_howell_p(samples[[s]][[k]], a, b),
  p_welch = function(s, k) welch_p(samples[[s]][[k]]),
  p_min = function(s, k) min(words$p_welch(s, k), sapply(pairs_of(s, k), function(x) words$p_pair(s, k, x[1], x[2])))
)
