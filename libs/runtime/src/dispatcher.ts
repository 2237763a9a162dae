import type { Command, DomainEvent, Message, Policy, Refusal } from '@conference/kernel';
import { idOf } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import type { CommandContext, CommandOutcome } from './command-outcome.ts';
import { type EventDecoder, recorded } from './event-codec.ts';
import { type HandleOne, Transient } from './keyed-consumer.ts';
import { conversationOf, type ProcessManagerRunner, processEventCodec } from './process-manager-runner.ts';
import { uuidv5 } from './uuid.ts';

/** In process, to the one handler of the command. */
export type SendCommand<C extends Command> = (command: C, context: CommandContext) => Promise<CommandOutcome<unknown, Refusal>>;

const contextOf = (stored: StoredEvent, commandId: string, actor: string): CommandContext => ({
  commandId,
  ...conversationOf(stored.metadata),
  causationId: stored.eventId,
  actor,
});

/** Undefined when it was done, now or earlier; the code when the target refused. */
const send = async <C extends Command>(sendCommand: SendCommand<C>, command: C, context: CommandContext): Promise<string | undefined> => {
  const outcome = await sendCommand(command, context);
  switch (outcome.status) {
    case 'accepted':
    case 'unchanged':
    case 'repeated':
      return undefined;
    case 'rejected':
      return outcome.reason.code;
    case 'busy':
      throw new Transient(`${command.type} is not through yet`);
    default:
      throw new Error(`${command.type} ${context.commandId} was answered ${outcome.status}`);
  }
};

/** The id of the input that says that a command was refused. */
const rejectionOf = (commandId: string): string => uuidv5(commandId, 'rejected');

/**
 * Follows a process manager's streams and sends what they say was decided, in that order, with the ids that stand there.
 * A refused command comes back as the input `CommandRejected`. Sent again after a crash, the ids are the same.
 */
export const dispatchOf = <In extends Message, C extends Command>(
  runner: ProcessManagerRunner<In>,
  sendCommand: SendCommand<C>,
): HandleOne => {
  const codec = processEventCodec<In, C>();
  return async (stored, mayBeRepeat) => {
    const commands = codec.decode(stored)?.data.commands ?? [];
    if (commands.length === 0) return;
    // A refusal is final: the process has reacted to it, so it may not be accepted when it is sent again after a crash.
    const handled = mayBeRepeat ? await runner.inputsAfter(stored) : undefined;
    for (const { commandId, command } of commands) {
      if (handled?.has(rejectionOf(commandId)) === true) continue;
      const code = await send(sendCommand, command, contextOf(stored, commandId, `process:${runner.name}`));
      if (code === undefined) continue;
      const message = { type: 'CommandRejected', data: { commandId, code } } as const;
      const input = { message, id: rejectionOf(commandId), causationId: commandId, receivedAt: stored.recordedAt };
      await runner.handleInput(idOf(stored.streamName), input, stored.metadata);
    }
  };
};

/** A policy's commands, with ids derived from the event. A refusal is unforeseen there: the event is parked, and shown. */
export const reactionOf = <E extends DomainEvent, C extends Command>(
  policy: Policy<E, C>,
  codec: EventDecoder<E>,
  sendCommand: SendCommand<C>,
): ((stored: StoredEvent) => Promise<void>) => {
  return async (stored) => {
    const event = codec.decode(stored);
    if (event === undefined) return;
    for (const [index, command] of policy.react(recorded(stored, event)).entries()) {
      const context = contextOf(stored, uuidv5(stored.eventId, `${policy.name}/${index}`), `policy:${policy.name}`);
      const code = await send(sendCommand, command, context);
      if (code !== undefined) throw new Error(`${command.type} was refused: ${code}`);
    }
  };
};
