// Covers this screen when it is locked, and opens it again with everything as it was. The server is what locks:
// a page covers itself earlier at most, and uncovers only on the server’s word.

const SECOND = 1000;
const WARN_BEFORE = 60 * SECOND;
const IDLE = 15 * 60 * SECOND;
const PIN_DIGITS = 6;
const TRY_AGAIN = 3 * SECOND;
const LOCKING = "stepwell-locking";
const LOCKING_LASTS = 60 * SECOND;
const NO_ANSWER = "The clinic’s server does not answer, so the screen stays locked. Try again; chart on paper until then.";

const root = document.documentElement;
const dialog = document.querySelector("[data-lock]");

function csrfToken() {
  const cookie = /(?:^|; )(?:__Host-)?stepwell-csrf=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

function ask(url, options = {}) {
  const headers = { Accept: "application/json", ...(options.method ? { "X-CSRFToken": csrfToken() } : {}) };
  return fetch(url, { ...options, headers, credentials: "same-origin", cache: "no-store", redirect: "manual" });
}

/** Keys on the screen for fingers, and no button to press after the sixth digit. */
function pinKeys(form) {
  const pin = form.querySelector("[name=pin]");
  if (!pin) return;
  const keys = form.querySelector("[data-unlock-keys]");
  form.querySelector("[data-unlock-password]").addEventListener("toggle", ({ target }) => target.open && form.querySelector("[name=password]").focus());
  if (matchMedia("(pointer: coarse)").matches) {
    keys.hidden = false;
    pin.inputMode = "none";
  }
  const whole = () => pin.value.length === PIN_DIGITS && form.requestSubmit();
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    if (key.value === "back") pin.value = pin.value.slice(0, -1);
    else if (pin.value.length < PIN_DIGITS) pin.value += key.value;
    whole();
  });
  pin.addEventListener("input", () => {
    pin.value = pin.value.replace(/[^0-9]/g, "");
    whole();
  });
}

function focusFirst(form) {
  const pin = form.querySelector("[data-unlock-pin]:not([hidden]) input");
  (pin ?? form.querySelector("[name=password]")).focus();
}

