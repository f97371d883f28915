// The access log as it is written, on top of a page that works without this. It puts text where the server's rows have text, and nothing else.
const frame = document.querySelector("[data-live]");
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
    line.append(cell("When", row.when), cell("Verdict", open ? "Open" : "Blocked", open ? "green" : "red"), cell("Site", row.site), cell("Who and where", row.who), cell("Rule", row.rule));
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
    say(text, "Go on");
}

function start() {
    source = new EventSource(frame.dataset.live);
    source.addEventListener("begin", () => say("New rows come at the top.", "Pause"));
    source.addEventListener("row", show);
    source.addEventListener("end", () => stop("It stopped by itself after ten minutes."));
    source.onerror = () => stop("The connection is gone. You may have to sign in again.");
    say("Waiting for the first row.", "Pause");
}

button.hidden = false;
button.addEventListener("click", () => (source ? stop("Paused.") : start()));
start();
