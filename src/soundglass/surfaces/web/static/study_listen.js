// @ts-check
/** The sounds of a step: one plays at a time, and it is counted how much of each was heard. */

import { says, secondsText } from "./study_words.js";

const PLAY = "M25 19v26l21-13z", PAUSE = "M23 19h7v26h-7zM34 19h7v26h-7z";

/** What can be heard on a page, and how much of it was. */
class Sound {
  /** @param {HTMLElement} card */
  constructor(card) {
    this.card = card;
    this.name = card.dataset.sound ?? "";
    this.label = card.dataset.label ?? "";
    this.must = Number(card.dataset.must);
    this.before = Number(card.dataset.before);
    this.audio = /** @type {HTMLAudioElement} */ (card.querySelector("audio"));
    this.button = /** @type {HTMLButtonElement} */ (card.querySelector("button"));
    this.seek = /** @type {HTMLInputElement | null} */ (card.querySelector(".seek"));
    this.audio.volume = Math.min(1, 10 ** (Number(card.dataset.gain) / 20));
    this.starts = true;
    this.left = 0;
  }

  /** Seconds heard: the stretches played on this page, none counted twice, and those of before. */
  get heard() {
    return this.before + this.left + played(this.audio);
  }

  /** Seconds that are still to be heard; the end of a short track is the end. */
  get missing() {
    const length = Number.isFinite(this.audio.duration) ? this.audio.duration : Infinity;
    // A player stops a few hundredths before the length that the file names.
    return Math.max(0, Math.min(this.must, length - 0.1) - this.heard);
  }

  /** Load the sound anew, and go on where it was. @param {string} [address] */
  load(address = this.audio.src) {
    const at = this.audio.currentTime;
    this.left += played(this.audio);
    this.audio.src = address;
    this.audio.currentTime = at;
  }

  /** Where the sound cannot be played as it is, ask for WAV, once. */
  turnToWav() {
    const address = new URL(this.audio.src);
    if (this.audio.error?.code === MediaError.MEDIA_ERR_NETWORK || address.searchParams.has("as")) return false;
    address.searchParams.set("as", "wav");
    this.load(address.href);
    return true;
  }
}

/** @param {HTMLAudioElement} audio */
function played(audio) {
  let sum = 0;
  for (let at = 0; at < audio.played.length; at += 1) sum += audio.played.end(at) - audio.played.start(at);
  return sum;
}

/**
 * Make the sounds of a step playable.
 * @param {HTMLElement} step
 * @param {() => void} changed Told whenever more was heard.
 */
export function listening(step, changed) {
  const sounds = [.../** @type {NodeListOf<HTMLElement>} */ (step.querySelectorAll("[data-sound]"))].map(
    (card) => new Sound(card),
  );
  for (const sound of sounds) connect(sound, sounds, changed);
  return {
    /** Seconds of each sound, by its name. */
    heard: () => Object.fromEntries(sounds.map((one) => [one.name, Math.round(one.heard * 1000) / 1000])),
    /** What has to be heard before an answer, and was not. */
    missing: () => sounds.filter((one) => one.missing > 0),
    /** Whether anything plays. */
    plays: () => sounds.some((one) => !one.audio.paused),
    pause: () => sounds.forEach((one) => one.audio.pause()),
    /** Count what was heard before, on this device. @param {Record<string, number>} heard */
    recall(heard) {
      for (const one of sounds) {
        one.before = Math.max(one.before, heard[one.name] ?? 0);
        draw(one);
      }
    },
  };
}

/** @param {Sound} sound @param {Sound[]} sounds @param {() => void} changed */
function connect(sound, sounds, changed) {
  const { audio, button, seek } = sound;
  button.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    for (const other of sounds) if (other !== sound) other.audio.pause();
    start(sound);
  });
  for (const kind of ["timeupdate", "pause", "ended", "durationchange"]) {
    audio.addEventListener(kind, () => (draw(sound), changed()));
  }
  audio.addEventListener("playing", () => (press(sound, true), tell(sound)));
  audio.addEventListener("pause", () => press(sound, false));
  audio.addEventListener("error", () => failed(sound));
  seek?.addEventListener("input", () => {
    sound.starts = false;
    audio.currentTime = Number(seek.value);
    draw(sound);
  });
  draw(sound);
}

/** @param {Sound} sound */
function start(sound) {
  const { audio } = sound;
  if (audio.error) sound.load();
  // Who comes back goes on where the track was left, so that no second counts twice.
  if (sound.starts && sound.before > 0 && sound.seek) {
    const length = Number(sound.seek.max);
    audio.currentTime = sound.before < length - 1 ? sound.before : 0;
  }
  sound.starts = false;
  press(sound, true);
  audio.play().catch(() => press(sound, !audio.paused));
}

/** @param {Sound} sound */
function failed(sound) {
  press(sound, false);
  if (sound.turnToWav()) return start(sound);
  const told = sound.card.querySelector("[data-told]");
  told?.setAttribute("role", "alert");
  if (told) told.textContent = says("gate-broken");
}

/** @param {Sound} sound @param {boolean} pressed */
function press(sound, pressed) {
  sound.button.setAttribute("aria-pressed", String(pressed));
  sound.button.querySelector(".sign")?.setAttribute("d", pressed ? PAUSE : PLAY);
}

/** @param {Sound} sound */
function draw(sound) {
  const { audio, card, seek } = sound;
  if (seek) {
    if (Number.isFinite(audio.duration)) seek.max = audio.duration.toFixed(1);
    if (!sound.starts) seek.value = String(audio.currentTime);
    seek.setAttribute("aria-valuetext", `${clock(Number(seek.value))} / ${clock(Number(seek.max))}`);
  }
  const share = sound.must > 0 ? 100 * Math.min(1, sound.missing > 0 ? sound.heard / sound.must : 1) : 0;
  card.querySelector(".done")?.setAttribute("stroke-dasharray", `${share.toFixed(1)} 200`);
  card.classList.toggle("is-heard", sound.must > 0 && sound.missing === 0);
  if (!audio.error) tell(sound);
}

/** @param {Sound} sound */
function tell(sound) {
  const told = sound.card.querySelector("[data-told]");
  if (!told) return;
  told.removeAttribute("role");
  if (sound.must === 0) return void (told.textContent = "");
  const heard = secondsText(Math.min(sound.heard, sound.must), sound.must);
  const must = secondsText(sound.must, sound.must);
  told.textContent = sound.missing > 0 ? says("gate-heard", { heard, must }) : says("gate-enough");
}

/** @param {number} seconds */
function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
