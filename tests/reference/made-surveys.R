# Surveys of which the maker knows the truth, computed from their exports with R and no code of the project:
#   Rscript tests/reference/made-surveys.R FOLDER     (Debian: r-cran-psych)
# reads FOLDER/truth.csv (what each answer to each item scores), FOLDER/groups.csv (categories), FOLDER/tested.csv (which
# groups are compared, `as` computed and as published) and FOLDER/SURVEY.csv, and writes FOLDER/by-r.csv: survey, quantity, scale, a, b, value.
#
# Reversed scores: psych::reverse.code. Alpha and items beside the rest: psych::alpha, which leaves out items without
# variance; with one of these, and of scores without any, Cronbach's formula. Games and Howell's pairs by ptukey.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "notes.R"))
need("psych")
folder <- commandArgs(TRUE)[1]
read <- function(name) read.csv(file.path(folder, name), colClasses = "character", na.strings = "", check.names = FALSE,
                                encoding = "UTF-8")
rows <- list()
note <- function(quantity, scale, a, b, value) {
  rows[[length(rows) + 1]] <<- list(current, quantity, scale, a, b, as.vector(value))
}
truth <- read("truth.csv")
categories <- read("groups.csv")
tested <- read("tested.csv")

pairs_of <- function(scale, grouping, samples) {
  names <- names(samples)
  k <- length(names)
  pooled <- sum(sapply(samples, function(x) sum((x - mean(x))^2))) / (sum(lengths(samples)) - k)
  for (i in seq_len(k - 1)) for (j in (i + 1):k) {
    x <- samples[[i]]
    y <- samples[[j]]
    pair <- paste(grouping, names[i], names[j], sep = "|")
    v <- c(var(x) / length(x), var(y) / length(y))
    df <- sum(v)^2 / sum(v^2 / (c(length(x), length(y)) - 1))
    unit <- sqrt(sum(v) / 2)
    d <- mean(x) - mean(y)
    note(c("difference", "pair_low", "pair_high", "pair_p", "d", "tukey_p"), scale, pair, "",
         c(d, d + c(-1, 1) * qtukey(0.95, k, df) * unit, ptukey(abs(d) / unit, k, df, lower.tail = FALSE),
           d / sqrt((var(x) + var(y)) / 2),
           ptukey(abs(d) / sqrt(pooled * (1 / length(x) + 1 / length(y)) / 2), k, sum(lengths(samples)) - k, lower.tail = FALSE)))
  }
}

consistency <- function(scale, items) {
  complete <- items[complete.cases(items), , drop = FALSE]
  n <- nrow(complete)
  k <- ncol(complete)
  note("complete", scale, "", "", n)
  if (n < 2 || k < 2 || var(rowSums(complete)) == 0) return()
  by_formula <- function(x) ncol(x) / (ncol(x) - 1) * (1 - sum(apply(x, 2, var)) / var(rowSums(x)))
  varies <- apply(complete, 2, var) > 0
  note("item_mean", scale, colnames(complete), "", colMeans(complete))
  note("item_sd", scale, colnames(complete), "", apply(complete, 2, sd))
  alpha <- by_formula(complete)
  if (all(varies) && k > 1) {
    result <- suppressWarnings(suppressMessages(psych::alpha(as.data.frame(complete), check.keys = FALSE, warnings = FALSE)))
    stopifnot(abs(result$total$raw_alpha - alpha) < 1e-10)
    alpha <- result$total$raw_alpha
    note("item_rest", scale, colnames(complete), "", result$item.stats$r.drop)
    if (k > 2) note("alpha_without", scale, colnames(complete), "", result$alpha.drop$raw_alpha)
    if (k > 2 && n > k + 1 && min(eigen(cor(complete))$values) > 1e-6) {
      one <- tryCatch(factanal(complete, 1, control = list(opt = list(factr = 1e4, maxit = 10000))), error = function(e) NULL)
      if (!is.null(one) && isTRUE(one$converged) && min(one$uniquenesses) > 0.006) {
        s <- apply(complete, 2, sd)
        common <- sum(one$loadings[, 1] * s)^2
        note("omega", scale, "", "", common / (common + sum(one$uniquenesses * s^2)))
        if (one$dof > 0) note(c("factor_statistic", "factor_df", "factor_p"), scale, "", "", c(one$STATISTIC, one$dof, one$PVAL))
      }
    }
  }
  note(c("alpha", "alpha_low", "alpha_high"), scale, "", "",
       c(alpha, 1 - (1 - alpha) * qf(c(0.975, 0.025), n - 1, (n - 1) * (k - 1))))
}

