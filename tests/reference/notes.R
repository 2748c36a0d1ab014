# Keeps values under names for a table: data, quantity, a, b, value (twelve significant digits).
found <- list()
note <- function(data, quantity, a, b, value) {
  found[[length(found) + 1]] <<- data.frame(data, quantity, a, b, value = as.vector(value))
}
keep <- function(folder, name) {
  values <- do.call(rbind, found)
  values$value <- signif(values$value, 12)
  write.csv(values, file.path(folder, name), row.names = FALSE)
}
# Leaves with status 77 where a package (Debian: r-cran-...) is not installed.
need <- function(...) {
  for (package in c(...)) if (!requireNamespace(package, quietly = TRUE)) quit(status = 77)
}
# The root of a monotone function to twelve digits.
root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-13, maxiter = 10000)$root
