// Progressive enhancement only: every page works without this file.
import { Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink, createAll } from "./govuk-frontend.min.js";

document.documentElement.classList.add("osn-js");
document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink]) {
  createAll(component);
}

// <button hidden data-osn-copy="#id"> copies the text of that element and says so.
for (const button of document.querySelectorAll("[data-osn-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.osnCopy).textContent.trim());
    button.textContent = button.dataset.osnCopied ?? button.textContent;
  });
}

// <button hidden data-osn-print> prints the page.
for (const button of document.querySelectorAll("[data-osn-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// On paper nothing is folded; afterwards everything is as it was.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:not([open])")];
  for (const details of unfolded) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of unfolded.splice(0)) details.open = false;
});

// <select data-osn-submit> sends its form when it changes; the form keeps its button for those without script.
for (const field of document.querySelectorAll("[data-osn-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// A form that was changed asks before the page is left: what was typed is never lost silently.
for (const form of document.querySelectorAll("form[data-osn-guard]")) {
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

// The page that checks a published list brings the script that does.
const verify = document.querySelector("[data-osn-verify]");
if (verify) import(verify.dataset.osnScript);
