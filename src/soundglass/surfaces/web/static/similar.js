// @ts-check
/** The switch and slider of recommendations as one control; and where the focus goes when they change. */

/** @returns {HTMLInputElement | null} */
const slider = () => /** @type {HTMLInputElement | null} */ (document.getElementById("mix-share"));

/** @returns {HTMLInputElement[]} */
const stops = () => Array.from(document.querySelectorAll("#mix input[name=by]"));

/** Where both recommenders have the same say, as far as it is known. */
function balance() {
  return document.getElementById("mix-balance")?.dataset.balance ?? "0.5";
}

/** Say what the slider stands for. */
function tell() {
  const share = slider();
  if (!share) return;
  const percent = Math.round(100 * Number(share.value));
  const names = new Map([[0, "features only"], [100, "spectrogram only"]]);
  share.setAttribute("aria-valuetext", names.get(percent) ?? `${percent} % spectrogram, ${100 - percent} % features`);
}

/**
 * Set the slider.
 * @param {string} value
 */
function slide(value) {
  const share = slider();
  if (!share) return;
  share.value = value;
  tell();
}

/** Follow the slider with the switch. */
function follow() {
  const share = Number(slider()?.value ?? 0);
  const wanted = share <= 0 ? "features" : share >= 1 ? "spectrogram" : "blend";
  for (const stop of stops()) stop.checked = stop.value === wanted;
  tell();
}

document.addEventListener("input", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.id === "mix-share") follow();
  else if (input.name === "by" && input.form?.id === "mix")
    slide({ features: "0", spectrogram: "1" }[input.value] ?? balance());
});

document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body && document.getElementById("similar-found"))
    document.getElementById("similar-summary")?.focus({ preventScroll: true });
});

/** Put the slider where the page says the list is. */
function start() {
  document.documentElement.classList.add("scripted");
  const share = slider()?.dataset.share;
  if (share) slide(share);
}

document.addEventListener("htmx:historyRestore", start);
start();
