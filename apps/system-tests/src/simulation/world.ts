import { type ConferenceManagementApplication, conferenceManagementApplication } from '@conference/conference-management-application';
import {
  type PaymentsApplication,
  paymentsApplication,
  type SimulatedProcessor,
  simulatedProcessor,
} from '@conference/payments-application';
import { type RegistrationApplication, registrationApplication } from '@conference/registration-application';
import { type ContextRuntime, uuidv5 } from '@conference/runtime';
import { createBrokerDisk } from '@conference/testing-memory';
import { faultScripts, type Simulation } from '@conference/testing-simulation';
import { type CallbackLine, callbackLine } from './callback-network.ts';
import { type HostedService, hostedService, type Sabotage } from './hosted-service.ts';
import type { Workload } from './workload.ts';

export type HostedPayments = PaymentsApplication & { readonly processor: SimulatedProcessor };

/** All three services in one process, on virtual time, with the broker between them and the processor beside them. */
export interface World {
  readonly sim: Simulation;
  readonly workload: Workload;
  readonly conferenceManagement: HostedService<ConferenceManagementApplication>;
  readonly registration: HostedService<RegistrationApplication>;
  readonly payments: HostedService<HostedPayments>;
  readonly callbacks: CallbackLine;
  /** As many as there are, whatever they serve. */
  readonly hosts: readonly HostedService<{ readonly runtime: ContextRuntime }>[];
  start(): void;
  /** No faults from now on, and clocks that are right again: none of them behind where it was. */
  calmDown(): void;
  /** Sets a service's clock wrong from now on. */
  skewClock(host: HostedService<unknown>, milliseconds: number): void;
  isCalm(): boolean;
}

const deadlinesEveryMs = 1_000;
const locator = (email: string, accessCode: string): string => uuidv5(`${email} ${accessCode}`);

export const createWorld = (sim: Simulation, workload: Workload, sabotage: Sabotage = {}): World => {
  let isCalm = false;
  const skews = new Map<HostedService<unknown>, number>();
  const shared = {
    sim,
    broker: createBrokerDisk(),
    scripts: faultScripts(sim),
    sabotage,
    newNameEachLife: workload.newNameEachLife,
    readModelsLost: () => (isCalm ? 0 : workload.readModelsLost),
    start: ({ runtime }: { readonly runtime: ContextRuntime }) => runtime.start(),
  };

  const conferenceManagement = hostedService({
    ...shared,
    name: 'conference-management',
    application: (engines) => conferenceManagementApplication(engines, { locator }),
  });
  const registration = hostedService({
    ...shared,
    name: 'registration',
    application: (engines) => {
      const { reservationSeconds, graceSeconds } = workload;
      return registrationApplication(engines, { reservationSeconds, graceSeconds, locator, deadlinesEveryMs });
    },
  });
  const payments: HostedService<HostedPayments> = hostedService({
    ...shared,
    name: 'payments',
    application: (engines) => {
      const processor = simulatedProcessor(engines, {
        publicUrl: 'https://payments.example',
        deliver: (callback) => callbacks.deliver(callback),
      });
      return { ...paymentsApplication(engines, {}, processor), processor };
    },
  });
  const callbacks = callbackLine(sim, workload.callbacks, (callback) => payments.ask(({ commands }) => commands.handleCallback(callback)));
  const hosts = [conferenceManagement, registration, payments];

  return {
    sim,
    workload,
    conferenceManagement,
    registration,
    payments,
    callbacks,
    hosts,
    start: () => {
      for (const { service } of hosts) service.start();
    },
    skewClock: (host, milliseconds) => {
      skews.set(host, Math.max(milliseconds, skews.get(host) ?? sim.options.clockSkewMsMax));
      host.service.setClockSkew(milliseconds);
    },
    calmDown: () => {
      isCalm = true;
      sim.calmDown();
      callbacks.calmDown();
      for (const [host, furthest] of skews) host.service.setClockSkew(furthest);
    },
    isCalm: () => isCalm,
  };
};
