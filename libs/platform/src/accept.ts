/** One range of an `Accept` header (RFC 9110 §12.5.1). */
type MediaRange = { readonly type: string; readonly subtype: string; readonly weight: number };
type Preference = { readonly weight: number; readonly specificity: number };

const rangePattern = /^\s*([\w!#$&^.+*-]+)\/([\w!#$&^.+*-]+)\s*(;.*)?$/;
const weightPattern = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)/i;

const rangesOf = (header: string): readonly MediaRange[] =>
  header.split(',').flatMap((part) => {
    const [, type, subtype, parameters = ''] = rangePattern.exec(part) ?? [];
    if (type === undefined || subtype === undefined) return [];
    const [, weight = '1'] = weightPattern.exec(parameters) ?? [];
    return [{ type: type.toLowerCase(), subtype: subtype.toLowerCase(), weight: Number(weight) }];
  });

const specificityOf = (range: MediaRange, type: string, subtype: string): number => {
  if (range.type === type && range.subtype === subtype) return 3;
  if (range.type === type && range.subtype === '*') return 2;
  return range.type === '*' && range.subtype === '*' ? 1 : 0;
};

/** The most specific range that a media type falls under decides. */
const preferenceOf = (ranges: readonly MediaRange[], mediaType: string): Preference => {
  const [type = '', subtype = ''] = mediaType.split('/');
  return ranges.reduce<Preference>(
    (best, range) => {
      const specificity = specificityOf(range, type, subtype);
      return specificity > best.specificity ? { weight: range.weight, specificity } : best;
    },
    { weight: 0, specificity: 0 },
  );
};

const acceptLengthMax = 1_000;

/**
 * Which of the media types a client would rather have: by weight, then the one it named more exactly, then the first, which is
 * also the answer to a client that names none of them.
 */
export const preferredMediaType = <Type extends string>(header: string | undefined, offered: readonly [Type, ...Type[]]): Type => {
  const [first] = offered;
  if (header === undefined || header.length > acceptLengthMax) return first;
  const ranges = rangesOf(header);
  let best = { type: first, ...preferenceOf(ranges, first) };
  for (const type of offered.slice(1)) {
    const { weight, specificity } = preferenceOf(ranges, type);
    if (weight > best.weight || (weight > 0 && weight === best.weight && specificity > best.specificity))
      best = { type, weight, specificity };
  }
  return best.type;
};
