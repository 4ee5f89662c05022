// Keeps one part of a page up to date: what is due must never stay silent, and what is old must never look new.
//
// [data-live] names the address of the part, [data-every] the seconds between two rounds, [data-zone] the clinic's
// zone, [data-look] the note of what the trail already has. A part marked [data-forget] is taken off the screen when nobody may see it any more.

const SECOND = 1000;
const IN_USE = 10 * SECOND;
const PATIENCE = 8 * SECOND;
const OLD = 20 * SECOND;
const LOOK = "X-Look";
const LOCKED = 423;
const ENDED = new Set([401, 403, 404, LOCKED]);

const part = document.querySelector("[data-live]");
const trouble = document.querySelector("[data-live-trouble]");
const again = document.querySelector("[data-live-again]");
let touchedAt = -Infinity;
let freshAt = Date.now();

/** Somebody who is typing or pressing something is left alone for a moment. */
function isInUse() {
  return part.contains(document.activeElement) && performance.now() - touchedAt < IN_USE;
}

function say(sentence) {
  trouble.hidden = !sentence;
  if (trouble.textContent !== sentence) trouble.textContent = sentence;
}

/** The time of day in the clinic's zone, as everything else on the page says it. */
function clock(moment) {
  return new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: part.dataset.zone }).format(moment).toLowerCase();
}

/** Where the focus stands, in words that find the same thing again. */
function focused() {
  const element = document.activeElement;
  if (!part.contains(element)) return null;
  const form = element.closest("form");
  if (element.matches("a[href]")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  return form ? `form[action="${CSS.escape(form.getAttribute("action"))}"] button` : null;
}

function show(markup) {
  const fresh = new DOMParser().parseFromString(markup, "text/html");
  const where = focused();
  const unfolded = [...part.querySelectorAll("details[id][open]")].map((one) => one.id);
  part.replaceChildren(...fresh.body.childNodes);
  for (const one of part.querySelectorAll("details[id]")) one.open ||= unfolded.includes(one.id);
  if (where) part.querySelector(where)?.focus({ preventScroll: true });
  freshAt = Date.now();
  say("");
  again.hidden = true;
}

/** Locked, signed out or no longer allowed. Rounds go on: once the screen is open again, so is the part. */
function end() {
  if ("forget" in part.dataset) part.replaceChildren();
  say("This screen is locked or signed out, and what it showed may have changed.");
  again.hidden = false;
}

async function refresh() {
  if (document.hidden || isInUse() || "locked" in document.documentElement.dataset) return;
  const answer = await fetch(part.dataset.live, {
    headers: { Accept: "text/html", [LOOK]: part.dataset.look }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === LOCKED && document.querySelector("[data-lock]")) {
    document.dispatchEvent(new CustomEvent("screen:refused"));
    return;
  }
  if (answer.type === "opaqueredirect" || ENDED.has(answer.status)) {
    end();
    return;
  }
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  part.dataset.look = answer.headers.get(LOOK) ?? part.dataset.look;
  const markup = await answer.text();
  if (!isInUse()) show(markup);
}

async function round() {
  try {
    await refresh();
  } catch {
    // The next round tries again; until then the page says how old it is.
    if (Date.now() - freshAt > OLD) say(`Not connected. This is how it was at ${clock(freshAt)}.`);
  }
}

if (part) {
  const every = Number(part.dataset.every) * SECOND;
  for (const kind of ["pointerdown", "keydown", "input"]) part.addEventListener(kind, () => { touchedAt = performance.now(); });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && round());
  window.addEventListener("pageshow", (event) => event.persisted && round());
  setInterval(round, every);
}
