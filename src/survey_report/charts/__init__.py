"""Charts as pure functions over tidy frames: each takes numbers that may be shown and returns a Matplotlib figure."""
