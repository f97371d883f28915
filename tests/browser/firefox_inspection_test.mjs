#!/usr/bin/env node
// Firefox behind a gateway that looks into tunnels.
import { playInspection } from "./inspection.mjs";
import { sizes, startFirefox, visitor } from "./lib.mjs";

await playInspection("firefox-through", async (school) => {
    const browsers = [];
    return {
        async sitAt(room, { isStranger } = {}) {
            browsers.push(await startFirefox(school.store(`firefox-${browsers.length}`, isStranger), school.from(room)));
            return visitor(browsers.at(-1), sizes.desktop, { ignoreHTTPSErrors: false });
        },
        close: () => Promise.all(browsers.map((browser) => browser.close())),
    };
});
