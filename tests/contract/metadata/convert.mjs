// Converts each package directory of an sfdx project to metadata format: node convert.mjs HOME PROJECT OUTPUT
// Prints JSON: {directory: {components: {type: [names]}, files: [paths]}, ...}
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [home, project, output] = process.argv.slice(2);
const require = createRequire(join(home, "package.json"));
const { ComponentSet, MetadataConverter } = require("@salesforce/source-deploy-retrieve");

process.chdir(project);
const found = {};
for (const { path } of JSON.parse(readFileSync("sfdx-project.json", "utf8")).packageDirectories) {
  const components = {};
  const set = ComponentSet.fromSource(path);
  set.projectDirectory = project;
  for (const component of set.getSourceComponents()) {
    (components[component.type.name] ??= []).push(component.fullName);
    for (const child of component.getChildren()) (components[child.type.name] ??= []).push(child.fullName);
  }
  const target = { type: "directory", outputDirectory: output, packageName: path };
  const { packagePath } = await new MetadataConverter().convert(set, "metadata", target);
  found[path] = { components, folder: packagePath };
}
console.log(JSON.stringify(found));
