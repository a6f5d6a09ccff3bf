// Compiles Lightning web components and parses Apex: node compile.mjs HOME FILE ...
// Prints JSON: {file: [what is wrong with it]}
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

const [home, ...files] = process.argv.slice(2);
const require = createRequire(join(home, "package.json"));
const { transformSync } = require("@lwc/compiler");
const { ApexErrorListener, ApexParserFactory } = require("@apexdevtools/apex-parser");

class Listener extends ApexErrorListener {
    problems = [];

    apexSyntaxError(line, column, message) {
        this.problems.push(`${line}:${column} ${message.slice(0, 200)}`);
    }
}

function apex(text, rule) {
    const listener = new Listener();
    ApexParserFactory.createLexerAndParser(text, listener).parser[rule]();
    return listener.problems;
}

function component(text, path) {
    const options = { name: basename(dirname(path)), namespace: "c", apiVersion: 62 };
    try {
        return (transformSync(text, basename(path), options).warnings ?? []).map((warning) => warning.message);
    } catch (problem) {
        return [problem.message];
    }
}

const checks = {
    ".cls": (text) => apex(text, "compilationUnit"),
    ".trigger": (text) => apex(text, "triggerUnit"),
    ".js": component,
    ".html": component,
};
const found = files.map((path) => [path, checks[extname(path)](readFileSync(path, "utf8"), path)]);
console.log(JSON.stringify(Object.fromEntries(found)));
