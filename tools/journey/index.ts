export { freePort } from '../free-port.ts';
export * from './answers.ts';
export { type ConferencePlan, type OpenConference, type OpenSeatType, openConference } from './conference.ts';
export { eventually, NotInTime } from './eventually.ts';
export { type Answer, type HttpClient, type HttpRequest, httpClient, NoAnswer, RequestRefused, type RetryLimits } from './http-client.ts';
export { type Journal, type JournalWriter, journalWriter, parseJournal } from './journal.ts';
export {
  type Behaviour,
  behaviours,
  confirmedOrRefunded,
  decided,
  decidePayment,
  placeOrder,
  type RegistrantOptions,
  type RegistrantPlan,
  type RegistrantReport,
  register,
  startPayment,
} from './registrant.ts';
export { addressesFrom, dataFolderFrom } from './running-system.ts';
export { addressesOf, awaitReady, type RunningServices, type ServicePorts, startServices } from './services.ts';
export {
  type Held,
  type NewSeatType,
  type Selection,
  type ServiceAddresses,
  type ServiceName,
  type SystemClient,
  serviceNames,
  systemClient,
} from './system-client.ts';
export { type BehaviourWeights, type ContinuousWorkload, continuousWorkload, drawPlan, registerAll } from './workload.ts';
