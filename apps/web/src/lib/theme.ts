/** Light or dark: what the person chose, else what the system says. */
export type Theme = "light" | "dark" | "system";

const KEY = "sdp-theme";
const dark = "(prefers-color-scheme: dark)";

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(theme: Theme): void {
  const resolved = theme === "system" ? (window.matchMedia(dark).matches ? "dark" : "light") : theme;
  document.documentElement.dataset["theme"] = resolved;
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme(theme);
}

/** Apply the theme now and follow the system while nothing else was chosen. */
export function followTheme(): void {
  applyTheme(chosenTheme());
  window.matchMedia(dark).addEventListener("change", () => {
    if (chosenTheme() === "system") applyTheme("system");
  });
}
