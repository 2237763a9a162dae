import {
  type Conference,
  type ConferenceCommand,
  type ConferenceDetails,
  type ConferenceRefusal,
  conference,
  type Owner,
  type SeatTypeDetails,
} from '@conference/conference-management-domain';
import { type Instant, origin, type Position, streamName } from '@conference/kernel';
import { topics as paymentTopics } from '@conference/payments-contracts';
import { topics as registrationTopics } from '@conference/registration-contracts';
import {
  type CommandContext,
  type CommandOutcome,
  type ContextRuntime,
  commandHandler,
  contextRuntime,
  type Engines,
  only,
  streamHistory,
  uuidv5,
} from '@conference/runtime';
import { conferenceCodec, conferenceManagementCodec } from './catalog.ts';
import { publications } from './publications.ts';
import { type ConferenceManagementQueries, conferenceManagementQueries } from './queries.ts';
import { attendeeEventTypes, attendeesProjection } from './read-models/attendees.ts';
import { conferenceOrderEventTypes, conferenceOrdersProjection } from './read-models/conference-orders.ts';
import { conferenceEventTypes, conferencesProjection, type Locator } from './read-models/conferences.ts';

export interface ConferenceManagementSettings {
  /** A keyed hash of e-mail and access code. */
  readonly locator: Locator;
}

export type ConferenceOutcome = CommandOutcome<Conference, ConferenceRefusal>;

type Which = { readonly conferenceId: string };
export type NewConference = ConferenceDetails & {
  readonly slug: string;
  readonly currency: string;
  readonly owner: Owner;
  readonly accessCode: string;
};

/** What conference-management can be asked to do, and what it can be asked. */
export interface ConferenceManagementApplication {
  readonly runtime: ContextRuntime;
  readonly commands: {
    createConference(request: NewConference, context: CommandContext): Promise<ConferenceOutcome>;
    updateConference(request: Which & ConferenceDetails, context: CommandContext): Promise<ConferenceOutcome>;
    publishConference(request: Which, context: CommandContext): Promise<ConferenceOutcome>;
    unpublishConference(request: Which, context: CommandContext): Promise<ConferenceOutcome>;
    createSeatType(request: Which & SeatTypeDetails, context: CommandContext): Promise<ConferenceOutcome>;
    updateSeatType(request: Which & SeatTypeDetails, context: CommandContext): Promise<ConferenceOutcome>;
    deleteSeatType(request: Which & { readonly seatTypeId: string }, context: CommandContext): Promise<ConferenceOutcome>;
    /** The conference as it was at a version: to answer a repeated command word for word. */
    conferenceAt(conferenceId: string, version: number): Promise<Conference>;
    /** When it was created; undefined when it was not. */
    createdAt(conferenceId: string): Promise<Instant | undefined>;
  };
  readonly queries: ConferenceManagementQueries;
}

/** Of the slug, whatever its case: so that `no-stream` is the guarantee that a slug is taken once. */
export const conferenceIdOf = (slug: string): string => uuidv5(`conference:${slug.toLowerCase()}`);

export const conferenceManagementApplication = (
  engines: Engines,
  settings: ConferenceManagementSettings,
): ConferenceManagementApplication => {
  const { eventStore, timer, random, readModels, log } = engines;
  const streamOf = (conferenceId: string) => streamName('Conference', conferenceId);
  const handler = commandHandler({
    decider: conference,
    codec: conferenceCodec,
    streamOf: ({ data }: ConferenceCommand) => streamOf(data.conferenceId),
    eventStore,
    timer,
    retry: { withinMs: 5_000, random },
    log,
  });

  const builder = contextRuntime({
    context: 'ConferenceManagement',
    service: 'conference-management',
    categories: [
      'Conference',
      'ConferenceManagementInboxOrder',
      'ConferenceManagementInboxPayment',
      'ConferenceManagementInboxSeatAssignments',
      'ConferenceManagementInboxSeatsAvailability',
    ],
    engines,
  });
  const running = {
    conferences: builder.project(conferencesProjection(settings.locator), only(conferenceManagementCodec, ...conferenceEventTypes)),
    orders: builder.project(conferenceOrdersProjection, only(conferenceManagementCodec, ...conferenceOrderEventTypes)),
    attendees: builder.project(attendeesProjection, only(conferenceManagementCodec, ...attendeeEventTypes)),
  };
  builder.publish(publications, conferenceCodec);
  builder.importFrom(
    [registrationTopics.orders.name, registrationTopics.seats.name, paymentTopics.payments.name],
    conferenceManagementCodec,
  );

  let latestCreation: Position = origin;

  const queries = conferenceManagementQueries({
    store: readModels,
    running,
    history: streamHistory({ eventStore, decoder: conferenceCodec, decider: conference }),
    locator: settings.locator,
    latestCreation: () => latestCreation,
  });

  return {
    runtime: builder.build(),
    queries,
    commands: {
      createConference: async (request, context) => {
        const conferenceId = conferenceIdOf(request.slug);
        // The slug names the stream: that of another slug cannot tell that this command has created a conference before.
        const created = context.requestHash === undefined ? undefined : await queries.conferenceCreatedBy(context.commandId);
        if (created !== undefined && created !== conferenceId) return { status: 'key-reused' };
        const outcome = await handler({ type: 'CreateConference', data: { ...request, conferenceId } }, context);
        if (outcome.status === 'accepted' && outcome.position > latestCreation) latestCreation = outcome.position;
        return outcome;
      },
      updateConference: (data, context) => handler({ type: 'UpdateConference', data }, context),
      publishConference: (data, context) => handler({ type: 'PublishConference', data }, context),
      unpublishConference: (data, context) => handler({ type: 'UnpublishConference', data }, context),
      createSeatType: (data, context) => handler({ type: 'CreateSeatType', data }, context),
      updateSeatType: (data, context) => handler({ type: 'UpdateSeatType', data }, context),
      deleteSeatType: (data, context) => handler({ type: 'DeleteSeatType', data }, context),
      conferenceAt: (conferenceId, version) => handler.stateAt(streamOf(conferenceId), version),
      createdAt: async (conferenceId) => {
        for await (const page of eventStore.readStream(streamOf(conferenceId), { maxCount: 1 })) return page[0]?.metadata.occurredAt;
        return undefined;
      },
    },
  };
};
