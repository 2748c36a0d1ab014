# Tests of one score over groups, with base R only. Groups under ten, or without any spread, are not tested.

tested_groups <- function(score, group) {
  samples <- split(score[!is.na(score)], group[!is.na(score)])
  Filter(function(x) length(x) >= 10 && var(x) > 0, samples)
}

# p of Welch's analysis of variance.
welch_p <- function(samples) {
  oneway.test(values ~ ind, stack(samples), var.equal = FALSE)$p.value
}

# p of a pair by Games and Howell (1976): q = |d| / sqrt((s_a^2 / n_a + s_b^2 / n_b) / 2) on the studentised range of all
# tested groups, with Welch-Satterthwaite degrees of freedom.
games_howell_p <- function(samples, a, b) {
  n <- lengths(samples)[c(a, b)]
  e <- sapply(samples[c(a, b)], var) / n
  q <- abs(mean(samples[[a]]) - mean(samples[[b]])) / sqrt(sum(e) / 2)
  ptukey(q, length(samples), sum(e)^2 / sum(e^2 / (n - 1)), lower.tail = FALSE)
}
