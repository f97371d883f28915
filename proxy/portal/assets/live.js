// The access log as it is written, on top of a page that works without this. It puts text where the server's rows have text, and nothing else. The words,
// in the reader's language, come with the page.
const frame = document.querySelector("[data-live]");
const words = frame.dataset;
const heads = [...document.querySelectorAll("thead th")].map((head) => head.textContent);
const rows = document.querySelector("tbody");
const state = document.querySelector("#live-state");
const button = document.querySelector("#live-button");
const most = 200;
let source = null;

function cell(label, text, tag) {
    const made = document.createElement("td");
    made.className = "govuk-table__cell";
    made.dataset.label = label;
    const inner = document.createElement(tag ? "strong" : "span");
    if (tag) inner.className = `govuk-tag govuk-tag--${tag}`;
    inner.textContent = text;
    made.append(inner);
    return made;
}

function show(event) {
    const row = JSON.parse(event.data);
    const line = document.createElement("tr");
    line.className = "govuk-table__row";
    const open = row.verdict === "allow";
    const [when, verdict, site, who, rule] = heads;
    line.append(cell(when, row.when), cell(verdict, open ? words.open : words.blocked, open ? "green" : "red"), cell(site, row.site), cell(who, row.who), cell(rule, row.rule));
    rows.prepend(line);
    while (rows.children.length > most) rows.lastElementChild.remove();
}

function say(text, label) {
    state.textContent = text;
    button.textContent = label;
}

function stop(text) {
    source?.close();
    source = null;
    say(text, words.resume);
}

function start() {
    source = new EventSource(words.live);
    source.addEventListener("begin", () => say(words.begin, words.pause));
    source.addEventListener("row", show);
    source.addEventListener("end", () => stop(words.end));
    source.onerror = () => stop(words.gone);
    say(words.first, words.pause);
}

button.hidden = false;
button.addEventListener("click", () => (source ? stop(words.paused) : start()));
start();
