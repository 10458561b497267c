// Lints the OpenAPI document on its standard input by Spectral's own rules, and prints what it finds, as JSON. A program of its own: among
// vitest's conditions for imports, a library of Spectral loads modules that do not fit together.
import { text } from 'node:stream/consumers';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';

const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, 'recommended']] });
const found = await spectral.run(await text(process.stdin));
const lines = found.map(({ code, path, message }) => `${code} ${path.join('/')}: ${message}`);
process.stdout.write(JSON.stringify(lines));
