// The ballot: every tap is sent by itself, and "Saved" stands only where the server has said so. What cannot be sent is
// kept (in this tab, for this person and round) and goes out once when the connection is back. All words come from the page.
const TRIES = [1, 2, 4, 8, 15]; // seconds between two tries
const SLOW = 4000; // milliseconds after which an answer under way is said not to be saved yet
const PASSING = [408, 425, 429, 502, 503, 504]; // answers that another try may change

function draw({ data, parentElement }) {
  const place = parentElement.querySelector(".ballot");
  if (place.ballot?.round !== data.round) {
    place.ballot?.stop();
    place.ballot = new Ballot(place, data);
  } else {
    place.ballot.drawnAnew(data);
  }
  return () => place.ballot.stop();
}

class Ballot {
  constructor(place, data) {
    this.round = data.round;
    this.address = data.address;
    this.cards = new Map(data.themes.map((theme) => [theme.key, new Card(data, theme)]));
    this.thanks = made("p", "thanks", data.thanks ?? "");
    this.thanks.role = "status";
    place.replaceChildren(...[...this.cards.values()].map((card) => card.section), this.thanks);
    this.retry = () => {
      if (document.visibilityState !== "visible") return;
      this.cards.forEach((card) => card.send());
      this.look();
    };
    for (const name of ["online", "focus"]) addEventListener(name, this.retry);
    document.addEventListener("visibilitychange", this.retry);
    this.cards.forEach((card) => { card.thank = (words) => { if (words) this.thanks.textContent = words; }; card.send(); });
  }

  // The page may have been drawn before the last answer was stored: an older one must not stand as saved.
  drawnAnew(data) {
    for (const theme of data.themes) {
      const card = this.cards.get(theme.key);
      if (card && !(theme.saved_at < card.stored.saved_at)) card.show(theme);
    }
  }

