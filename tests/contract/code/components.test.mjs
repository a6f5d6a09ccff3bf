// The pure parts of the components that show JSON: node --test, with COMPONENTS as their folder.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

async function load(path) {
    const text = readFileSync(join(process.env.COMPONENTS, path), "utf8");
    return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

const { readTimeline } = await load("orderTimeline/timeline.js");
const { readLines } = await load("orderLines/lines.js");
const entry = (key, kind, more = {}) => ({ key, kind, at: "2026-05-20T09:44:32Z", document: "WH/OUT/1", ...more });

test("entries keep their order and get words for people", () => {
    const json = JSON.stringify({ v: 1, more: 3, lines: [entry(7, "confirmed"), entry(8, "refund_issued")] });
    const { entries, more, unreadable } = readTimeline(json);
    assert.deepEqual([more, unreadable], [3, false]);
    assert.deepEqual(entries.map(({ key, label, struck }) => [key, label, struck]), [
        ["7", "Confirmed", false],
        ["8", "Refund issued", false],
    ]);
});

test("a reversal strikes the last one that it takes back, and is no mistake itself", () => {
    const lines = [
        entry(1, "delivered"),
        entry(2, "delivered", { document: "WH/OUT/2" }),
        entry(3, "delivered", { reversal: true }),
        entry(4, "delivered"),
    ];
    const { entries } = readTimeline(JSON.stringify(lines));
    assert.deepEqual(entries.map(({ struck }) => struck), [true, false, false, false]);
    assert.equal(entries[2].label, "Delivery taken back");
});

test("each reversal takes back one entry; what lasted for a while is over and not struck", () => {
    const back = { reversal: true };
    const lines = [entry(1, "held"), entry(2, "held"), entry(3, "held", back), entry(4, "held", back)];
    const { entries } = readTimeline(JSON.stringify(lines));
    assert.deepEqual(entries.map(({ over }) => over), [true, true, false, false]);
    assert.deepEqual(entries.map(({ struck }) => struck), [false, false, false, false]);
    assert.deepEqual(entries.slice(1, 3).map(({ label }) => label), ["On hold", "Hold released"]);
});

test("a kind that is not known yet has words too", () => {
    const { entries } = readTimeline(JSON.stringify([entry(1, "left_orbit"), entry(2, "left_orbit", { reversal: true })]));
    assert.deepEqual(entries.map(({ label }) => label), ["Left orbit", "Left orbit: taken back"]);
});

test("a moment without a zone is UTC, and none is no moment", () => {
    const at = (value) => readTimeline(JSON.stringify([entry(1, "paid", { at: value })])).entries[0].at;
    assert.equal(at("2026-05-20 09:44:32"), "2026-05-20T09:44:32Z");
    assert.equal(at("2026-05-20T11:44:32+02:00"), "2026-05-20T11:44:32+02:00");
    assert.equal(at("2026-05-20"), "2026-05-20");
    assert.equal(at(null), undefined);
    assert.equal(at("soon"), undefined);
});

test("nothing is empty, and nonsense is unreadable", () => {
    for (const [json, unreadable] of [["", false], [null, false], ["[]", false], ["{", true], ["7", true], ["{}", true]]) {
        assert.deepEqual(readTimeline(json), { entries: [], more: 0, unreadable }, String(json));
        assert.deepEqual(readLines(json), { columns: [], rows: [], more: 0, unreadable }, String(json));
    }
});

test("a table has the columns that say something", () => {
    const lines = [
        { key: "5", sku: "A", name: "Chair", ordered: { quantity: "3", unit: null }, shipped: { quantity: "0" }, total: { amount: "12.50", currency: "EUR" } },
        { key: "6", sku: "B", name: "Desk", ordered: { quantity: "0" }, shipped: "0.000", total: { amount: "0.00", currency: "EUR" } },
    ];
    const { columns, rows } = readLines(JSON.stringify({ v: 1, lines }));
    assert.deepEqual(columns.map(({ name }) => name), ["sku", "name", "ordered", "total"]);
    assert.deepEqual(rows[0].cells.map(({ text }) => text), ["A", "Chair", "3", "12.50 EUR"]);
    assert.deepEqual(rows.map(({ key }) => key), ["5", "6"]);
});
