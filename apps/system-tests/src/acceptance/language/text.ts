/** A text of sentences, one a line, each with its keyword; `And` stands for the keyword of the line before. */
import type { Keyword } from './sentence.ts';

type Unindented<Text extends string> = Text extends ` ${infer Rest}` | `\n${infer Rest}` ? Unindented<Rest> : Text;
type KeywordOf<Sentence extends string> = Sentence extends `${infer First extends Keyword} ${string}` ? First : never;
type Full<Line extends string, Before extends string> = Line extends `And ${infer Rest}` ? `${Before} ${Rest}` : Line;

/** `true` for a text of which every line is a sentence that is known, else what the first other line is told. */
export type Checked<Text extends string, Known extends string, Before extends string = ''> =
  Unindented<Text> extends `${infer Line}\n${infer Rest}`
    ? Full<Line, Before> extends Known
      ? Checked<Rest, Known, KeywordOf<Full<Line, Before>>>
      : `There is no such sentence: ${Line}`
    : Unindented<Text> extends ''
      ? true
      : `A line of its own must end the text, after: ${Unindented<Text>}`;

/** A text that is checked: what TypeScript compares a text with. */
export type TextOfSentences<Text extends string, Known extends string> =
  Checked<Text, Known> extends infer Problem extends string ? Problem : Text;

export type Line = {
  /** As it is written. */
  readonly text: string;
  /** With its keyword in place of `And`. */
  readonly sentence: string;
};

const keywordOf = (sentence: string): string => sentence.slice(0, sentence.indexOf(' '));

export const linesOf = (text: string): readonly Line[] => {
  const lines: Line[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const before = lines.at(-1);
    const sentence = line.startsWith('And ') && before !== undefined ? `${keywordOf(before.sentence)}${line.slice('And'.length)}` : line;
    lines.push({ text: line, sentence });
  }
  return lines;
};
