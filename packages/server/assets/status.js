// Fetches the page anew and puts its main part in the place of this one's; without scripts the page reloads itself.
const everyMs = 2000;

async function again() {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main[data-status]");
    // Whoever is signed in no more is shown the way in.
    if (answer.ok && main === null) location.reload();
    else if (answer.ok) document.querySelector("main").replaceWith(main);
    document.body.removeAttribute("data-stale");
  } catch {
    document.body.setAttribute("data-stale", "");
  }
  setTimeout(again, everyMs);
}

setTimeout(again, everyMs);
