// Keeps an application as it is typed: what is new goes to the server a moment later, and stays in this tab until the
// server has it. On a lost connection it waits here and is sent again; “Exit this page” empties the tab (exit.js).
// Without this script the form has a button that saves.
(() => {
  const form = document.getElementById("application");
  const name = `application ${location.pathname}`;
  const PAUSE = 1200, AGAIN = 5000;
  const stored = {
    read() { try { return JSON.parse(sessionStorage.getItem(name)) ?? {}; } catch { return {}; } },
    write(words) {
      try {
        Object.keys(words).length ? sessionStorage.setItem(name, JSON.stringify(words)) : sessionStorage.removeItem(name);
      } catch { /* this browser keeps nothing for us */ }
    },
  };
  try { // what was typed on the public page before has been taken
    Object.keys(sessionStorage).filter((key) => key.startsWith("open ")).forEach((key) => sessionStorage.removeItem(key));
  } catch { /* this browser keeps nothing for us */ }
  if (!form) return stored.write({}); // it has been sent, and is not ours to keep any more
  const said = document.getElementById("kept");
  const unsaved = stored.read();
  let timer, busy = false;

  const wordOf = (field) => (field.type === "checkbox" ? (field.checked ? "on" : "") : field.value);
  const isChanged = (field) => (/checkbox|radio/.test(field.type)
    ? field.checked !== field.defaultChecked && (field.checked || field.type === "checkbox")
    : field.value !== field.defaultValue && field.type !== "submit");
  const bringBack = () => {
    for (const [key, word] of Object.entries(unsaved)) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(key)}"]`)) {
        if (field.type === "checkbox") field.checked = word !== "";
        else if (field.type === "radio") field.checked = field.value === word;
        else field.value = word;
      }
    }
  };
  const later = (pause) => { clearTimeout(timer); timer = setTimeout(send, pause); };
  const waits = (words) => { said.textContent = words; later(AGAIN); };
  const send = async () => {
    const words = { ...unsaved };
    if (busy || !Object.keys(words).length) return;
    busy = true;
    try {
      const answer = await fetch(`${location.pathname}/keep`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(words),
      });
      if (!answer.ok && (answer.status === 429 || answer.status >= 500)) throw new Error(String(answer.status));
      const told = await answer.json();
      if (answer.ok) {
        for (const key of Object.keys(words)) if (unsaved[key] === words[key]) delete unsaved[key];
        stored.write(unsaved);
        said.textContent = `Saved ${new Date(told.saved_at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
      } else said.textContent = told.error;
    } catch {
      waits("Not saved yet: there is no connection. Your words are kept in this tab, and are sent as soon as there is one.");
    } finally {
      busy = false;
    }
    if (Object.keys(unsaved).some((key) => unsaved[key] !== words[key])) later(PAUSE);
  };

  form.addEventListener("input", ({ target }) => {
    if (!target.name || (target.type === "radio" && !target.checked)) return;
    unsaved[target.name] = wordOf(target);
    stored.write(unsaved);
    later(PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer)); // the form itself sends everything
  addEventListener("online", () => later(0));
  for (const field of form.elements) if (field.name && isChanged(field)) unsaved[field.name] ??= wordOf(field); // before this script came
  bringBack();
  if (Object.keys(unsaved).length) later(0);
})();
