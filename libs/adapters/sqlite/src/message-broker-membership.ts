/** The members of one group on one topic, in the order in which they came: the first one is active. */
type Member = { activate: () => void };

/**
 * Of this process, which is the only one with this file of offsets; so a process that was killed leaves nothing behind
 * that its successor would have to wait for.
 */
const membersOf = new Map<string, Member[]>();

/** Resolves when this member is the active one, or at once when `signal` aborts. What it answers has to be called at the end. */
export const becomeActive = async (key: string, signal: AbortSignal): Promise<() => void> => {
  const members = membersOf.get(key) ?? [];
  membersOf.set(key, members);
  const member: Member = { activate: () => {} };
  members.push(member);
  if (members[0] !== member && !signal.aborted) {
    await new Promise<void>((resolve) => {
      member.activate = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  return () => {
    const wasActive = members[0] === member;
    members.splice(members.indexOf(member), 1);
    if (members.length === 0) membersOf.delete(key);
    else if (wasActive) members[0]?.activate();
  };
};
