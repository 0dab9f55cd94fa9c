// Keeps what is typed into the short forms of a public page in this tab until one of them was taken: a connection that
// goes away in between takes nothing. “Exit this page” empties the tab (exit.js), and so does an application that has
// been begun (keep.js).
(() => {
  const name = `open ${location.pathname.split("/")[2]}`;
  const stored = (words) => {
    try {
      if (words) sessionStorage.setItem(name, JSON.stringify(words));
      return JSON.parse(sessionStorage.getItem(name)) ?? {};
    } catch { return {}; } // this browser keeps nothing for us
  };
  const words = document.querySelector("main > .notice[role=status]") ? stored({}) : stored();
  for (const field of document.querySelectorAll("main input[id]")) {
    if (field.value) delete words[field.id]; // what the server knows is newer
    else field.value = words[field.id] ?? "";
    field.addEventListener("input", () => stored({ ...stored(), [field.id]: field.value }));
  }
})();
