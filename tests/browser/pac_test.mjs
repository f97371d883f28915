#!/usr/bin/env node
// What devices are told of the proxy: by the address that they ask from, understood by Chromium, with nothing beside the proxies.
import { get } from "node:http";
import { runInNewContext } from "node:vm";
import { expect, finish, startBrowser, test, wholeChromium } from "./lib.mjs";
import { startSchool } from "./school.mjs";

const school = await startSchool({
    names: ["www.learning.example", "direct.example"],
    rooms: {},
    people: {},
    time: "10:10:00",
    settings: (ports) => `[pac]
direct = [".direct.example", "10.20.0.0/16"]
[[pac.network]]
from = ["127.0.1.20"]
proxies = ["first.example:3128", "127.0.0.1:${ports.proxy}"]
`,
});

/** The script as a device at that address gets it. */
function fetched(path, localAddress) {
    return new Promise((resolve, reject) => {
        get(`${school.portal}${path}`, { localAddress }, (response) => {
            let text = "";
            response.on("data", (piece) => (text += piece));
            response.on("end", () => resolve({ type: response.headers["content-type"], text }));
        }).on("error", reject);
    });
}

/** What it answers, with the functions that browsers lend such scripts. */
function asked(script, host) {
    const number = (address) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const lent = {
        isPlainHostName: (name) => !name.includes("."),
        dnsDomainIs: (name, domain) => name.endsWith(domain),
        isInNet: (name, base, mask) => ((number(name) & number(mask)) >>> 0) === number(base),
    };
    return runInNewContext(`${script}; FindProxyForURL("https://${host}/", "${host}")`, lent);
}

await test("each network has its own proxies, by the address that asks", async () => {
    const usual = await fetched("/proxy.pac", "127.0.0.1");
    expect(usual.type === "application/x-ns-proxy-autoconfig", usual.type);
    expect(asked(usual.text, "www.example.org") === `PROXY 127.0.0.1:${school.ports.proxy}`, asked(usual.text, "www.example.org"));
    const staff = await fetched("/wpad.dat", "127.0.1.20");
    expect(asked(staff.text, "www.example.org") === `PROXY first.example:3128; PROXY 127.0.0.1:${school.ports.proxy}`, staff.text);
});
await test("what is reached directly is that and nothing like it", async () => {
    const { text } = await fetched("/proxy.pac", "127.0.1.20");
    for (const host of ["printer", "direct.example", "a.direct.example", "10.20.3.4", "127.0.0.1", "localhost"]) expect(asked(text, host) === "DIRECT", host);
    for (const host of ["indirect.example", "direct.example.org", "10.21.3.4", "10.20.3.4.example", "203.0.113.9"]) expect(asked(text, host).startsWith("PROXY"), host);
});
await test("Chromium goes by it", async () => {
    const browser = await startBrowser([`--proxy-pac-url=${school.portal}/proxy.pac`], { env: { ...process.env, HOME: school.home }, executablePath: wholeChromium });
    const page = await browser.newPage();
    const response = await page.goto(`http://www.learning.example:${school.ports.http}/lesson`);
    expect(response.status() === 200 && response.headers().via?.includes("gatehouse"), JSON.stringify(response.headers()));
    await browser.close();
});

const status = await school.stop();
await test("the gateway ends in order", async () => expect(status === 0, `exit status ${status}`));
finish();
