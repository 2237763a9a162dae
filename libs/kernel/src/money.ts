/** `amount` in minor units of the currency (cents): an integer, so sums need no rounding (PRC-3). `currency` is ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string };
