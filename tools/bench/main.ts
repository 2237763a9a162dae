import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { hotConference } from './conference.ts';
import { enginesIn, enginesLine, reasonToLeaveOut } from './engines.ts';
import { facts } from './facts-part.ts';
import { growth } from './growth.ts';
import { acceptance, decision, place, quiet, registrations, sustained } from './load-parts.ts';
import { table } from './report.ts';
import { type PartName, settingsFromArguments } from './settings.ts';
import { coldLoad, rebuild } from './store-parts.ts';
import { progress, type Workbench, workbench } from './workbench.ts';

const { settings, json } = settingsFromArguments();
const machine = {
  cpus: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
const engines = enginesIn(process.env);
const bench: Workbench = workbench(settings, { machine, engines, settings });
const isAsked = (...parts: readonly PartName[]): boolean => parts.some((part) => settings.only.includes(part));

/** Those that share running services, a data folder and a warm-up. */
const underLoad = async (): Promise<void> => {
  await bench.startAll(bench.dataFolder());
  const conference = await hotConference('first');
  await place(bench, conference, 5_000); // warms the code up
  await quiet(bench);
  if (isAsked('accepted')) await acceptance(bench, conference);
  if (isAsked('decided')) await decision(bench, conference);
  if (isAsked('registrations')) await registrations(bench, conference);
  if (isAsked('sustained')) await sustained(bench);
  await bench.stopAll('SIGTERM');
};

/** Measured, or left out with a row that says why. */
const unlessLeftOut = async (part: 'cold-load' | 'rebuild', measured: (bench: Workbench) => Promise<void>): Promise<void> => {
  if (!isAsked(part)) return;
  const reason = reasonToLeaveOut(part, engines);
  if (reason === undefined) await measured(bench);
  else bench.leaveOut(part, reason);
};

const measure = async (): Promise<void> => {
  const { cpus: cores, model, memoryGiB, node } = machine;
  progress(`${cores} × ${model}, ${memoryGiB} GiB, Node ${node}; heap limit ${settings.heapMiB} MiB a service`);
  progress(enginesLine(engines));
  if (isAsked('accepted', 'decided', 'registrations', 'sustained')) await underLoad();
  if (isAsked('growth')) await growth(bench);
  await unlessLeftOut('cold-load', coldLoad);
  await unlessLeftOut('rebuild', rebuild);
  if (isAsked('facts')) await facts(bench);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void bench.clean().then(() => process.exit(130)));
try {
  await measure();
  process.stdout.write(`${enginesLine(engines)}\n${table(bench.rows)}\n`);
  const report = JSON.stringify(bench.report, null, 2);
  if (json === undefined) process.stdout.write(`${report}\n`);
  else writeFileSync(json, `${report}\n`);
} finally {
  await bench.clean();
}
