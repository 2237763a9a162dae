const form = /^(mongodb(?:\+srv)?:\/\/)(?:[^@/?#]*@)?([\w.:,[\]%-]+)(?:[/?][^@]*)?$/;

/** The address as it may be shown: protocol and hosts. Of one that cannot be taken apart for certain nothing but its protocol. */
export const shownAddress = (url: string): string => {
  const [, protocol, hosts] = form.exec(url) ?? [];
  if (protocol === undefined || hosts === undefined) return /^mongodb(\+srv)?:\/\//.exec(url)?.[0] ?? 'MONGODB_URL';
  return protocol + hosts;
};
