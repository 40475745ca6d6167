/** True where the whole text matches the pattern; `*` stands for any run of characters, all else for itself. */
export const matchesGlob = (text: string, glob: string): boolean => {
  let t = 0;
  let g = 0;
  let star = -1;
  let resume = 0;
  // The greedy two-pointer walk: never worse than text × pattern, whatever a token holder sends.
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g++;
      resume = t;
    } else if (g < glob.length && glob[g] === text[t]) {
      g++;
      t++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
};

export const matchesAnyGlob = (text: string, globs: readonly string[]): boolean =>
  globs.some((glob) => matchesGlob(text, glob));
