// Says that scripts run, before anything is shown: styles that need them wait for it.
document.documentElement.classList.add("js");
