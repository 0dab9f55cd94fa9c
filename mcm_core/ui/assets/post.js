// Sends the ticket (or the wish to leave) once, and loads the page anew with the cookie that comes back.
function draw({ data, parentElement }) {
  if (!data || window.mcmPosted === data.once) return;
  window.mcmPosted = data.once;
  if (!data.ticket) forget();
  const body = JSON.stringify(data.ticket ? { ticket: data.ticket } : {});
  const headers = { "Content-Type": "application/json" };
  fetch(data.address, { method: "POST", credentials: "same-origin", redirect: "manual", headers, body })
    .then((answer) => {
      if (answer.status >= 400) throw new Error(answer.status);
      location.reload();
    })
    .catch(() => {
      window.mcmLeaves = false;
      parentElement.querySelector("p").hidden = false;
    });
}

// Whoever signs out leaves nothing half-written (draft.js) or unsent (ballot.js) behind in this tab.
function forget() {
  window.mcmLeaves = true;
  const theirs = (name) => name.startsWith("draft ") || name.startsWith("ballot.");
  Object.keys(sessionStorage).filter(theirs).forEach((name) => sessionStorage.removeItem(name));
}