function screenLock() {
  const { who, ask: askUrl, stay: stayUrl, lockNow: lockUrl } = dialog.dataset;
  const warning = document.querySelector("[data-lock-warning]");
  const title = document.title;
  const channel = new BroadcastChannel("stepwell-screen");
  const endsAt = Date.now() + Number(dialog.dataset.endsIn) * SECOND;
  let deadline = Date.now() + Number(dialog.dataset.secondsLeft) * SECOND;

  let form = null;
  let refused = null;

  /** The form waits outside the page until it is needed. */
  function prepared() {
    if (form) return;
    dialog.firstElementChild.append(dialog.querySelector("[data-lock-form]").content);
    form = dialog.querySelector("[data-unlock]");
    refused = dialog.querySelector("[data-unlock-refused]");
    pinKeys(form);
    form.addEventListener("submit", unlock);
  }

  const isCovered = () => "locked" in root.dataset;

  function cover(sentence = "") {
    prepared();
    refused.textContent = sentence;
    warn(false);
    if (isCovered()) return;
    root.dataset.locked = "";
    document.title = "Locked";
    form.reset();
    if (!dialog.open) dialog.showModal();
    focusFirst(form);
    document.dispatchEvent(new CustomEvent("screen:locked"));
  }

  function uncover(secondsLeft) {
    deadline = Math.min(Date.now() + secondsLeft * SECOND, endsAt);
    localStorage.removeItem(LOCKING);
    if (!isCovered()) return;
    delete root.dataset.locked;
    document.title = title;
    form.reset();
    dialog.close();
    document.dispatchEvent(new CustomEvent("screen:unlocked"));
  }

  /** What the server says of this screen; without an answer it stays as it is. */
  async function learn() {
    let answer;
    try {
      answer = await ask(askUrl);
    } catch {
      return;
    }
    if (answer.type === "opaqueredirect") ended();
    else if (answer.status === 423) cover();
    else if (answer.ok) {
      const { seconds_left: secondsLeft, who: signedIn } = await answer.json();
      if (signedIn === who) uncover(secondsLeft);
      else cover("Somebody else is signed in on this device now. Reload the page to go on as them.");
    }
  }

  /** The login is over. What was typed goes into the sign-in page, sealed, and comes back to the same person. */
  function ended() {
    const typed = [...document.querySelectorAll("main form[method=post]")].find(isTyped);
    if (!typed) {
      window.location.reload(); // what was charted waits in the store of this device
      return;
    }
    const only = document.createElement("input");
    Object.assign(only, { type: "hidden", name: "only_keep", value: "1" });
    typed.append(only);
    HTMLFormElement.prototype.submit.call(typed);
  }

  async function unlock(event) {
    event.preventDefault();
    if (form.dataset.busy !== undefined) return;
    form.dataset.busy = "";
    try {
      const body = new URLSearchParams(new FormData(form));
      body.set("csrfmiddlewaretoken", csrfToken());
      await opened(await ask(form.action, { method: "POST", body }));
    } catch {
      silent();
    } finally {
      delete form.dataset.busy;
    }
  }

  function silent() {
    refused.textContent = NO_ANSWER;
    refused.dataset.silent = "";
  }

  async function opened(answer) {
    if (answer.type === "opaqueredirect") {
      ended();
      return;
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      uncover(said.seconds_left);
      channel.postMessage({ who, kind: "open" });
      return;
    }
    form.reset();
    delete refused.dataset.silent;
    refused.textContent = said.sentence ?? "That did not work. Reload the page, then unlock it.";
    if (said.takes_pin === false) usePassword();
    focusFirst(form);
  }

  function usePassword() {
    const [pin, other] = [form.querySelector("[data-unlock-pin]"), form.querySelector("[data-unlock-password]")];
    if (pin) pin.hidden = true;
    other.open = true;
    other.querySelector("summary").hidden = true;
  }

  /**
   * Covered at once; the server is told, again and again if it has to be. Whoever leaves the page meanwhile finds the
   * next one covered too, even one that the server had drawn just before it locked.
   */
  async function lockNow() {
    cover();
    localStorage.setItem(LOCKING, JSON.stringify({ who, at: Date.now() }));
    channel.postMessage({ who, kind: "locked" });
    while (isCovered()) {
      try {
        const answer = await ask(lockUrl, { method: "POST", keepalive: true });
        if (answer.type === "opaqueredirect" || answer.status < 500) {
          localStorage.setItem(LOCKING, JSON.stringify({ who, at: Date.now(), isTold: true }));
          if ("silent" in refused.dataset) refused.textContent = "";
          return;
        }
      } catch {
        // Without the network the cover stays; the server locks by itself when nobody is heard of.
        if (isCovered() && !refused.textContent) silent();
      }
      await new Promise((resolve) => { setTimeout(resolve, TRY_AGAIN); });
    }
  }

  function warn(isNear) {
    if (isNear === warning.childElementCount > 0) return;
    if (!isNear) {
      warning.replaceChildren();
      return;
    }
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: "Stay" });
    button.addEventListener("click", async () => {
      const answer = await ask(stayUrl, { method: "POST" }).catch(() => null);
      if (answer?.ok) uncover((await answer.json()).seconds_left);
      warn(false);
    });
    const words = document.createElement("span");
    words.textContent = "This screen locks within a minute. What you typed stays.";
    warning.replaceChildren(words, button);
  }

  function tick() {
    if (isCovered()) return;
    const left = deadline - Date.now();
    warn(left > 0 && left <= WARN_BEFORE);
    if (left > 0) return;
    cover();
    learn();
  }

  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => isCovered() && dialog.showModal());
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-locks]")) return;
    event.preventDefault();
    lockNow();
  });
  document.addEventListener("screen:refused", () => cover());
  document.addEventListener("screen:tapped", () => { deadline = Math.min(Date.now() + IDLE, endsAt); });
  document.addEventListener("htmx:beforeOnLoad", (event) => event.detail.xhr.status === 423 && cover());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tick());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    cover();
    learn();
  });
  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "locked" && data.who === who) cover();
    else learn();
  });
  const locking = JSON.parse(localStorage.getItem(LOCKING));
  const isLocking = locking?.who === who && Date.now() - locking.at < LOCKING_LASTS;
  if (isLocking && locking.isTold) {
    cover();
    learn();
  } else if (isLocking) lockNow();
  else channel.postMessage({ who, kind: "open" });
  setInterval(tick, SECOND);
}

function isTyped(form) {
  return [...form.elements].some((field) => {
    if (field.type === "hidden" || !field.name) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  });
}

if (dialog) {
  screenLock();
} else {
  localStorage.removeItem(LOCKING);
  const form = document.querySelector("[data-unlock]");
  pinKeys(form);
  focusFirst(form);
}
