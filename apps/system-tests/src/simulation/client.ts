import { EngineUnavailable } from '@conference/ports';
import type { CommandContext, CommandOutcome } from '@conference/runtime';
import type { SeededRandom } from '@conference/testing-simulation';
import type { HostedService } from './hosted-service.ts';
import type { World } from './world.ts';

type AnyOutcome = CommandOutcome<unknown, { readonly code: string }>;
type Unfinished = { readonly status: 'busy' | 'stale' | 'key-reused' };
/** What a command came to in the end. */
export type Settled<Outcome extends AnyOutcome> = Exclude<Outcome, Unfinished>;
type Send<Application, Outcome> = (application: Application, context: CommandContext) => Promise<Outcome>;

/** Somebody outside, who knows only what was answered, and asks again with the same id until something is. */
export interface Client {
  readonly name: string;
  readonly chance: SeededRandom;
  pause(milliseconds: number): Promise<void>;
  send<Application, Outcome extends AnyOutcome>(
    host: HostedService<Application>,
    what: string,
    send: Send<Application, Outcome>,
  ): Promise<Settled<Outcome>>;
  /** Looks again and again; undefined when it has not come after `looks`. */
  look<Application, Answer>(
    host: HostedService<Application>,
    question: (application: Application) => Promise<Answer | undefined>,
    looks: number,
  ): Promise<Answer | undefined>;
}

const retryMsMin = 100;
const retryMsMax = 2_000;
const lookEveryMs = 500;

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

export const createClient = (world: World, name: string): Client => {
  const { sim, workload } = world;
  const chance = sim.chance.fork(`client/${name}`);
  const pause = (milliseconds: number): Promise<void> => sim.timer.sleep(Math.round(milliseconds));
  const line = (text: string): void => sim.trace.add(`${sim.timer.now().slice(11, 23)} ${name}: ${text}`);

  /** One try. Undefined: no answer, or none that says anything. */
  const attempt = async <Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer | undefined> => {
    const wasCalm = world.isCalm();
    try {
      return await ask();
    } catch (error) {
      line(`${what}: ${messageOf(error)}`);
      // Just started, it may not know yet whether a conference is there: over HTTP that is a 503.
      const isExpected = error instanceof EngineUnavailable || (error instanceof Error && error.name === 'NoAnswer');
      if (wasCalm && !isExpected) throw error;
      return undefined;
    }
  };

  /** Same key, same answer; same key and another body, a refusal (I10). Where no answer comes there is nothing to compare. */
  const sendOnceMore = async <Application, Outcome extends AnyOutcome>(
    host: HostedService<Application>,
    what: string,
    send: Send<Application, Outcome>,
    context: CommandContext,
    first: Extract<AnyOutcome, { readonly status: 'accepted' | 'repeated' }>,
  ): Promise<void> => {
    const again = await attempt(what, () => host.ask((application) => send(application, context)));
    if (again === undefined || again.status === 'busy') return;
    if (again.status !== 'repeated' || again.streamVersion !== first.streamVersion || again.position !== first.position)
      throw sim.failure(
        `${name}: ${what} was ${first.status} at ${first.streamVersion}, and once more it is ${JSON.stringify({ ...again, state: 0 })}`,
      );
    const misused = await attempt(what, () => host.ask((application) => send(application, { ...context, requestHash: 'another' })));
    if (misused !== undefined && misused.status !== 'busy' && misused.status !== 'key-reused')
      throw sim.failure(`${name}: ${what} with a used id and another body is ${misused.status}`);
  };

  return {
    name,
    chance,
    pause,
    send: async (host, what, send) => {
      const commandId = chance.uuid();
      const context: CommandContext = { commandId, correlationId: commandId, causationId: commandId, actor: name, requestHash: 'one' };
      for (;;) {
        const outcome = await attempt(what, () => host.ask((application) => send(application, context)));
        if (outcome === undefined || outcome.status === 'busy') {
          await pause(chance.integer(retryMsMin, retryMsMax));
          continue;
        }
        line(`${what}: ${outcome.status === 'rejected' ? outcome.reason.code : outcome.status}`);
        if (outcome.status === 'stale' || outcome.status === 'key-reused') throw sim.failure(`${name}: ${what} is ${outcome.status}`);
        if ((outcome.status === 'accepted' || outcome.status === 'repeated') && chance.chance(workload.impatience))
          await sendOnceMore(host, what, send, context, outcome);
        return outcome as Settled<typeof outcome>;
      }
    },
    look: async (host, question, looks) => {
      for (let n = 0; n < looks; n++) {
        const answer = await attempt('look', () => host.ask(question));
        if (answer !== undefined) return answer;
        await pause(lookEveryMs);
      }
      return undefined;
    },
  };
};
