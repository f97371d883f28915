#!/usr/bin/env node
// Chromium behind a gateway that looks into tunnels.
import { playInspection } from "./inspection.mjs";
import { sizes, startBrowser, visitor } from "./lib.mjs";

await playInspection("through", async (school) => {
    const browserOf = (home) => startBrowser([], { env: { ...process.env, HOME: home } });
    const browser = await browserOf(school.home);
    const strange = await browserOf(school.strangeHome);
    return {
        sitAt: (room, { isStranger } = {}) => visitor(isStranger ? strange : browser, sizes.desktop, { proxy: school.from(room), ignoreHTTPSErrors: false }),
        close: () => Promise.all([browser.close(), strange.close()]),
    };
});
