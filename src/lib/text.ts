/**
 * The same text on memory of its own. A part cut out of a message keeps the whole read it came in alive; what is kept
 * longer than the message must not.
 */
export const detached = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
