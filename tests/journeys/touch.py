"""What on a page is too small for a finger? Measured in the browser, by what a press at that place would reach."""

from playwright.sync_api import Page

LEAST_PX = 44
# Exempt is a link within a sentence, and how wide the text of a table's cell happens to be. What is padded by its label
# or by a layer of its own is measured by where a press still reaches it.
TOO_SMALL = """(least) => {
    const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    const isWithinWords = (one) => one.matches("a") && getComputedStyle(one).display === "inline"
        && [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim()
            && !(node instanceof Element && node.matches("a, svg, .visually-hidden")));
    const isReached = (one, x, y) => {
        const there = document.elementFromPoint(x, y);
        return there !== null && [one, ...(one.labels || [])].some((part) => part.contains(there));
    };
    const isSmall = (one) => {
        const ticks = one.matches("[type=radio], [type=checkbox]");
        const boxes = [one, ...(ticks ? one.labels : [])].map((part) => part.getBoundingClientRect());
        const wide = Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left));
        const high = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
        const [x, y] = [boxes[0].left + boxes[0].width / 2, boxes[0].top + boxes[0].height / 2];
        const half = least / 2 - 0.5;
        const isWide = one.closest("td, th") || wide >= least - 0.5
            || (isReached(one, x - half, y) && isReached(one, x + half, y));
        const isHigh = high >= least - 0.5 || (isReached(one, x, y - half) && isReached(one, x, y + half));
        return !(isWide && isHigh);
    };
    return [...document.querySelectorAll(controls)]
        .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.disabled)
        .filter((one) => !one.closest(".visually-hidden, [inert]") && one.getBoundingClientRect().width > 0)
        .filter((one) => !isWithinWords(one) && isSmall(one))
        .map((one) => {
            const box = one.getBoundingClientRect();
            return `${Math.round(box.width)} × ${Math.round(box.height)} px: ${one.outerHTML.slice(0, 120)}`;
        });
}"""


def too_small_to_press(page: Page, *, width: int) -> list[str]:
    """What cannot be hit with a finger at this width; the page is laid open, so that each place can be pressed."""
    page.set_viewport_size({"width": width, "height": 900})
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    found: list[str] = page.evaluate(TOO_SMALL, LEAST_PX)
    return found
