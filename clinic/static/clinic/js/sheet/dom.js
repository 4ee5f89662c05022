// How does the sheet make elements? Without markup in strings and without inline styles.

const SVG = document.querySelector(".sw-sprite").namespaceURI;

/** An element with attributes and children; a key that starts with "on" is a listener, null and false leave a key out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of the eight signs; a word stands beside it. */
export function sign(kind) {
  const svg = shape("svg", { class: `sw-sign ${kind}`, "aria-hidden": "true" });
  svg.append(shape("use", { href: `#s-${kind}` }));
  return svg;
}

export function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** New children in place of the old; what had the focus keeps it when it comes back with the same data-key. */
export function refill(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children.flat(2).filter(Boolean));
  if (focused) parent.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
}

/** Run `fill` only when what it shows has changed. */
export function whenChanged(fill) {
  let shown;
  return (value) => {
    const now = JSON.stringify(value);
    if (now === shown) return;
    shown = now;
    fill(value);
  };
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** One JSON block of the page. */
export function pageData(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
