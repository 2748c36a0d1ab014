# Reads the register's rules as R: a few substitutions turn a rule into an R expression, which R parses and evaluates.
#
# `sum(f(i) for i in SET if CONDITION)` becomes `sum(f(i), c(i) ~ SET, CONDITION)`, which `reducers` know how to sum.
as_r <- function(rule) {
  text <- trimws(sub("#.*", "", rule))
  text <- sub("^(\\S+) < (.*) <= (\\S+)$", "\\1 < \\2 and \\2 <= \\3", text)
  text <- gsub("(\\w+) not in (\\(.*?\\))", "!(\\1 %in% c\\2)", text, perl = TRUE)
  text <- gsub(" for (\\w+), (\\w+) in ", ", c(\\1, \\2) ~ ", text)
  text <- gsub(" for (\\w+) in ", ", c(\\1) ~ ", text)
  text <- gsub(" if ", ", ", text)
  text <- gsub(" and ", " && ", text)
  parse(text = text, keep.source = FALSE)[[1]]
}

is_loop <- function(step) is.call(step) && identical(step[[1]], as.name("~"))

# Every value of `what` as the steps run: a loop binds its names to each member of a set, anything else is a condition.
each <- function(what, steps, scope) {
  if (length(steps) == 0) return(list(eval(what, scope)))
  step <- steps[[1]]
  if (!is_loop(step)) return(if (eval(step, scope)) each(what, steps[-1], scope))
  bind <- function(member) list2env(setNames(as.list(member), all.vars(step[[2]])), parent = scope)
  unlist(lapply(eval(step[[3]], scope), function(member) each(what, steps[-1], bind(member))), recursive = FALSE)
}

reducing <- function(reduce) function(...) {
  given <- eval(substitute(alist(...)))
  looped <- length(given) > 1 && is_loop(given[[2]])
  if (looped) reduce(unlist(each(given[[1]], given[-1], parent.frame()))) else reduce(...)
}
reducers <- list(
  sum = reducing(sum), min = reducing(min), max = reducing(max), all = reducing(all), any = reducing(any), len = length,
  "+" = function(x, y) if (is.character(x)) c(x, y) else x + y
)

# What a rule sets beside the printed values: the left sides of its comparisons with `value` and `value_high`.
beside_value <- function(expression) {
  parts <- as.list(expression)
  if (identical(parts[[1]], as.name("&&"))) return(unlist(lapply(parts[-1], beside_value)))
  if (as.character(parts[3]) %in% c("value", "value_high")) parts[2]
}
