// May the sheet be left by a link? Not while the server is silent: an error of the browser would stand in its place.

import { h, refill, sign } from "./dom.js";

/** `isDown()` tells whether the server is out of reach; what is refused is said in `said` until it is back. */
export function guardLinks(sheet, said, isDown) {
  const isAway = () => !navigator.onLine || isDown();
  let toast = null;

  sheet.addEventListener("click", (event) => {
    if (!event.target.closest("a[href]") || !isAway()) return;
    event.preventDefault();
    toast = h(
      "div", { class: "sw-toast", role: "alert" }, sign("due"),
      h("span", {}, "Not connected, so no other page can open. Keep charting here; what you chart is kept."),
      h("button", { class: "sw-close", type: "button", onclick: () => toast.remove() }, "Close"),
    );
    refill(said, toast);
  });

  return { settle: () => isAway() || toast?.remove() };
}
