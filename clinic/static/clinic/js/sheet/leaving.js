// May the sheet be left by a link? Not while the server is silent: an error of the browser would stand in its place.

import { h, refill, sign } from "./dom.js";

/** `isDown()` tells whether the server is out of reach; what is refused is said in `said`, in the words of the link. */
export function guardLinks(sheet, said, isDown) {
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || (navigator.onLine && !isDown())) return;
    event.preventDefault();
    refill(said, h(
      "div", { class: "sw-toast", role: "alert" }, sign("due"),
      h("span", {}, "Not connected, so no other page can open. Keep charting here; what you chart is kept."),
      h("button", { class: "sw-close", type: "button", onclick: (pressed) => pressed.target.parentElement.remove() }, "Close"),
    ));
  });
}
