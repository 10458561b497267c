// A program that lints the OpenAPI documents in the JSON array on its standard input with Spectral's own rules, and prints the results as
// JSON. It is not part of a test, because with vitest's import conditions a library of Spectral loads modules that do not fit together.
import { text } from 'node:stream/consumers';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';

const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, 'recommended']] });
const documents = JSON.parse(await text(process.stdin)) as readonly object[];
const linted: string[][] = [];
for (const document of documents) {
  const found = await spectral.run(JSON.stringify(document));
  linted.push(found.map(({ code, path, message }) => `${code} ${path.join('/')}: ${message}`));
}
process.stdout.write(JSON.stringify(linted));
