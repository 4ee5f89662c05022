// What every page gains from a script and can do without: colors, the search key, dialogs, toasts, focus on errors.

const YEAR_SECONDS = 365 * 24 * 60 * 60;

function themeSwitch() {
  const box = document.querySelector("[data-theme-switch]");
  if (!box) return;
  const saved = document.cookie.match(/(?:^|; )theme=(auto|light|dark)/);
  const chosen = saved ? saved[1] : "auto";
  box.querySelectorAll("input").forEach((input) => { input.checked = input.value === chosen; });
  box.hidden = false;
  box.addEventListener("change", (event) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${event.target.value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
    document.documentElement.dataset.bsTheme = event.target.value;
  });
}

function searchKey() {
  const find = document.getElementById("find");
  if (!find) return;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    find.focus();
  });
}

function menus() {
  const open = () => document.querySelector(".sw-menu[open]");
  document.addEventListener("click", (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = open();
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

function dialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
  });
}

function printers() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

function addClose(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sw-close";
  button.textContent = "Close";
  button.addEventListener("click", () => toast.remove());
  toast.append(button);
}

function say(sentence) {
  const toast = document.createElement("div");
  toast.className = "sw-toast";
  const words = document.createElement("span");
  words.textContent = sentence;
  toast.append(words);
  addClose(toast);
  document.querySelector("[data-toasts]")?.append(toast);
}

function failures() {
  document.addEventListener("htmx:sendError", () => say("The clinic’s server did not answer. Nothing was saved; try again."));
  document.addEventListener("htmx:responseError", () => say("That did not work. Nothing was saved; reload the page and try again."));
}

/** Without a network a form stays where it is, with what was typed; the browser would put a page of its own in its place. */
function formsOffline() {
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    say("There is no network. What you typed is still here; try again when it is back.");
  });
}

/** A refused form is the answer to what was sent. Whoever goes on from it and comes back asks for the page, not for that answer. */
function backToRefused() {
  if (!document.querySelector("[data-errors]")) return;
  const settle = () => history.replaceState(null, "", location.href);
  document.addEventListener("submit", settle);
  document.addEventListener("click", (event) => event.target.closest("a[href]:not([href^='#'])") && settle());
}

function focusErrors(root) {
  root.querySelector("[data-errors]")?.focus();
}

themeSwitch();
searchKey();
menus();
dialogs();
printers();
failures();
formsOffline();
backToRefused();
document.querySelectorAll(".sw-toast").forEach(addClose);
document.querySelector('.sw-nav [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
focusErrors(document);
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.detail.elt));
// A new toast replaces those before it, within the region that is read out.
document.addEventListener("htmx:oobAfterSwap", () => {
  document.querySelectorAll(".sw-toast:has(.sw-close)").forEach((toast) => toast.remove());
  document.querySelectorAll(".sw-toast").forEach(addClose);
});
