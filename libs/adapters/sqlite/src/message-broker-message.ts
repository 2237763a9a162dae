/** The topic's name is the file's: it comes from configuration, and never leaves the folder. */
export const topicFileName = (topic: string): string => {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(topic)) throw new TypeError(`not a valid topic: ${JSON.stringify(topic)}`);
  return `${topic}.sqlite`;
};
