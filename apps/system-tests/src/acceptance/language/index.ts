export { keywords, type Steps, type ValuesOf } from './sentence.ts';
export { type Feature, language, type Scenario, SentenceFailed, SentenceUnclear } from './story.ts';
export { type Listed, listOf, oneOf, type Vocabulary, type Word } from './word.ts';
