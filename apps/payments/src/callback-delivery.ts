import type { OutgoingCallback } from '@conference/payments-application';
import { signWebhook, type WebhookHeaders } from '@conference/platform';
import type { Clock } from '@conference/ports';

export type CallbackRequest = {
  readonly headers: WebhookHeaders & { readonly 'content-type': 'application/json' };
  readonly rawBody: string;
};

/** Sends a request to `/v1/processor-callbacks` and answers with its status; throws when there is no answer. */
export type SendCallback = (request: CallbackRequest) => Promise<number>;

/** Calls back as a real processor would: signed anew each time, since a signature is good for minutes only. Throws unless 2xx. */
export const callbackDelivery =
  (options: { readonly secrets: readonly string[]; readonly clock: Clock; readonly send: SendCallback }) =>
  async ({ webhookId, type, timestamp, paymentId }: OutgoingCallback): Promise<void> => {
    const { secrets, clock, send } = options;
    const rawBody = JSON.stringify({ type, timestamp, data: { paymentId } });
    const signature = signWebhook({ secrets, id: webhookId, now: clock.now(), rawBody });
    const status = await send({ headers: { ...signature, 'content-type': 'application/json' }, rawBody });
    if (status < 200 || status > 299) throw new Error(`the call-back was answered ${status}`);
  };

const answerWithinMs = 10_000;

/** Over HTTP, to the service itself. */
export const sendOverHttp =
  (serviceUrl: () => string): SendCallback =>
  async ({ headers, rawBody }) => {
    const response = await fetch(`${serviceUrl()}/v1/processor-callbacks`, {
      method: 'POST',
      headers,
      body: rawBody,
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs),
    });
    await response.arrayBuffer();
    return response.status;
  };
