// Keeps today's page up to date: what is due must never stay silent. Leaves the page alone while somebody uses it.

const page = document.querySelector("#today[data-refresh]");

async function refresh() {
  const here = document.querySelector("#today");
  if (document.hidden || !here || here.contains(document.activeElement)) return;
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#today");
  if (fresh && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(fresh));
}

if (page) {
  // Without the network this round is left out; what is shown says its own time, and the next round tries again.
  setInterval(() => refresh().catch(() => undefined), Number(page.dataset.refresh) * 1000);
}
