import { isTrue, fold } from './fold.ts';
import type { Warning } from './problem.ts';
import { findSection, type Section } from './sections.ts';

/** What `[general]` says about logins; the defaults are Asterisk's. */
export interface General {
  /** Whether the manager interface is on at all. */
  enabled: boolean;
  displayConnects: boolean;
  allowMultipleLogin: boolean;
  authTimeoutSeconds: number;
}

/** Of several sections only the first counts. */
export const readGeneral = (sections: readonly Section[]): { general: General; warnings: Warning[] } => {
  const general: General = {
    enabled: false,
    displayConnects: true,
    allowMultipleLogin: true,
    authTimeoutSeconds: 30,
  };
  const warnings: Warning[] = [];
  for (const { key, value, file, line } of findSection(sections, 'general', 'exclude')?.entries ?? []) {
    const name = fold(key);
    if (name === 'enabled') general.enabled = isTrue(value);
    else if (name === 'displayconnects') general.displayConnects = isTrue(value);
    else if (name === 'allowmultiplelogin') general.allowMultipleLogin = isTrue(value);
    else if (name === 'authtimeout') {
      const seconds = Number.parseInt(value, 10);
      if (seconds >= 1) general.authTimeoutSeconds = seconds;
      else warnings.push({ file, line, user: null, message: `authtimeout is no number of seconds: '${value}'` });
    }
  }
  return { general, warnings };
};
