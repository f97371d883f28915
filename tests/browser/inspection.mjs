// A browser behind a gateway that looks into the tunnels of school computers: the same pages, a closed page inside an open site, a site that cannot
// prove its name, and a device of one's own that is left alone. No certificate error is ever ignored.
import { checkPage, expect, finish, test } from "./lib.mjs";
import { startSchool } from "./school.mjs";

/** Nothing where the browser does not tell. */
async function issuerOf(response) {
    return (await response.securityDetails())?.issuer;
}

/**
 * Plays it all. `name` goes before those of the pictures; `open(school)` gives a function that seats a visitor in a room, and one that ends the browser.
 */
export async function playInspection(name, open) {
    const school = await startSchool({
        names: ["www.learning.example", "www.ask.com"],
        unproved: ["www.pretender.example"],
        rooms: { suite: "127.0.0.1", staff: "127.0.1.20" },
        people: {},
        time: "10:10:00",
        policy: `
[[inspection]]
id = "school-computers"
who = ["everyone"]
what = ["everything"]
where = ["device:school"]
action = "inspect"
reason = "Pages on school computers are checked."
`,
    });
    const { sitAt, close } = await open(school);
    const site = `https://www.learning.example:${school.ports.https}`;

    const pupil = await sitAt("suite");
    await test("a page opens on a school computer, under the school's certificate", async () => {
        const response = await pupil.goto(`${site}/lesson?topic=volcanoes`);
        expect(response.status() === 200, `${response.status()}`);
        expect((await pupil.textContent("p")) === "/lesson?topic=volcanoes", await pupil.textContent("body"));
        expect((await issuerOf(response)) !== "CA of the test web", await issuerOf(response));
    });
    await test("what the page fetches comes as it is, many at once and streamed", async () => {
        const answers = await pupil.evaluate(() => Promise.all([...Array(30).keys()].map(async (n) => (await fetch(`/part/${n}`)).text())));
        expect(answers.every((answer, n) => answer.includes(`<p>/part/${n}</p>`)), answers.join());
        const first = await pupil.evaluate(async () => new TextDecoder().decode((await (await fetch("/stream")).body.getReader().read()).value));
        expect(first.startsWith("started"), first);
    });
    await test("it is HTTP/2 on both sides, as without us", async () => {
        expect((await pupil.evaluate(async () => (await fetch("/version")).text())) === "2.0", "the site did not speak HTTP/2");
        expect((await pupil.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol)) === "h2", "the browser did not");
    });
    await test("uploads, ranges and events come through whole", async () => {
        const same = await pupil.evaluate(async () => {
            const file = new Uint8Array(3_000_000).map((_, place) => (place * 31) % 256);
            const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
            const told = await (await fetch("/upload", { method: "POST", body: file })).json();
            return told.size === file.length && told.digest === [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        });
        expect(same, "the upload is another");
        const range = await pupil.evaluate(async () => {
            const response = await fetch("/video", { headers: { range: "bytes=500-1499" } });
            return [response.status, [...new Uint8Array(await response.arrayBuffer())].every((byte, place) => byte === (500 + place) % 251)];
        });
        expect(range[0] === 206 && range[1], range.join());
        const events = await pupil.evaluate(() => new Promise((resolve) => {
            const heard = [];
            const source = new EventSource("/events");
            source.onmessage = (event) => {
                if (heard.push(event.data) === 2) resolve(heard);
            };
        }));
        expect(events.join() === "one,two", events.join());
    });
    await test("a WebSocket opens and talks", async () => {
        const said = await pupil.evaluate(() => new Promise((resolve) => {
            const socket = new WebSocket(location.origin.replace("https", "wss") + "/talk");
            socket.onopen = () => socket.send("hello over there");
            socket.onmessage = (event) => resolve(event.data);
            socket.onclose = (event) => resolve(`closed ${event.code}`);
        }));
        expect(said === "HELLO OVER THERE", said);
    });
    await test("a service worker installs and answers in place of the site", async () => {
        const kept = await pupil.evaluate(async () => {
            await navigator.serviceWorker.register("/worker.js");
            await navigator.serviceWorker.ready;
            return (await (await caches.match("/kept-for-later")).text()).includes("/kept-for-later");
        });
        expect(kept, "nothing was kept");
    });
    await test("the log has each page of the tunnel, without what was asked for in it", async () => {
        const rows = JSON.parse(school.command("log", "--host", "www.learning.example", "--limit", "100", "--json")).rows;
        expect(rows.some((row) => row.url.endsWith("/lesson")), JSON.stringify(rows.slice(0, 3)));
        expect(!JSON.stringify(rows).includes("volcanoes"), "a query was logged");
    });
    await test("a site that cannot prove its name gets a page that says so", async () => {
        const response = await pupil.goto(`https://www.pretender.example:${school.ports.https}/`);
        expect(response.status() === 502, `${response.status()}`);
        expect((await pupil.textContent("h1")).includes("not safe to open"), await pupil.textContent("body"));
    });
    await checkPage(pupil, `${name}-unsafe-site`);
    await test("a search that is a cry for help is answered by somebody to talk to", async () => {
        const response = await pupil.goto(`https://www.ask.com:${school.ports.https}/web?q=how+to+kill+my%D1%95elf`);
        expect(response.status() === 403, `${response.status()}`);
        const text = await pupil.textContent("body");
        expect(text.includes("You are not in trouble") && text.includes("0800 1111"), text);
        expect((await pupil.locator("text=Ask for this site").count()) === 0, "there is no site to ask for");
    });
    await checkPage(pupil, `${name}-search`);
    await test("the same engine answers other searches", async () => {
        const response = await pupil.goto(`https://www.ask.com:${school.ports.https}/web?q=volcanoes`);
        expect(response.status() === 200, `${response.status()}`);
    });
    await test("a page is closed by what it says, however it says it", async () => {
        const response = await pupil.goto(`${site}/fr33-p0rn-v1deos-and-sex-videos-and-live-sex`);
        expect(response.status() === 403, `${response.status()}`);
        expect((await pupil.textContent("body")).includes("What this page says is not for school"), await pupil.textContent("body"));
    });
    await checkPage(pupil, `${name}-content`);
    await test("a program is closed whatever it is called, and the page says that the site is open", async () => {
        const response = await pupil.goto(`${site}/nice-picture`);
        expect(response.status() === 403, `${response.status()}`);
        const text = await pupil.textContent("body");
        expect(text.includes("This file is blocked") && text.includes("is open, but this file from it is blocked"), text);
    });
    await checkPage(pupil, `${name}-file`);
    await test("a site behind a translator is closed as the site itself", async () => {
        const response = await pupil.goto(`https://www-instagram-com.translate.goog:${school.ports.https}/`);
        expect(response.status() === 403, `${response.status()}`);
        const text = await pupil.textContent("body");
        expect(text.includes("www.instagram.com") && text.includes("Google Translate would have shown it"), text);
    });
    await checkPage(pupil, `${name}-translator`);
    await test("what was searched for and closed stands in the log", async () => {
        const rows = JSON.parse(school.command("log", "--searches", "suicide-now", "--json")).rows;
        expect(rows.length === 1 && rows[0].rule === "pupils-search-suicide", JSON.stringify(rows));
    });
    await test("a page tells whether this device trusts the school's certificate", async () => {
        const seen = async (page) => {
            await page.goto(`${school.portal}/device`);
            return page.evaluate(() => document.querySelector("img").naturalWidth > 0);
        };
        expect(await seen(pupil), "the picture did not come to a device that trusts it");
        await checkPage(pupil, `${name}-device`);
        await pupil.click("a:text(\"Open the test page\")");
        await pupil.waitForURL("https://certificate-check.gatehouse.example/");
        expect((await pupil.textContent("h1")) === "This device trusts the school's certificate", await pupil.textContent("body"));
        await checkPage(pupil, `${name}-trusted`);
        await pupil.click("a:text(\"Back to the certificate\")");
        await pupil.waitForURL(`${school.portal}/device`);
        const stranger = await sitAt("suite", { isStranger: true });
        expect(!(await seen(stranger)), "the picture came to a device that does not trust it");
        expect((await stranger.getAttribute("img", "alt")).includes("does not trust the certificate yet"), "nothing says so");
        await checkPage(stranger, `${name}-device-without`);
    });
    await test("a device of one's own is left alone", async () => {
        const staff = await sitAt("staff");
        const response = await staff.goto(`${site}/`);
        expect(response.status() === 200, `${response.status()}`);
        const issuer = await issuerOf(response);
        expect(issuer === undefined || issuer === "CA of the test web", issuer);
        const rows = JSON.parse(school.command("log", "--host", "www.learning.example", "--limit", "100", "--json")).rows;
        expect(rows.every((row) => row.role !== "staff" || row.method === "CONNECT"), "a page of it was seen");
    });

    await close();
    const status = await school.stop();
    await test("the gateway ends in order", async () => expect(status === 0, `exit status ${status}`));
    finish();
}
