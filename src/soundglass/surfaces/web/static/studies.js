// @ts-check
/** Copying the links of a study. */

import { say } from "./api.js";

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  // The clipboard is for secure pages only: over plain HTTP from another machine one copies by hand.
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      button.textContent = "Copied";
      say("The link is copied");
    } catch {
      button.closest(".invite")?.querySelector("input")?.select();
      say("The link is marked: copy it");
    }
  });
}