  // What this member answered in another tab or on another phone: the last one counts, and stands here, too.
  async look() {
    const before = new Map([...this.cards].map(([key, card]) => [key, card.stored]));
    let words;
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams({ round: this.round })}`, { credentials: "same-origin" });
      if (answer.ok) words = await answer.json();
    } catch { /* the next look may find it */ }
    for (const [key, theme] of Object.entries(words ?? {})) {
      const card = this.cards.get(key);
      const own = !card || card.kept || card.sending || card.stored !== before.get(key); // meanwhile: that is newer
      if (!own && theme.saved_at !== card.stored.saved_at) card.show({ ...card.stored, ...theme });
    }
  }

  stop() {
    for (const name of ["online", "focus"]) removeEventListener(name, this.retry);
    document.removeEventListener("visibilitychange", this.retry);
  }
}

class Card {
  constructor(data, theme) {
    Object.assign(this, { data, key: theme.key, waits: `ballot.${data.who}.${data.round}.${theme.key}`, tries: 0 });
    this.section = made("section", theme.core ? "card core" : "card");
    this.section.append(made("h2", "", theme.label), made("p", "need", `${theme.place} · ${theme.need}`));
    if (theme.elements.length) this.section.append(elements(theme));
    this.questions = data.questions.map((asked) => this.question(asked, theme));
    this.status = made("p", "status");
    this.status.role = "status";
    this.lastTime = made("p", "last-time");
    this.section.append(this.status, this.lastTime);
    this.kept = kept(this.waits);
    this.show(theme);
  }

  question(asked, theme) {
    const group = made("fieldset");
    group.append(made("legend", "", asked.words));
    const radios = this.data.options.map((option) => {
      const rung = made("label", option.code > 0 ? "rung" : "rung small");
      const radio = made("input");
      Object.assign(radio, { type: "radio", name: `${this.waits}.${asked.name}`, value: option.code });
      radio.onchange = () => this.tapped(asked.name);
      const anchor = theme.anchors[option.code];
      const words = made("span", "words");
      words.append(made("span", "level", option.label), ...(anchor ? [made("span", "anchor", anchor)] : []));
      rung.append(radio, words);
      group.append(rung);
      return radio;
    });
    this.section.append(group);
    return { name: asked.name, group, radios };
  }

  // What the server holds; shown unless an answer of this tab is still on its way.
  show(theme) {
    this.stored = theme;
    const waiting = this.kept ?? this.stored;
    for (const { name, radios } of this.questions) {
      for (const radio of radios) radio.checked = Number(radio.value) === waiting[name];
    }
    this.unfold();
    if (!this.kept) this.say(theme.saved_at ? "saved" : "", theme.saved_at && this.time(theme.saved_at), theme.last_time);
  }

  chosen(name) {
    const found = this.questions.find((asked) => asked.name === name)?.radios.find((radio) => radio.checked);
    return found ? Number(found.value) : null;
  }

  unfold() {
    const option = this.data.options.find((one) => one.code === this.chosen("current"));
    const hope = this.questions.find((asked) => asked.name === "desired");
    if (hope) hope.group.hidden = !option?.unfolds;
  }

  tapped(name, onPurpose = false) {
    this.unfold();
    const hope = this.questions.find((asked) => asked.name === "desired");
    const desired = hope && !hope.group.hidden ? this.chosen("desired") : null;
    this.kept = { current: this.chosen("current"), desired, tapped: name, on_purpose: onPurpose };
    keep(this.waits, this.kept);
    this.tries = 0;
    this.tell(""); // the time that stood here was of another answer
    this.send();
  }

  async send() {
    if (!this.kept || this.sending) return;
    clearTimeout(this.timer);
    const sent = this.kept;
    this.sending = true;
    const slow = setTimeout(() => this.say("waits", this.data.says.busy), SLOW);
    let answer, words;
    try {
      answer = await fetch(this.data.address, { method: "POST", credentials: "same-origin", body: this.form(sent) });
      words = await answer.json();
    } catch { /* no connection, or not our server that answers: tried again */ }
    this.sending = false;
    clearTimeout(slow);
    if (PASSING.includes(answer?.status)) this.later(this.data.says.busy);
    else if (!words) this.later(this.data.says.waits);
    else if (this.kept !== sent) this.send(); // tapped again meanwhile: the last tap counts
    else this.done(words);
  }

  form(sent) {
    const fields = { round: this.data.round, theme: this.key, tapped: sent.tapped };
    for (const name of ["current", "desired"]) if (sent[name] !== null) fields[name] = sent[name];
    return new URLSearchParams(sent.on_purpose ? { ...fields, on_purpose: "yes" } : fields);
  }

  later(words) {
    this.say("waits", words);
    this.timer = setTimeout(() => this.send(), 1000 * TRIES[Math.min(this.tries++, TRIES.length - 1)]);
  }

  done(words) {
    const sent = this.kept;
    this.kept = null;
    keep(this.waits, null);
    if (words.error) {
      this.show(this.stored);
      this.say("error", words.error);
    } else if (words.ask) {
      this.say("ask", words.ask);
      const yes = made("button", "", words.yes);
      Object.assign(yes, { type: "button", onclick: () => this.tapped(sent.tapped, true) });
      this.status.append(yes, made("span", "fact", this.data.says.not_yet));
    } else {
      this.stored = words;
      this.say("saved", this.time(words.saved_at), words.last_time);
      this.thank(words.thanks);
    }
  }

  tell(kind, words) {
    this.status.className = `status ${kind}`;
    this.status.textContent = words ?? "";
  }

  say(kind, words, lastTime) {
    this.tell(kind, words);
    this.lastTime.textContent = lastTime ?? "";
  }

  time(moment) {
    const clock = { hour: "2-digit", minute: "2-digit", timeZone: this.data.time_zone };
    return `${this.data.says.saved} ${new Date(moment).toLocaleTimeString("en-GB", clock)}`;
  }
}

function elements(theme) {
  const fold = made("details");
  fold.open = theme.current === null;
  fold.append(made("summary", "", theme.stem), ...theme.elements.map((words) => made("p", "element", words)));
  return fold;
}

function made(tag, kind = "", words = "") {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.textContent = words; // never as HTML
  return element;
}

// This tab's own memory; without it (a private window may refuse) an answer is kept as long as the page stays open.
function keep(name, answer) {
  try {
    if (answer) sessionStorage.setItem(name, JSON.stringify(answer));
    else sessionStorage.removeItem(name);
  } catch { /* nothing to be done */ }
}

function kept(name) {
  try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; }
}
