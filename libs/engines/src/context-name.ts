/** `conference-management`: `ConferenceManagement`, as the context is called in the names of streams. */
export const contextNameOf = (service: string): string =>
  service.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
