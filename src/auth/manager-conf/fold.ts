/** For comparing as strcasecmp does: beyond ASCII, case makes a difference. */
export const fold = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** What Asterisk takes for a yes; anything else is a no. */
export const isTrue = (text: string): boolean => ['yes', 'true', 'y', 't', '1', 'on'].includes(fold(text));
