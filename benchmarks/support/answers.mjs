// Cases on stdin, as a JSON list; Strudel's answers on stdout, for `oracle.py`:
// {"mini": TEXT} or {"js": EXPRESSION}, "begin", "end" -> {"haps": [...]} or {"error": TEXT}.
import * as core from '@strudel/core';
import * as mini from '@strudel/mini';
import * as tonal from '@strudel/tonal';
import fs from 'node:fs';

mini.miniAllStrings();
for (const [name, value] of Object.entries({ ...core, ...mini, ...tonal })) {
  try {
    globalThis[name] = value;
  } catch {
    // a name of node's own
  }
}

const exact = (time) => `${time.s * time.n}/${time.d}`;
const span = (times) => times && [exact(times.begin), exact(times.end)];

function answer({ mini: text, js, begin, end }) {
  try {
    const pattern = text === undefined ? (0, eval)(`(${js})`) : mini.mini(text);
    const haps = pattern.queryArc(begin, end);
    return {
      haps: haps.map((hap) => ({
        whole: span(hap.whole) ?? null,
        part: span(hap.part),
        value: hap.value,
      })),
    };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

const cases = JSON.parse(fs.readFileSync(0, 'utf8'));
// Errors inside a query go to the console, which is not where the answers are.
console.log = console.warn = console.error = () => {};
const answers = JSON.stringify(cases.map(answer), (_, value) =>
  typeof value === 'bigint' ? Number(value) : value,
);
process.stdout.write(`\n${answers}`);
