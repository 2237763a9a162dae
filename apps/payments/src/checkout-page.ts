import type { InitiatedPayment } from '@conference/payments-application';

const escapes: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);

const money = ({ amount, currency }: InitiatedPayment['amount']): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 10 ** digitsOf(currency));
const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${content}
</main>
</body>
</html>
`;

const facts = ({ amount, description, paymentId }: InitiatedPayment): string => `<dl>
<dt>Amount</dt><dd>${escaped(money(amount))}</dd>
<dt>For</dt><dd>${escaped(description)}</dd>
<dt>Payment</dt><dd>${escaped(paymentId)}</dd>
</dl>`;

const button = (outcome: 'accepted' | 'rejected', label: string): string =>
  `<button type="submit" name="outcome" value="${outcome}">${label}</button>`;

const sentences: { readonly [State in InitiatedPayment['state']]: string } = {
  initiated: 'Nothing has been paid yet.',
  rejected: 'The payment was rejected. You may try again.',
  completed: 'The payment was accepted. Thank you; you may close this page.',
  'refund-requested': 'The payment was accepted, and the money is on its way back.',
  refunded: 'The money was given back.',
};

/** The page of a processor that is only simulated, and says so: nobody's money moves. Without styles, as the policy asks. */
export const checkoutPage = (payment: InitiatedPayment): string => {
  const isOpen = payment.state === 'initiated' || payment.state === 'rejected';
  const form = `<form method="post" action="/processor/checkout/${escaped(payment.paymentId)}">
${button('accepted', 'Accept')}
${button('rejected', 'Reject')}
</form>`;
  return page(
    'Simulated payment',
    `<p>${sentences[payment.state]}</p>
${facts(payment)}
${isOpen ? form : ''}`,
  );
};

const decisions = {
  accepted: 'You accepted the payment. Your order is confirmed in a moment; you may close this page.',
  rejected: 'You rejected the payment. Your seats stay reserved until the reservation ends, and you may try again.',
  'already-accepted': 'The payment was accepted before; that cannot be taken back here.',
} as const;

/** After a decision, which is durable by now. */
export const decidedPage = (payment: InitiatedPayment, decision: keyof typeof decisions): string =>
  page(
    'Simulated payment',
    `<p>${decisions[decision]}</p>
${facts(payment)}
${decision === 'rejected' ? `<p><a href="/processor/checkout/${escaped(payment.paymentId)}">Back to the payment</a></p>` : ''}`,
  );
