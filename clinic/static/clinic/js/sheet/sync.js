// Has the server got everything, and what do other tablets say? Sends until acknowledged, then asks for the state.

import { SECOND, setClock } from "./time.js";

const BATCH = 50;
// A server that hangs is noticed within five seconds: one round between two questions, and then the time of no answer.
const POLL = 2.5 * SECOND;
const SLOW = 1.5 * SECOND;
const PATIENCE = 8 * SECOND;
const FIRST_RETRY = SECOND;
const LONGEST_RETRY = 30 * SECOND;
const LOCKED = 423;
const LOOK = "X-Look"; // what was already looked at, so that the trail is not filled by a page that stays open
const SENT_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * `onFate(record, fate)` tells what became of an entry, `onState(state)` brings the sheet as the server has it,
 * `onTrouble(kind, sentence)` says what keeps entries here: "down", "silent" (no answer yet), "signed-out", "locked" or
 * "refused"; null when nothing does. Nothing leaves the outbox without a fate.
 */
export function startSync({ outbox, urls, look: first, onFate, onState, onTrouble }) {
  let sending = false;
  let again = false;
  let wait = FIRST_RETRY;
  let retry = null;
  let asking = false;
  let look = first;

  const request = (url, options) => answerOf(url, options, () => onTrouble("silent", ""));
  const waiting = () => outbox.all().filter((record) => record.refused === null);

  async function send() {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    clearTimeout(retry);
    try {
      do {
        again = false;
        for (const [url, records] of grouped(waiting())) {
          for (let from = 0; from < records.length; from += BATCH) await post(url, records.slice(from, from + BATCH));
        }
      } while (again);
      wait = FIRST_RETRY;
      onTrouble(null);
    } catch (problem) {
      tell(problem);
      retry = setTimeout(send, wait);
      wait = Math.min(2 * wait, LONGEST_RETRY);
    } finally {
      sending = false;
    }
    await ask();
  }

  async function post(url, records) {
    const answer = await request(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(records.map((record) => record.entry)),
    });
    if (answer.status === 200) {
      const { entries, server_now: serverNow } = await answer.json();
      setClock(serverNow, answer.askedAt, answer.answeredAt);
      const fates = new Map(entries.map((fate) => [fate.id, fate]));
      for (const record of records) {
        const fate = fates.get(record.id);
        if (fate) await settle(record, fate);
      }
      return;
    }
    const unreadable = answer.status === 400 || answer.status === 413 || answer.status === 422;
    if (unreadable && records.length > 1) {
      for (const record of records) await post(url, [record]);
    } else if (unreadable) {
      const { sentence } = await answer.json().catch(() => ({}));
      await settle(records[0], { fate: "refused", sentence: sentence ?? "The server could not read this entry. Chart it again." });
    } else {
      throw kept(answer);
    }
  }

  async function settle(record, fate) {
    if (fate.fate === "refused") await outbox.refuse(record.id, fate.sentence ?? "The server refused this entry.");
    else await outbox.remove(record.id);
    onFate(record, fate);
  }

  async function ask() {
    if (asking || navigator.onLine === false || "locked" in document.documentElement.dataset) return;
    asking = true;
    try {
      const answer = await request(urls.state, { headers: { [LOOK]: look } });
      look = answer.headers.get(LOOK) ?? look;
      if (answer.status === 200) {
        const state = await answer.json();
        setClock(state.server_now, answer.askedAt, answer.answeredAt);
        onState(state);
      } else {
        tell(kept(answer));
      }
    } catch (problem) {
      tell(problem);
    } finally {
      asking = false;
    }
  }

  /** The next round tries again; until then the page says what is wrong. */
  function tell(problem) {
    if (problem instanceof Kept) onTrouble(problem.kind, problem.message);
    else onTrouble("down", "");
  }

  /** A sheet that nobody sees asks for nothing, but what waits is sent all the same. */
  async function beat() {
    if (waiting().length) await send();
    else if (document.visibilityState === "visible") await ask();
    setTimeout(beat, POLL);
  }

  document.addEventListener("screen:unlocked", send);
  window.addEventListener("online", send);
  window.addEventListener("offline", () => onTrouble("down", ""));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  beat();
  return { send };
}

/** Why the server did not take entries in, or did not show the sheet; they stay on this device. */
class Kept extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

async function answerOf(url, options, onSlow) {
  if (navigator.onLine === false) throw new Kept("down", "");
  const stop = new AbortController();
  const timers = [setTimeout(onSlow, SLOW), setTimeout(() => stop.abort(), PATIENCE)];
  const askedAt = Date.now();
  try {
    const answer = await fetch(url, {
      ...options, credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal,
    });
    answer.askedAt = askedAt;
    answer.answeredAt = Date.now();
    return answer;
  } finally {
    timers.forEach(clearTimeout);
  }
}

function kept(answer) {
  if (answer.status === LOCKED) return new Kept("locked", "This screen is locked. What you charted is kept on this device.");
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    return new Kept("signed-out", "You are signed out. What you charted is kept on this device.");
  }
  if (SENT_AGAIN.has(answer.status)) return new Kept("down", "");
  if (answer.status === 404) return new Kept("refused", "This session cannot be opened from here. What you charted is kept on this device.");
  return new Kept("refused", `The server answers ${answer.status}. What you charted is kept on this device.`);
}

function csrfToken() {
  const cookie = /(?:^|; )(?:__Host-)?stepwell-csrf=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

function grouped(records) {
  const groups = new Map();
  for (const record of records) groups.set(record.url, [...(groups.get(record.url) ?? []), record]);
  return groups;
}
