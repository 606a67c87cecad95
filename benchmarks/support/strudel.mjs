// Answers each line of JSON on stdin with one on stdout, for `support/strudel.py`:
// {"js": EXPRESSION} makes a pattern and says how many haps its first cycles have,
// {"case": NUMBER, "seconds": S} asks it for one cycle after the other, none twice.
import * as core from '@strudel/core';
import * as mini from '@strudel/mini';
import * as tonal from '@strudel/tonal';
import readline from 'node:readline';

mini.miniAllStrings();
for (const [name, value] of Object.entries({ ...core, ...mini, ...tonal })) {
  try {
    globalThis[name] = value;
  } catch {
    // a name of node's own
  }
}
const patterns = [];
const cycles = [];

function add(js) {
  const pattern = (0, eval)(`(${js})`);
  patterns.push(pattern);
  cycles.push(0);
  const haps = [];
  for (let cycle = 0; cycle < 8; cycle++) haps.push(pattern.queryArc(cycle, cycle + 1).length);
  return { haps };
}

function measure(number, seconds) {
  const pattern = patterns[number];
  let [haps, asked, cycle] = [0, 0, cycles[number]];
  const begin = process.hrtime.bigint();
  let now = begin;
  while (Number(now - begin) < seconds * 1e9) {
    for (let i = 0; i < 20; i++, cycle++) haps += pattern.queryArc(cycle, cycle + 1).length;
    asked += 20;
    now = process.hrtime.bigint();
  }
  cycles[number] = cycle;
  return { haps, asked, seconds: Number(now - begin) / 1e9 };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const answer = order.js === undefined ? measure(order.case, order.seconds) : add(order.js);
  // What Strudel itself prints is not an answer.
  process.stdout.write(`ANSWER ${JSON.stringify(answer)}\n`);
}
