// @ts-check
/** What the system shows of what plays, and its media keys. */

const STEP_S = 5;

/**
 * Take the system's media keys whenever a recording plays, and say what it is.
 * @param {HTMLMediaElement} audio
 * @param {DOMStringMap} about Title, artist, album and the cover's address.
 * @param {{seek: (seconds: number) => void, now: () => number}} player
 */
export function takeMediaKeys(audio, about, player) {
  if (!("mediaSession" in navigator)) return;
  const { title = "", artist = "", album = "", cover = "" } = about;
  const artwork = cover ? [{ src: cover, sizes: "320x320" }] : [];
  /** @type {[MediaSessionAction, (details: MediaSessionActionDetails) => void][]} */
  const actions = [
    ["play", () => audio.play()], ["pause", () => audio.pause()],
    ["seekbackward", () => player.seek(player.now() - STEP_S)], ["seekforward", () => player.seek(player.now() + STEP_S)],
    ["seekto", (details) => player.seek(details.seekTime ?? 0)],
  ];
  audio.addEventListener("play", () => {
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album, artwork });
    for (const [name, act] of actions) navigator.mediaSession.setActionHandler(name, act);
  });
}