for (current in unique(truth$survey)) {
  export <- read(paste0(current, ".csv"))
  mine <- truth[truth$survey == current, ]
  groupings <- unique(categories$grouping[categories$survey == current])
  members <- lapply(setNames(groupings, groupings), function(g) {
    known <- categories[categories$survey == current & categories$grouping == g, ]
    factor(known$id[match(export[[g]], known$answer)], levels = known$id)
  })
  note("respondents", "", "", "", nrow(export))
  for (g in groupings) {
    count <- table(members[[g]])
    note("group_count", "", g, names(count), count)
    note("group_percent", "", g, names(count), 100 * count / sum(count))
  }
  welch <- list()
  for (scale in unique(mine$scale)) {
    names <- unique(mine$item[mine$scale == scale])
    raw <- asked <- matrix(NA, nrow(export), length(names), dimnames = list(NULL, names))
    keys <- integer()
    for (item in names) {
      known <- mine[mine$item == item, ]
      given <- export[[item]]
      scores <- as.numeric(known$score)
      raw[, item] <- scores[match(given, known$answer)]
      keys[item] <- if (is.na(known$reverse[1])) 1 else -1
      asked[, item] <- if (is.na(known$asked_group[1])) TRUE else export[[known$asked_grouping[1]]] %in% known$asked_group[1]
      raw[!asked[, item], item] <- NA
      base <- sum(!is.na(raw[, item]))
      note("item_n", scale, item, "", base)
      answers <- known[!is.na(known$score), ]
      if (base > 0) {
        share <- sapply(answers$answer, function(x) 100 * sum(given[!is.na(raw[, item])] == x) / base)
        note("answer", scale, item, answers$option, share)
        for (side in c("positive", "neutral", "negative")) note("side", scale, item, side, sum(share[answers$side == side]))
      }
      for (row in which(is.na(known$score)))
        note("missing", scale, item, known$option[row], 100 * sum(given[asked[, item]] %in% known$answer[row]) / sum(asked[, item]))
      note("missing", scale, item, "blank", 100 * sum(is.na(given[asked[, item]])) / sum(asked[, item]))
      note("asked", scale, item, "", sum(asked[, item]))
    }
    possible <- range(as.numeric(mine$score[mine$scale == scale]), na.rm = TRUE)
    items <- if (all(is.na(raw))) raw else
      psych::reverse.code(keys, raw, mini = rep(possible[1], length(names)), maxi = rep(possible[2], length(names)))
    items <- matrix(as.numeric(items), nrow(export), dimnames = list(NULL, names))
    answered <- rowSums(!is.na(items))
    half <- answered > 0 & answered >= rowSums(asked) / 2
    score <- ifelse(half, rowMeans(items, na.rm = TRUE), NA)
    one <- ifelse(answered > 0, rowMeans(items, na.rm = TRUE), NA)
    note(c("n", "any"), scale, "", "", c(sum(half), sum(answered > 0)))
    if (any(half)) note("mean", scale, "", "", mean(score, na.rm = TRUE))
    if (any(answered > 0)) note(c("mean_one", "mean_pooled"), scale, "", "", c(mean(one, na.rm = TRUE), mean(items, na.rm = TRUE)))
    consistency(scale, items)
    linked <- items[half, , drop = FALSE]
    if (sum(half) %in% 2:90 && all(colSums(!is.na(linked)) > 0)) {
      long <- data.frame(score = as.vector(linked), person = factor(row(linked)), item = factor(col(linked)))
      if (ncol(linked) > 1) {
        model <- lm(score ~ person + item, long[!is.na(long$score), ])
        if (!anyNA(coef(model))) note("mean_adjusted", scale, "", "", mean(predict(model, long)))
      } else note("mean_adjusted", scale, "", "", mean(linked))
    }
    for (g in groupings) {
      for (group in levels(members[[g]])) {
        x <- score[which(members[[g]] == group & half)]
        note("group_n", scale, g, group, length(x))
        if (length(x) > 0) note("group_mean", scale, g, group, mean(x))
        if (length(x) > 1) {
          interval <- if (var(x) > 1e-20) t.test(x)$conf.int else c(x[1], x[1])
          note(c("group_sd", "group_low", "group_high"), scale, g, group, c(sd(x), interval))
        }
      }
      for (as in unique(tested$as)) {
        taken <- tested$group[tested$survey == current & tested$scale == scale & tested$grouping == g & tested$as == as]
        if (length(taken) < 2) next
        told <- paste(as, g)
        samples <- lapply(setNames(taken, taken), function(group) score[which(members[[g]] == group & half)])
        y <- unlist(samples)
        by <- factor(rep(taken, lengths(samples)), levels = taken)
        w <- oneway.test(y ~ by)
        f <- w$statistic
        note(c("welch_f", "welch_between", "welch_within", "welch_p", "anova_p", "kruskal_p", "omega2"), scale, told, "",
             c(f, w$parameter, w$p.value, oneway.test(y ~ by, var.equal = TRUE)$p.value, kruskal.test(y, by)$p.value,
               max(0, w$parameter[1] * (f - 1) / (w$parameter[1] * (f - 1) + length(y)))))
        welch[[length(welch) + 1]] <- data.frame(as, scale, told, p = w$p.value)
        pairs_of(scale, told, samples)
      }
    }
  }
  welch <- do.call(rbind, welch)
  for (as in unique(welch$as)) {
    mine <- welch[welch$as == as, ]
    note("holm_all", mine$scale, mine$told, "", p.adjust(mine$p, "holm"))
    for (scale in unique(mine$scale)) {
      within <- mine[mine$scale == scale, ]
      note("holm_scale", scale, within$told, "", p.adjust(within$p, "holm"))
    }
  }
}

size <- sapply(rows, function(row) max(lengths(row)))
column <- function(i) unlist(Map(function(row, n) rep_len(row[[i]], n), rows, size))
values <- data.frame(survey = column(1), quantity = column(2), scale = column(3), a = column(4), b = column(5), value = column(6))
write.csv(transform(values, value = format(value, digits = 17, trim = TRUE, scientific = TRUE)),
          file.path(folder, "by-r.csv"), row.names = FALSE, quote = TRUE)
